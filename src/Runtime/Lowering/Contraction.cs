using TensorGraph.Backends.Execution;

namespace TensorGraph.Backends.Lowering;

/// <summary>Products over shared axes, brought to a batch of matrix products.</summary>
internal static class Contraction
{
    /// <summary>
    /// result[batch…, free of a…, free of b…] = Σ over the contracted axes. Axis lists pair up by position.
    /// </summary>
    public static bool Dot(ProgramBuilder program, Instance instance)
    {
        int[] batchA = instance.Node.Attrs.Axes("left_batch");
        int[] batchB = instance.Node.Attrs.Axes("right_batch");
        int[] contractA = instance.Node.Attrs.Axes("left_contract");
        int[] contractB = instance.Node.Attrs.Axes("right_contract");
        DType dtype = instance.Layouts[0].Type.DType;
        DType compute = dtype is DType.F16 or DType.BF16 ? DType.F32 : dtype;
        View a = program.Computable(instance.Inputs[0], compute);
        View b = program.Computable(instance.Inputs[1], compute);
        int[] freeA = Free(a, batchA, contractA);
        int[] freeB = Free(b, batchB, contractB);
        long[] batch = Array.ConvertAll(batchA, axis => a.Sizes[axis]);
        DotOperand left = Operand(program, ref a, batchA, freeA, contractA);
        DotOperand right = Operand(program, ref b, batchB, contractB, freeB);
        int product = program.ResultIn(instance, compute, out Action finish);
        program.Add(new DotStep(compute, left, right, product, batch, Product(a.Sizes, freeA), Product(b.Sizes, freeB), Product(a.Sizes, contractA)));
        finish();
        return true;
    }

    private static int[] Free(View view, int[] batch, int[] contract) =>
        [.. Enumerable.Range(0, view.Sizes.Length).Where(axis => !batch.Contains(axis) && !contract.Contains(axis))];

    private static long Product(long[] sizes, int[] axes) => axes.Aggregate(1L, (product, axis) => product * sizes[axis]);

    /// <summary>Rows and columns as one stride each; where an axis list has none, the operand is copied into order.</summary>
    private static DotOperand Operand(ProgramBuilder program, ref View view, int[] batch, int[] rows, int[] columns)
    {
        if (Stride(view, rows) is not { } rowStride || Stride(view, columns) is not { } columnStride)
        {
            int[] order = [.. batch, .. rows, .. columns];
            View inOrder = view.Transpose(order);
            View copy = View.Of(program.Temporary(new TensorType(view.DType, new Shape(inOrder.Sizes))), view.DType, inOrder.Sizes);
            LoopBuilder.Copy(program, inOrder, copy);
            view = copy.Transpose([.. Enumerable.Range(0, order.Length).Select(axis => Array.IndexOf(order, axis))]);
            (rowStride, columnStride) = (Stride(view, rows)!.Value, Stride(view, columns)!.Value);
        }
        View placed = view;
        return new DotOperand(placed.Slot, placed.Offset, rowStride, columnStride, Array.ConvertAll(batch, axis => placed.Strides[axis]));
    }

    /// <summary>The one stride by which a run of axes is walked, or null.</summary>
    private static long? Stride(View view, int[] axes)
    {
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
