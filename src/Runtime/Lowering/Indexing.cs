using TensorGraph.Backends.Execution;

namespace TensorGraph.Backends.Lowering;

/// <summary>Ops whose places are data.</summary>
internal static class Indexing
{
    public static bool Gather(ProgramBuilder program, Instance instance)
    {
        if (instance.Layouts[0].Type.DType == DType.String) return false;
        View x = program.Contiguous(instance.Inputs[0]);
        View positions = program.Contiguous(instance.Inputs[1]);
        program.Add(new GatherStep(PlaceTable.Of(instance), x, positions, program.Result(instance), instance.Node));
        return true;
    }

    public static bool ScatterAdd(ProgramBuilder program, Instance instance)
    {
        DType dtype = instance.Layouts[0].Type.DType;
        DType compute = LoopOps.Accumulator(dtype);
        View x = program.ViewOf(instance.Inputs[0]);
        View positions = program.Contiguous(instance.Inputs[1]);
        View updates = program.ContiguousIn(instance.Inputs[2], compute);
        int sums = program.ResultIn(instance, compute, out Action finish);
        LoopBuilder.Copy(program, x, View.Of(sums, compute, x.Sizes));
        program.Add(new ScatterAddStep(PlaceTable.Of(instance), compute, positions, updates, sums, instance.Node));
        finish();
        return true;
    }

    public static bool DynamicSlice(ProgramBuilder program, Instance instance)
    {
        if (instance.Layouts[0].Type.DType == DType.String) return false;
        View x = program.ViewOf(instance.Inputs[0]);
        View to = View.Of(program.Result(instance), x.DType, instance.Layouts[0].Sizes);
        program.Add(new BlockStep(instance.Node, x, to, program.Starts(instance, 1), x.Sizes, to.Sizes, startsAtSource: true));
        return true;
    }

    public static bool DynamicUpdateSlice(ProgramBuilder program, Instance instance)
    {
        if (instance.Layouts[0].Type.DType == DType.String) return false;
        View x = program.ViewOf(instance.Inputs[0]);
        View block = program.ViewOf(instance.Inputs[1]);
        View to = View.Of(program.Result(instance), x.DType, x.Sizes);
        LoopBuilder.Copy(program, x, to);
        program.Add(new BlockStep(instance.Node, block, to, program.Starts(instance, 2), x.Sizes, block.Sizes, startsAtSource: false));
        return true;
    }

    private static (int Slot, bool IsLong, long Offset)[] Starts(this ProgramBuilder program, Instance instance, int first) =>
        [.. instance.Inputs.Skip(first).Select(program.ViewOf).Select(view => (view.Slot, view.DType == DType.I64, view.Offset))];
}
