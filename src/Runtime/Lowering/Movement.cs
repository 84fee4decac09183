using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>Ops that only rearrange elements: views where strides can say it, copies where not.</summary>
internal static class Movement
{
    private static bool IsString(BoundNode bound) => bound.Layouts[0].Type.DType == DType.String;

    public static bool Reshape(RegionBuilder lowered, BoundNode bound)
    {
        if (IsString(bound)) return false;
        long[] sizes = bound.Layouts[0].Sizes;
        View view = lowered.ViewOf(bound.Inputs[0]);
        lowered.SetView(new BoundValue(bound, 0), view.Reshape(sizes) ?? lowered.Contiguous(bound.Inputs[0], bound.Escapes).Reshape(sizes)!);
        return true;
    }

    public static bool BroadcastTo(RegionBuilder lowered, BoundNode bound)
    {
        if (IsString(bound)) return false;
        lowered.SetView(new BoundValue(bound, 0), lowered.ViewOf(bound.Inputs[0]).BroadcastTo(bound.Layouts[0].Sizes));
        return true;
    }

    public static bool Transpose(RegionBuilder lowered, BoundNode bound)
    {
        if (IsString(bound)) return false;
        lowered.SetView(new BoundValue(bound, 0), lowered.ViewOf(bound.Inputs[0]).Transpose(bound.Node.Attrs.Axes("permutation")));
        return true;
    }

    /// <summary>The same bytes read as another dtype of the same size.</summary>
    public static bool Bitcast(RegionBuilder lowered, BoundNode bound)
    {
        lowered.SetView(new BoundValue(bound, 0), lowered.ViewOf(bound.Inputs[0]) with { DType = bound.Layouts[0].Type.DType });
        return true;
    }

    public static bool Slice(RegionBuilder lowered, BoundNode bound)
    {
        if (IsString(bound)) return false;
        long[] start = lowered.SizesOf(bound, "start");
        var step = bound.Node.Attrs.Longs("step");
        View view = lowered.ViewOf(bound.Inputs[0]);
        for (int axis = 0; axis < start.Length; axis++) view = view.Slice(axis, start[axis], step[axis], bound.Layouts[0].Sizes[axis]);
        lowered.SetView(new BoundValue(bound, 0), view);
        return true;
    }

    public static bool Reverse(RegionBuilder lowered, BoundNode bound)
    {
        if (IsString(bound)) return false;
        View view = lowered.ViewOf(bound.Inputs[0]);
        foreach (int axis in bound.Node.Attrs.Axes()) view = view.Slice(axis, view.Sizes[axis] - 1, -1, view.Sizes[axis]);
        lowered.SetView(new BoundValue(bound, 0), view);
        return true;
    }

    /// <summary>The fill everywhere, then the elements that stay over it.</summary>
    public static bool Pad(RegionBuilder lowered, BoundNode bound)
    {
        long[] sizes = bound.Layouts[0].Sizes;
        long[] low = lowered.SizesOf(bound, "low");
        var interior = bound.Node.Attrs.Longs("interior");
        View from = lowered.ViewOf(bound.Inputs[0]);
        int slot = lowered.Result(bound);
        View to = View.Of(slot, from.DType, sizes);
        lowered.Add(new FillCommand(slot, bound.Layouts[0], bound.Node.Attrs.Get<double>("fill")));
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            // Element i goes to low + i·step; only i from first to last land inside.
            long step = interior[axis] + 1;
            long first = low[axis] >= 0 ? 0 : (-low[axis] + step - 1) / step;
            long last = sizes[axis] - 1 < low[axis] ? -1 : Math.Min(from.Sizes[axis] - 1, (sizes[axis] - 1 - low[axis]) / step);
            long count = Math.Max(0, last - first + 1);
            from = from.Slice(axis, count == 0 ? 0 : first, 1, count);
            to = to.Slice(axis, count == 0 ? 0 : low[axis] + first * step, step, count);
        }
        LoopBuilder.Copy(lowered, from, to);
        return true;
    }

    public static bool Concat(RegionBuilder lowered, BoundNode bound)
    {
        if (IsString(bound)) return false;
        int axis = (int)bound.Node.Attrs.Get<long>("axis");
        View whole = View.Of(lowered.Result(bound), bound.Layouts[0].Type.DType, bound.Layouts[0].Sizes);
        long before = 0;
        foreach (BoundValue input in bound.Inputs)
        {
            long size = input.Layout.Sizes[axis];
            LoopBuilder.Copy(lowered, lowered.ViewOf(input), whole.Slice(axis, before, 1, size));
            before += size;
        }
        return true;
    }

    // Numbers that are computed now and kept; a longer line is made when the graph runs.
    private const long LongestConstant = 4096;

    /// <summary>One line of numbers, broadcast along the other axes.</summary>
    public static bool Iota(RegionBuilder lowered, BoundNode bound)
    {
        TensorLayout layout = bound.Layouts[0];
        int axis = (int)bound.Node.Attrs.Get<long>("axis");
        var line = new TensorType(layout.Type.DType, new Shape(layout.Sizes[axis]));
        var strides = new long[layout.Sizes.Length];
        strides[axis] = 1;
        int slot;
        if (layout.Sizes[axis] <= LongestConstant)
        {
            slot = lowered.Constant(Literal.FromLongs(line, i => i));
        }
        else
        {
            CheckFits(bound, TensorLayout.Of(line));
            slot = strides.Length == 1 ? lowered.Result(bound) : lowered.Temporary(line);
            lowered.Add(new CountCommand(slot, TensorLayout.Of(line)));
        }
        lowered.SetView(new BoundValue(bound, 0), new View(slot, layout.Type.DType, 0, layout.Sizes, strides));
        return true;
    }

    // A line that no memory can hold is said to be so before anything is tried.
    private static void CheckFits(BoundNode bound, TensorLayout line)
    {
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (memory <= 0 || line.Bytes <= memory) return;
        throw new GraphException(
            DiagnosticIds.TooManyElements, $"{bound.Op.Name}: a {line.Type} has {line.Bytes} bytes, the machine has {memory}",
            "Count fewer elements, or count in parts.", bound.Node.Source.OrCaller());
    }

    public static bool DimSize(RegionBuilder lowered, BoundNode bound)
    {
        long size = bound.Node.Attrs.Get<Dim>("dim").Evaluate(lowered.SizeOf);
        int slot = lowered.Constant(Literal.FromLongs(bound.Layouts[0].Type, _ => size));
        lowered.SetView(new BoundValue(bound, 0), View.Of(slot, DType.I64, []));
        return true;
    }

    public static bool Alias(RegionBuilder lowered, BoundNode bound)
    {
        lowered.SetView(new BoundValue(bound, 0), lowered.ViewOf(bound.Inputs[0]));
        return true;
    }
}
