using System.Numerics;
using System.Runtime.InteropServices;
using TensorGraph.Backends.Commands;
using TensorGraph.Passes;

namespace TensorGraph.Backends.Managed;

/// <summary>C[batch, m, n] = Σₖ A[batch, m, k]·B[batch, k, n]; C is row-major.</summary>
internal sealed unsafe class DotStep(DotCommand c, ProductLibrary? library) : Step(c)
{
    // Packing an operand takes as long as multiplying it by a few rows; beside many it does not count.
    private const int MostPackedRows = 512;
    private const int LeastPackedElements = 4096;

    // Places in a sliver are counted in 32 bits.
    private const int MostPackedDepth = 1 << 24;

    private readonly DType _dtype = c.DType;
    private readonly DotOperand _a = c.A;
    private readonly DotOperand _b = c.B;
    private readonly long[] _batch = c.Batch;
    private readonly nint _m = (nint)c.M;
    private readonly nint _n = (nint)c.N;
    private readonly nint _k = (nint)c.K;
    private readonly long _count = Extents.Product(c.Batch);
    private readonly bool _mayPack = MayPack(c);

    public override void Run(Frame frame)
    {
        if (library is not null && IsInLibrary(library, frame)) return;
        if (_count == 1) Product(frame, 0);
        else RunBatch(frame);
    }

    // Vectors and a few rows are multiplied in place.
    private static bool MayPack(DotCommand c) =>
        c.DType is DType.F32 or DType.F64 && Extents.Product(c.Batch) == 1 && c.N > 1 && c.N * c.K >= LeastPackedElements
        && c.M <= MostPackedRows && c.K <= MostPackedDepth && !LoweringStep.Pack.IsLeftOut
        && !VectorProduct.Serves((nint)c.M, (nint)c.K, (nint)c.B.RowStride, (nint)c.B.ColumnStride);

    private bool IsInLibrary(ProductLibrary products, Frame frame)
    {
        int size = _dtype.Size();
        return products.Multiply(c, frame.Address(_a.Slot) + _a.Offset * size, frame.Address(_b.Slot) + _b.Offset * size, frame.Address(Writes[0]));
    }

    private void RunBatch(Frame frame)
    {
        long work = (long)_m * _n * Math.Max(_k, 1);
        int parts = work < CommandTime.DotPart
            ? (int)Math.Min(Math.Min(frame.Device.Workers.Threads, _count), work * _count / CommandTime.DotPart)
            : 1;
        if (parts <= 1)
        {
            for (long i = 0; i < _count; i++) Product(frame, i);
            return;
        }
        frame.Device.Workers.Run(parts, part =>
        {
            for (long i = _count * part / parts; i < _count * (part + 1) / parts; i++) Product(frame, i);
        });
    }

    /// <summary>Makes the rows of a tile, or adds their products.</summary>
    public override void Run(Frame frame, Tile tile, TileUse use)
    {
        (Matrix a, Matrix b, nint c) = Operands(frame, tile.Matrix);
        int size = _dtype.Size();
        (nint from, nint height) = ((nint)tile.From * size, (nint)tile.Height);
        if (use == TileUse.Rows)
        {
            var rows = new Matrix(a.Data + from * a.RowStride, a.RowStride, a.ColumnStride);
            Gemm.Multiply(frame.Device.Workers, _dtype, rows, b, (byte*)c + from * _n, _n, height, _n, _k, isPart: true);
            return;
        }
        var left = new Matrix(a.Data + from * a.ColumnStride, a.RowStride, a.ColumnStride);
        var right = new Matrix(b.Data + from * b.RowStride, b.RowStride, b.ColumnStride);
        Gemm.Multiply(frame.Device.Workers, _dtype, left, right, (byte*)c, _n, _m, _n, height, accumulate: tile.From > 0);
    }

    private (Matrix A, Matrix B, nint C) Operands(Frame frame, long number)
    {
        int size = _dtype.Size();
        long a = _a.Offset;
        long b = _b.Offset;
        byte* c = frame.Address(Writes[0]) + number * _m * _n * size;
        long rest = number;
        for (int axis = _batch.Length - 1; axis >= 0; axis--)
        {
            long index = rest % _batch[axis];
            rest /= _batch[axis];
            a += index * _a.BatchStrides[axis];
            b += index * _b.BatchStrides[axis];
        }
        var left = new Matrix(frame.Address(_a.Slot) + a * size, (nint)_a.RowStride, (nint)_a.ColumnStride);
        var right = new Matrix(frame.Address(_b.Slot) + b * size, (nint)_b.RowStride, (nint)_b.ColumnStride);
        return (left, right, (nint)c);
    }

    private void Product(Frame frame, long number)
    {
        (Matrix left, Matrix right, nint result) = Operands(frame, number);
        byte* c = (byte*)result;
        if (_mayPack && frame.HeldTensor(_b.Slot)?.Buffer is ManagedBuffer { Packed: { } known } buffer)
        {
            var key = new OperandKey(_dtype, right.Data - buffer.Start, right.RowStride, right.ColumnStride, _k, _n, LaneSet.MachineWidth);
            right = right with { Packed = known.Find(frame.Device.Memory, key, right.Data) };
        }
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
        for (nint row = 0; row < _m; row++, c += _n)
        {
            NativeMemory.Clear(c, (nuint)_n * (nuint)sizeof(T));
            for (nint k = 0; k < _k; k++)
            {
                T factor = ((T*)a.Data)[row * a.RowStride + k * a.ColumnStride];
                T* line = (T*)b.Data + k * b.RowStride;
                for (nint column = 0; column < _n; column++) c[column] = unchecked(c[column] + factor * line[column * b.ColumnStride]);
            }
        }
    }
}
