using System.Numerics;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>C[batch, m, n] = Σₖ A[batch, m, k]·B[batch, k, n]; C is row-major.</summary>
internal sealed unsafe class DotStep(DotCommand c) : Step(c)
{
    private const long WorkPerThread = 1 << 20;

    private readonly DType _dtype = c.DType;
    private readonly DotOperand _a = c.A;
    private readonly DotOperand _b = c.B;
    private readonly long[] _batch = c.Batch;
    private readonly int _m = checked((int)c.M);
    private readonly int _n = checked((int)c.N);
    private readonly int _k = checked((int)c.K);
    private readonly int _count = checked((int)c.Batch.Aggregate(1L, (product, size) => product * size));

    public override void Run(Frame frame)
    {
        if (_count == 1) Product(frame, 0);
        else RunBatch(frame);
    }

    private void RunBatch(Frame frame)
    {
        long work = (long)_m * _n * Math.Max(_k, 1);
        int parts = work < WorkPerThread ? (int)Math.Min(Math.Min(frame.Device.Workers.Threads, _count), work * _count / WorkPerThread) : 1;
        if (parts <= 1)
        {
            for (int i = 0; i < _count; i++) Product(frame, i);
            return;
        }
        frame.Device.Workers.Run(parts, part =>
        {
            for (int i = (int)((long)_count * part / parts); i < (int)((long)_count * (part + 1) / parts); i++) Product(frame, i);
        });
    }

    private void Product(Frame frame, int number)
    {
        int size = _dtype.Size();
        long a = _a.Offset;
        long b = _b.Offset;
        int rest = number;
        for (int axis = _batch.Length - 1; axis >= 0; axis--)
        {
            long index = rest % _batch[axis];
            rest = (int)(rest / _batch[axis]);
            a += index * _a.BatchStrides[axis];
            b += index * _b.BatchStrides[axis];
        }
        var left = new Matrix(frame.Address(_a.Slot) + a * size, (nint)_a.RowStride, (nint)_a.ColumnStride);
        var right = new Matrix(frame.Address(_b.Slot) + b * size, (nint)_b.RowStride, (nint)_b.ColumnStride);
        byte* c = frame.Address(Writes[0]) + (long)number * _m * _n * size;
        switch (_dtype)
        {
            case DType.F32 or DType.F64: Gemm.Multiply(frame.Device.Workers, _dtype, left, right, c, _n, _m, _n, _k); break;
            case DType.I32: Plain<int>(left, right, (int*)c); break;
            case DType.I64: Plain<long>(left, right, (long*)c); break;
            case DType.U8: Plain<byte>(left, right, c); break;
            case DType.I8: Plain<sbyte>(left, right, (sbyte*)c); break;
            case DType.I16: Plain<short>(left, right, (short*)c); break;
            default: throw new NotSupportedException($"no product of {_dtype}");
        }
    }

    // Integers wrap.
    private void Plain<T>(Matrix a, Matrix b, T* c)
        where T : unmanaged, INumber<T>
    {
        for (int row = 0; row < _m; row++, c += _n)
        {
            new Span<T>(c, _n).Clear();
            for (int k = 0; k < _k; k++)
            {
                T factor = ((T*)a.Data)[row * a.RowStride + k * a.ColumnStride];
                T* line = (T*)b.Data + k * b.RowStride;
                for (int column = 0; column < _n; column++) c[column] = unchecked(c[column] + factor * line[column * b.ColumnStride]);
            }
        }
    }
}
