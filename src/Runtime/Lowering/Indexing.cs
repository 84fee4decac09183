using TensorGraph.Backends.Commands;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>Ops whose places are data.</summary>
internal static class Indexing
{
    public static bool Gather(ProgramBuilder program, Instance instance)
    {
        if (instance.Layouts[0].Type.DType == DType.String) return false;
        View x = program.Contiguous(instance.Inputs[0]);
        View positions = program.Contiguous(instance.Inputs[1]);
        program.Add(new GatherCommand(PlaceTable.Of(instance), x, positions, program.Result(instance), instance.Node));
        return true;
    }

    public static bool ScatterAdd(ProgramBuilder program, Instance instance)
    {
        DType dtype = instance.Layouts[0].Type.DType;
        DType compute = LoopOps.Accumulator(dtype);
        View positions = program.Contiguous(instance.Inputs[1]);
        View updates = program.ContiguousIn(instance.Inputs[2], compute);
        Action finish = static () => { };
        int sums = compute == dtype ? program.Start(instance) : program.ResultIn(instance, compute, out finish);
        if (compute != dtype) LoopBuilder.Copy(program, program.ViewOf(instance.Inputs[0]), View.Of(sums, compute, instance.Layouts[0].Sizes));
        program.Add(new ScatterAddCommand(PlaceTable.Of(instance), compute, positions, updates, sums, instance.Node));
        finish();
        return true;
    }

    public static bool DynamicSlice(ProgramBuilder program, Instance instance)
    {
        if (instance.Layouts[0].Type.DType == DType.String) return false;
        View x = program.ViewOf(instance.Inputs[0]);
        View to = View.Of(program.Result(instance), x.DType, instance.Layouts[0].Sizes);
        program.Add(new BlockCommand(instance.Node, x, to, program.Starts(instance, 1), x.Sizes, to.Sizes, StartsAtSource: true));
        return true;
    }

    public static bool DynamicUpdateSlice(ProgramBuilder program, Instance instance)
    {
        if (instance.Layouts[0].Type.DType == DType.String) return false;
        View block = program.ViewOf(instance.Inputs[1]);
        TensorLayout layout = instance.Layouts[0];
        View to = View.Of(program.Start(instance), layout.Type.DType, layout.Sizes);
        program.Add(new BlockCommand(instance.Node, block, to, program.Starts(instance, 2), layout.Sizes, block.Sizes, StartsAtSource: false));
        return true;
    }

    /// <summary>The slot of the result, which starts with the elements of the first input.</summary>
    private static int Start(this ProgramBuilder program, Instance instance)
    {
        Ref x = instance.Inputs[0];
        View view = program.ViewOf(x);
        TensorLayout layout = instance.Layouts[0];
        // What else reads a parameter might run after its elements have changed.
        if (x.Instance.Op == Op.Parameter && x.Instance.Users.Count == 1 && !x.Instance.Escapes && view.IsWhole && x.Layout == layout)
        {
            int result = program.Bind(new Ref(instance, 0), SlotKind.External);
            program.Add(new StartCommand(view.Slot, result, layout));
            return result;
        }
        int slot = program.Result(instance);
        LoopBuilder.Copy(program, view, View.Of(slot, layout.Type.DType, layout.Sizes));
        return slot;
    }

    private static IndexSlot[] Starts(this ProgramBuilder program, Instance instance, int first) =>
        [.. instance.Inputs.Skip(first).Select(program.ViewOf).Select(IndexSlot.Of)];
}
