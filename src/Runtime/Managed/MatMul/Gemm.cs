using System.Numerics;
using System.Runtime.InteropServices;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>A matrix in memory; strides count elements.</summary>
internal unsafe readonly struct Matrix(byte* data, nint rowStride, nint columnStride)
{
    public readonly byte* Data = data;
    public readonly nint RowStride = rowStride;
    public readonly nint ColumnStride = columnStride;

    /// <summary>The same matrix as a <see cref="PackedOperands"/> keeps it; null without one.</summary>
    public byte* Packed { get; init; }

    /// <summary>The matrix without its first columns, a multiple of a sliver's.</summary>
    /// <param name="from">The first column.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="size">Bytes of an element.</param>
    public Matrix From(nint from, nint rows, int size) =>
        new(Data + from * ColumnStride * size, RowStride, ColumnStride) { Packed = Packed is null ? null : Packed + from * rows * size };
}

/// <summary>
/// C = A·B for f32 and f64, any strides of A and B, unit column stride of C. Blocks of A stay in the second-level cache,
/// slivers of B in the first; see Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication".
/// Each element of C is summed in an order that depends on k alone, whatever the split into threads: block after block, and in pairs beyond
/// <see cref="LongDepth"/>.
/// </summary>
internal static unsafe class Gemm
{
    // A sliver of B (DepthBlock × 32 floats) and one of A (DepthBlock × 14) fit the first-level cache together.
    private const int DepthBlock = 256;
    private const int RowBlock = 14 * 6 * 4;
    private const int ColumnBlock = 2048;

    // Beyond this, halves of k are summed apart.
    private const int LongDepth = 32 * DepthBlock;

    /// <summary>C = A·B, or C += A·B for a k of at most <see cref="LongDepth"/>.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="a">m × k.</param>
    /// <param name="b">k × n.</param>
    /// <param name="c">m × n.</param>
    /// <param name="cStride">Elements from a row of C to the next one.</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    /// <param name="k">Terms of a sum.</param>
    /// <param name="accumulate">True for C += A·B.</param>
    /// <param name="isPart">True for rows of a product of more, whose sums have the order that they have there: a product of one row has another.</param>
    public static void Multiply(
        WorkerPool workers, DType dtype, Matrix a, Matrix b, byte* c, nint cStride, nint m, nint n, nint k, bool accumulate = false,
        bool isPart = false)
    {
        if (m == 0 || n == 0) return;
        bool isRow = m == 1 && !isPart;
        long work = (long)m * n * Math.Max(k, 1);
        int parts = (int)Math.Min(workers.Threads, work / CommandTime.DotPart);
        if (parts <= 1)
        {
            MultiplyPart(dtype, a, b, c, cStride, m, n, k, isRow, n == 1, accumulate);
            return;
        }
        MultiplyInParts(workers, parts, dtype, a, b, c, cStride, m, n, k, isRow, accumulate);
    }

    private static void MultiplyInParts(
        WorkerPool workers, int parts, DType dtype, Matrix a, Matrix b, byte* c, nint cStride, nint m, nint n, nint k, bool isRow, bool accumulate)
    {
        int size = dtype.Size();
        bool byColumns = n >= m;
        int grain = byColumns ? 32 : MicroKernel.MaxRows(LaneSet.MachineWidth);
        nint extent = byColumns ? n : m;
        nint blocks = (extent + grain - 1) / grain;
        parts = (int)Math.Min(parts, blocks);
        workers.Run(parts, part =>
        {
            nint from = blocks * part / parts * grain;
            nint to = Math.Min(extent, blocks * (part + 1) / parts * grain);
            if (byColumns)
                MultiplyPart(dtype, a, b.From(from, k, size), c + (nint)from * size, cStride, m, to - from, k, isRow, n == 1, accumulate);
            else
                MultiplyPart(dtype, new Matrix(a.Data + from * a.RowStride * size, a.RowStride, a.ColumnStride), b, c + from * cStride * size,
                    cStride, to - from, n, k, isRow, n == 1, accumulate);
        });
    }

    private static void MultiplyPart(
        DType dtype, Matrix a, Matrix b, byte* c, nint cStride, nint m, nint n, nint k, bool isRow, bool isColumn, bool accumulate)
    {
        if (dtype == DType.F32)
        {
            if (accumulate || !VectorProduct.TryMultiply(a, b, (float*)c, cStride, m, n, k, isRow, isColumn))
                Multiply((float*)a.Data, a.RowStride, a.ColumnStride, PanelsOf<float>(b, m, n, k), (float*)c, cStride, m, n, k, accumulate);
        }
        else if (accumulate || !VectorProduct.TryMultiply(a, b, (double*)c, cStride, m, n, k, isRow, isColumn))
        {
            Multiply((double*)a.Data, a.RowStride, a.ColumnStride, PanelsOf<double>(b, m, n, k), (double*)c, cStride, m, n, k, accumulate);
        }
    }

    // B is read in place when its rows are contiguous and it is small enough not to need slivers.
    private static Panels<T> PanelsOf<T>(Matrix b, nint m, nint n, nint k)
        where T : unmanaged =>
        new((T*)b.Data, b.RowStride, b.ColumnStride, (T*)b.Packed, k, b.Packed is null && (b.ColumnStride != 1
        || (m > 4 * MicroKernel.MaxRows(LaneSet.MachineWidth) && (long)n * k * sizeof(T) > 1 << 18)));

    // One thread's product; strides count elements.
    private static void Multiply<T>(
        T* a, nint aRowStride, nint aColumnStride, Panels<T> b, T* c, nint cStride, nint m, nint n, nint k, bool accumulate)
        where T : unmanaged, INumber<T>
    {
        if (k == 0)
        {
            if (accumulate) return;
            for (nint row = 0; row < m; row++) NativeMemory.Clear(c + row * cStride, (nuint)n * (nuint)sizeof(T));
            return;
        }
        MultiplyRange(a, aRowStride, aColumnStride, b, c, cStride, m, n, 0, k, accumulate);
    }

    private static void MultiplyRange<T>(
        T* a, nint aRowStride, nint aColumnStride, Panels<T> b, T* c, nint cStride, nint m, nint n, nint from, nint to, bool accumulate = false)
        where T : unmanaged, INumber<T>
    {
        if (to - from <= LongDepth)
        {
            MultiplyBlocks(a, aRowStride, aColumnStride, b, c, cStride, m, n, from, to, accumulate);
            return;
        }
        nint middle = from + (to - from) / 2 / DepthBlock * DepthBlock;
        MultiplyRange(a, aRowStride, aColumnStride, b, c, cStride, m, n, from, middle);
        T* rest = (T*)NativeMemory.AlignedAlloc((nuint)m * (nuint)n * (nuint)sizeof(T), 64);
        try
        {
            MultiplyRange(a, aRowStride, aColumnStride, b, rest, n, m, n, middle, to);
            for (nint row = 0; row < m; row++) PairwiseLoop.AddTo(c + row * cStride, rest + row * n, n);
        }
        finally
        {
            NativeMemory.AlignedFree(rest);
        }
    }

    private static void MultiplyBlocks<T>(
        T* a, nint aRowStride, nint aColumnStride, Panels<T> b, T* c, nint cStride, nint m, nint n, nint from, nint to, bool accumulate)
        where T : unmanaged
    {
        DType dtype = sizeof(T) == 4 ? DType.F32 : DType.F64;
        int width = LaneSet.MachineWidth;
        int lanes = width / 8 / sizeof(T);
        int mostRows = MicroKernel.MaxRows(width);
        int tileColumns = lanes * MicroKernel.MaxVectors;
        int depthBlock = (int)Math.Min(to - from, DepthBlock);
        int rowBlock = (int)Math.Min(m, RowBlock);
        int columnBlock = (int)Math.Min((n + tileColumns - 1) / tileColumns * tileColumns, ColumnBlock);
        long slivers = b.Packed is null ? (long)depthBlock * columnBlock : 0;
        using var scratch = Scratch.Rent(sizeof(T) * ((long)rowBlock * depthBlock + slivers + mostRows * tileColumns) + 256);
        T* packedA = (T*)scratch.Take((long)sizeof(T) * rowBlock * depthBlock);
        T* packedB = (T*)scratch.Take(sizeof(T) * slivers);
        T* tile = (T*)scratch.Take((long)sizeof(T) * mostRows * tileColumns);

        for (nint jc = 0; jc < n; jc += columnBlock)
        {
            int nc = (int)Math.Min(columnBlock, n - jc);
            for (nint pc = from; pc < to; pc += depthBlock)
            {
                int kc = (int)Math.Min(depthBlock, to - pc);
                for (int jr = 0; jr < nc; jr += tileColumns)
                {
                    int count = Math.Min(tileColumns, nc - jr);
                    // The last sliver is packed even so: reading whole registers from it would pass the end of B.
                    if (b.Packed is null && (b.InPlace is null || count % lanes != 0))
                        b.Pack(packedB + (nint)jr * kc, pc, kc, jc + jr, count, (count + lanes - 1) / lanes * lanes);
                }
                for (nint ic = 0; ic < m; ic += rowBlock)
                {
                    int mc = (int)Math.Min(rowBlock, m - ic);
                    // Tiles of like height: a low one leaves registers, and with them cycles, unused.
                    int tiles = (mc + mostRows - 1) / mostRows, tileRows = (mc + tiles - 1) / tiles;
                    T* fromA = a + ic * aRowStride + pc * aColumnStride;
                    for (int ir = 0; ir < mc; ir += tileRows)
                    {
                        int count = Math.Min(tileRows, mc - ir);
                        Packing.Pack(fromA + ir * aRowStride, aRowStride, aColumnStride, packedA + (nint)ir * kc, count, count, kc);
                    }
                    for (int jr = 0; jr < nc; jr += tileColumns)
                    {
                        int columns = Math.Min(tileColumns, nc - jr);
                        int vectors = (columns + lanes - 1) / lanes;
                        bool packed = b.Packed is not null || b.InPlace is null || columns % lanes != 0;
                        byte* bTile = (byte*)(b.Packed is not null ? b.Sliver(pc, jc + jr, vectors * lanes)
                            : packed ? packedB + (nint)jr * kc : b.InPlace + pc * b.RowStride + jc + jr);
                        nint bStride = (packed ? vectors * lanes : b.RowStride) * sizeof(T);
                        for (int ir = 0; ir < mc; ir += tileRows)
                        {
                            int rows = Math.Min(tileRows, mc - ir);
                            MicroKernelCode kernel = MicroKernel.Get(rows, vectors, dtype, width);
                            T* cTile = c + (ic + ir) * cStride + jc + jr;
                            byte* aTile = (byte*)(packedA + (nint)ir * kc);
                            if (columns % lanes == 0)
                            {
                                kernel(aTile, bTile, (byte*)cTile, kc, bStride, cStride * sizeof(T), accumulate || pc > from ? 1 : 0, null);
                                continue;
                            }
                            kernel(aTile, bTile, (byte*)tile, kc, bStride, tileColumns * sizeof(T), 0, null);
                            AddTile(tile, tileColumns, cTile, cStride, rows, columns, dtype, accumulate || pc > from);
                        }
                    }
                }
            }
        }
    }

    private static void AddTile<T>(T* tile, int tileStride, T* c, nint cStride, int rows, int columns, DType dtype, bool accumulate)
        where T : unmanaged
    {
        for (int row = 0; row < rows; row++, tile += tileStride, c += cStride)
        {
            if (!accumulate) new Span<T>(tile, columns).CopyTo(new Span<T>(c, columns));
            else if (dtype == DType.F32) for (int i = 0; i < columns; i++) ((float*)c)[i] += ((float*)tile)[i];
            else for (int i = 0; i < columns; i++) ((double*)c)[i] += ((double*)tile)[i];
        }
    }
}
