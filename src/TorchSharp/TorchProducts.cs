using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Managed;

namespace TensorGraph.Backends.Torch;

/// <summary>Matrix products of LibTorch, on memory of a managed device. Its threads are those of <c>torch.set_num_threads</c>.</summary>
/// <param name="smallest">Products of fewer multiplications are left to the device, whose kernels start faster.</param>
internal sealed unsafe partial class TorchProducts(long smallest) : ProductLibrary
{
    public override bool Multiply(DotCommand command, byte* a, byte* b, byte* result)
    {
        if (command.DType is not (DType.F32 or DType.F64) || IsReversed(command.A) || IsReversed(command.B)) return false;
        if (Extents.Product(command.Batch) * command.M * command.N * command.K < Math.Max(smallest, 1) || !TorchCalls.Begin()) return false;
        try
        {
            MultiplyAll(command, a, b, result);
        }
        finally
        {
            TorchCalls.End();
        }
        return true;
    }

    private static void MultiplyAll(DotCommand command, byte* a, byte* b, byte* result)
    {
        (DotOperand left, DotOperand right, long[] batch) = (command.A, command.B, command.Batch);
        (long m, long n, long k) = (command.M, command.N, command.K);
        long count = Extents.Product(batch);
        int size = command.DType.Size();
        // LibTorch has one axis for the batch: the last one.
        long inner = batch.Length == 0 ? 1 : batch[^1];
        for (long outer = 0; outer < count / inner; outer++)
        {
            (long atA, long atB, long rest) = (0, 0, outer);
            for (int axis = batch.Length - 2; axis >= 0; axis--)
            {
                long index = rest % batch[axis];
                rest /= batch[axis];
                atA += index * left.BatchStrides[axis];
                atB += index * right.BatchStrides[axis];
            }
            byte* to = result + outer * inner * m * n * size;
            if (inner == 1)
            {
                using TorchView one = TorchView.Of(a + atA * size, command.DType, [m, k], [left.RowStride, left.ColumnStride]);
                using TorchView two = TorchView.Of(b + atB * size, command.DType, [k, n], [right.RowStride, right.ColumnStride]);
                using TorchView product = TorchView.Of(to, command.DType, [m, n]);
                Native.Check(Native.MatMul(product.Handle, one.Handle, two.Handle));
            }
            else
            {
                using TorchView one = TorchView.Of(
                    a + atA * size, command.DType, [inner, m, k], [left.BatchStrides[^1], left.RowStride, left.ColumnStride]);
                using TorchView two = TorchView.Of(
                    b + atB * size, command.DType, [inner, k, n], [right.BatchStrides[^1], right.RowStride, right.ColumnStride]);
                using TorchView product = TorchView.Of(to, command.DType, [inner, m, n]);
                Native.Check(Native.BatchMatMul(product.Handle, one.Handle, two.Handle));
            }
        }
    }

    // LibTorch has no strides that go back.
    private static bool IsReversed(DotOperand operand) =>
        operand.RowStride < 0 || operand.ColumnStride < 0 || Array.Exists(operand.BatchStrides, stride => stride < 0);
}
