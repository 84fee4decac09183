using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>Ops along one axis in which an element depends on those before it.</summary>
internal static class Lines
{
    public static bool ArgMax(ProgramBuilder program, Instance instance) => Arg(program, instance, largest: true);

    public static bool ArgMin(ProgramBuilder program, Instance instance) => Arg(program, instance, largest: false);

    public static bool CumSum(ProgramBuilder program, Instance instance)
    {
        DType compute = LoopOps.Accumulator(instance.Layouts[0].Type.DType);
        View x = program.ContiguousIn(instance.Inputs[0], compute);
        int sums = program.ResultIn(instance, compute, out Action finish);
        var attrs = instance.Node.Attrs;
        program.Add(new CumSumCommand(LineSpace.Of(x.Sizes, (int)attrs.Get<long>("axis")), x, sums, attrs.Get("reverse", false), attrs.Get("exclusive", false)));
        finish();
        return true;
    }

    public static bool Sort(ProgramBuilder program, Instance instance)
    {
        DType compute = LoopOps.Accumulator(instance.Layouts[0].Type.DType);
        View x = program.ContiguousIn(instance.Inputs[0], compute);
        int sorted = program.ResultIn(instance, compute, out Action finish);
        var attrs = instance.Node.Attrs;
        program.Add(new SortCommand(LineSpace.Of(x.Sizes, (int)attrs.Get<long>("axis")), x, sorted, program.Result(instance, 1), attrs.Get("descending", false)));
        finish();
        return true;
    }

    private static bool Arg(ProgramBuilder program, Instance instance, bool largest)
    {
        DType compute = LoopOps.Accumulator(instance.Inputs[0].Layout.Type.DType);
        View x = program.ContiguousIn(instance.Inputs[0], compute);
        program.Add(new ArgCommand(LineSpace.Of(x.Sizes, (int)instance.Node.Attrs.Get<long>("axis")), x, program.Result(instance), largest));
        return true;
    }
}
