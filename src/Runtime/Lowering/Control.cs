using TensorGraph.Backends.Commands;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>Control flow: each region is lowered by itself, and runs on whole tensors.</summary>
internal static class Control
{
    public static bool Branch(ProgramBuilder program, Instance instance)
    {
        LoweredRegion[] regions = [.. instance.Node.Regions.Select(region => program.Inner(region))];
        program.Add(new BranchCommand(regions, program.Wholes(instance), Layouts(instance), Outputs(program, instance)));
        return true;
    }

    public static bool While(ProgramBuilder program, Instance instance)
    {
        int carried = (int)instance.Node.Attrs.Get<long>("carried");
        program.Add(new WhileCommand(
            program.Inner(instance.Node.Regions[0]), program.Inner(instance.Node.Regions[1]), carried, program.Wholes(instance), Layouts(instance), Outputs(program, instance)));
        return true;
    }

    public static bool Scan(ProgramBuilder program, Instance instance)
    {
        if (instance.Inputs.Any(input => input.Layout.Type.DType == DType.String) || instance.Layouts.Any(layout => layout.Type.DType == DType.String)) return false;
        Attrs attrs = instance.Node.Attrs;
        long length = attrs.Get<Dim>("length").Evaluate(program.SizeOf);
        program.Add(new ScanCommand(
            program.Inner(instance.Node.Regions[0]), (int)attrs.Get<long>("carried"), (int)attrs.Get<long>("sequences"), length, attrs.Get("reverse", false),
            program.Wholes(instance), Layouts(instance), Outputs(program, instance), instance.Layouts));
        return true;
    }

    private static TensorLayout[] Layouts(Instance instance) => Array.ConvertAll(instance.Inputs, input => input.Layout);

    private static int[] Outputs(ProgramBuilder program, Instance instance) =>
        [.. instance.Layouts.Select((_, i) => program.Bind(new Ref(instance, i), SlotKind.External))];
}
