using TensorGraph.Backends.Commands;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>Ops whose places are data.</summary>
internal static class Indexing
{
    public static bool Gather(RegionBuilder lowered, BoundNode bound)
    {
        if (bound.Layouts[0].Type.DType == DType.String) return false;
        View x = lowered.Contiguous(bound.Inputs[0]);
        View positions = lowered.Contiguous(bound.Inputs[1]);
        lowered.Add(new GatherCommand(PlaceTable.Of(bound), x, positions, lowered.Result(bound), bound.Node));
        return true;
    }

    public static bool ScatterAdd(RegionBuilder lowered, BoundNode bound)
    {
        DType dtype = bound.Layouts[0].Type.DType;
        DType compute = LoopOps.Accumulator(dtype);
        View positions = lowered.Contiguous(bound.Inputs[1]);
        View updates = lowered.ContiguousIn(bound.Inputs[2], compute);
        Action finish = static () => { };
        int sums = compute == dtype ? lowered.Start(bound) : lowered.ResultIn(bound, compute, out finish);
        if (compute != dtype) LoopBuilder.Copy(lowered, lowered.ViewOf(bound.Inputs[0]), View.Of(sums, compute, bound.Layouts[0].Sizes));
        lowered.Add(new ScatterAddCommand(PlaceTable.Of(bound), compute, positions, updates, sums, bound.Node));
        finish();
        return true;
    }

    public static bool DynamicSlice(RegionBuilder lowered, BoundNode bound)
    {
        if (bound.Layouts[0].Type.DType == DType.String) return false;
        View x = lowered.ViewOf(bound.Inputs[0]);
        View to = View.Of(lowered.Result(bound), x.DType, bound.Layouts[0].Sizes);
        lowered.Add(new BlockCommand(bound.Node, x, to, lowered.Starts(bound, 1), x.Sizes, to.Sizes, StartsAtSource: true));
        return true;
    }

    public static bool DynamicUpdateSlice(RegionBuilder lowered, BoundNode bound)
    {
        if (bound.Layouts[0].Type.DType == DType.String) return false;
        View block = lowered.ViewOf(bound.Inputs[1]);
        TensorLayout layout = bound.Layouts[0];
        View to = View.Of(lowered.Start(bound), layout.Type.DType, layout.Sizes);
        lowered.Add(new BlockCommand(bound.Node, block, to, lowered.Starts(bound, 2), layout.Sizes, block.Sizes, StartsAtSource: false));
        return true;
    }

    /// <summary>The slot of the result, which starts with the elements of the first input.</summary>
    private static int Start(this RegionBuilder lowered, BoundNode bound)
    {
        BoundValue x = bound.Inputs[0];
        View view = lowered.ViewOf(x);
        TensorLayout layout = bound.Layouts[0];
        // What else reads a parameter might run after its elements have changed.
        if (x.Node.Op == OpDefs.Parameter && x.Node.Users.Count == 1 && !x.Node.Escapes && view.IsWhole && x.Layout == layout)
        {
            int result = lowered.Bind(new BoundValue(bound, 0), SlotKind.External);
            lowered.Add(new StartCommand(view.Slot, result, layout));
            return result;
        }
        int slot = lowered.Result(bound);
        LoopBuilder.Copy(lowered, view, View.Of(slot, layout.Type.DType, layout.Sizes));
        return slot;
    }

    private static IndexSlot[] Starts(this RegionBuilder lowered, BoundNode bound, int first) =>
        [.. bound.Inputs.Skip(first).Select(lowered.ViewOf).Select(IndexSlot.Of)];
}
