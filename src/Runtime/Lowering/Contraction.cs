using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>Products over shared axes, brought to a batch of matrix products.</summary>
internal static class Contraction
{
    /// <summary>
    /// result[batch…, free of a…, free of b…] = Σ over the contracted axes. Axis lists pair up by position.
    /// </summary>
    public static bool Dot(RegionBuilder lowered, BoundNode bound)
    {
        int[] batchA = bound.Node.Attrs.Axes("left_batch");
        int[] batchB = bound.Node.Attrs.Axes("right_batch");
        int[] contractA = bound.Node.Attrs.Axes("left_contract");
        int[] contractB = bound.Node.Attrs.Axes("right_contract");
        DType dtype = bound.Layouts[0].Type.DType;
        DType compute = dtype is DType.F16 or DType.BF16 ? DType.F32 : dtype;
        View a = lowered.Computable(bound.Inputs[0], compute);
        View b = lowered.Computable(bound.Inputs[1], compute);
        int[] freeA = Free(a, batchA, contractA);
        int[] freeB = Free(b, batchB, contractB);
        int[] order = OrderOfSum(a, freeA, contractA, b, freeB, contractB);
        (contractA, contractB) = (Array.ConvertAll(order, i => contractA[i]), Array.ConvertAll(order, i => contractB[i]));
        long[] batch = Array.ConvertAll(batchA, axis => a.Sizes[axis]);
        DotOperand left = Operand(lowered, ref a, batchA, freeA, contractA);
        DotOperand right = Operand(lowered, ref b, batchB, contractB, freeB);
        (long m, long n, long k) = (Product(a.Sizes, freeA), Product(b.Sizes, freeB), Product(a.Sizes, contractA));
        int product = lowered.ResultIn(bound, compute, out Action finish);
        if (compute == dtype && IsTransposedByAllUsers(bound, batchA.Length, freeA.Length))
        {
            // (A·B)ᵀ = Bᵀ·Aᵀ: written as its users will see it, so that their view of it is contiguous.
            DotOperand first = right with { RowStride = right.ColumnStride, ColumnStride = right.RowStride };
            DotOperand second = left with { RowStride = left.ColumnStride, ColumnStride = left.RowStride };
            lowered.Add(new DotCommand(compute, first, second, product, batch, n, m, k));
            int[] axes = [.. Enumerable.Range(0, batch.Length), .. freeB.Select((_, i) => batch.Length + freeA.Length + i),
                .. freeA.Select((_, i) => batch.Length + i)];
            View stored = View.Of(product, compute, Array.ConvertAll(axes, axis => bound.Layouts[0].Sizes[axis]));
            lowered.SetView(new BoundValue(bound, 0), stored.Transpose([.. axes.Select((_, axis) => Array.IndexOf(axes, axis))]));
            return true;
        }
        lowered.Add(new DotCommand(compute, left, right, product, batch, m, n, k));
        finish();
        return true;
    }

    // Contracted axes may be summed in any order of them: that in which the fewest elements must be copied.
    private static int[] OrderOfSum(View a, int[] freeA, int[] contractA, View b, int[] freeB, int[] contractB)
    {
        int[] given = [.. Enumerable.Range(0, contractA.Length)];
        if (given.Length < 2) return given;
        int[][] orders =
            [given, [.. given.OrderByDescending(i => a.Strides[contractA[i]])], [.. given.OrderByDescending(i => b.Strides[contractB[i]])]];
        return orders.MinBy(order =>
            Copied(a, freeA, Array.ConvertAll(order, i => contractA[i])) + Copied(b, freeB, Array.ConvertAll(order, i => contractB[i])))!;
    }

    private static long Copied(View view, int[] rows, int[] columns) => Stride(view, rows) is null || Stride(view, columns) is null ? view.Count : 0;

    // Every user is a transpose that puts the free axes of B before those of A.
    private static bool IsTransposedByAllUsers(BoundNode bound, int batch, int freeA)
    {
        if (bound.Users.Count == 0 || freeA == 0) return false;
        int rank = bound.Layouts[0].Sizes.Length;
        IEnumerable<int> wanted = Enumerable.Range(0, batch).Concat(Enumerable.Range(batch + freeA, rank - batch - freeA))
            .Concat(Enumerable.Range(batch, freeA));
        return bound.Users.TrueForAll(user => user.Op == Ir.OpDefs.Transpose && user.Node.Attrs.Axes("permutation").SequenceEqual(wanted));
    }

    private static int[] Free(View view, int[] batch, int[] contract) =>
        [.. Enumerable.Range(0, view.Sizes.Length).Where(axis => !batch.Contains(axis) && !contract.Contains(axis))];

    private static long Product(long[] sizes, int[] axes) => axes.Aggregate(1L, (product, axis) => product * sizes[axis]);

    /// <summary>
    /// Rows and columns as one stride each; where an axis list has none, the operand is copied into order, with those axes last that are next to each
    /// other in memory.
    /// </summary>
    private static DotOperand Operand(RegionBuilder lowered, ref View view, int[] batch, int[] rows, int[] columns)
    {
        if (Stride(view, rows) is not { } rowStride || Stride(view, columns) is not { } columnStride)
        {
            int[] order = Closest(view, rows) < Closest(view, columns) ? [.. batch, .. columns, .. rows] : [.. batch, .. rows, .. columns];
            View inOrder = view.Transpose(order);
            View copy = View.Of(lowered.Temporary(new TensorType(view.DType, new Shape(inOrder.Sizes))), view.DType, inOrder.Sizes);
            LoopBuilder.Copy(lowered, inOrder, copy);
            view = copy.Transpose([.. Enumerable.Range(0, order.Length).Select(axis => Array.IndexOf(order, axis))]);
            (rowStride, columnStride) = (Stride(view, rows)!.Value, Stride(view, columns)!.Value);
        }
        View placed = view;
        return new DotOperand(placed.Slot, placed.Offset, rowStride, columnStride, Array.ConvertAll(batch, axis => placed.Strides[axis]));
    }

    private static long Closest(View view, int[] axes) =>
        axes.Where(axis => view.Sizes[axis] > 1).Select(axis => Math.Abs(view.Strides[axis])).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>The one stride by which a run of axes is walked, or null.</summary>
    private static long? Stride(View view, int[] axes)
    {
        // Of no elements any stride will do.
        if (Array.Exists(axes, axis => view.Sizes[axis] == 0)) return 1;
        int last = -1;
        foreach (int axis in axes.Reverse())
        {
            if (view.Sizes[axis] == 1) continue;
            if (last >= 0 && view.Strides[axis] != view.Strides[last] * view.Sizes[last]) return null;
            last = axis;
        }
        int innermost = axes.LastOrDefault(axis => view.Sizes[axis] != 1, -1);
        return innermost < 0 ? 1 : view.Strides[innermost];
    }
}
