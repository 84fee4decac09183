using System.Numerics;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Products in which one operand is a vector or a few rows. They are bound by reading the matrix once, so nothing is packed and it is read along its
/// contiguous axis. As in <see cref="Gemm"/>, the order of a sum depends on k alone.
/// </summary>
internal static unsafe class VectorProduct
{
    // Rows of the left operand that still read the right one from memory once, in place.
    private const int FewRows = 4;

    // A piece of the matrix that stays in the second-level cache for the other rows; the sums of one row stay in the first.
    private const int DepthBlock = 256;
    private const int ColumnBlock = 4096;

    // Terms of a dot product that go into one set of accumulators; beyond it, halves are summed apart.
    private const nint LongDepth = 8192;

    /// <summary>Multiplies if the operands have such a shape and strides.</summary>
    /// <param name="a">Left operand.</param>
    /// <param name="b">Right operand.</param>
    /// <param name="c">Result.</param>
    /// <param name="cStride">Distance of its rows.</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    /// <param name="k">Terms of a sum.</param>
    /// <param name="isRow">The whole product, of which this may be a thread's part, has one row. One row of several keeps their order.</param>
    /// <param name="isColumn">The whole product has one column.</param>
    public static bool TryMultiply<T>(Matrix a, Matrix b, T* c, nint cStride, nint m, nint n, nint k, bool isRow, bool isColumn)
        where T : unmanaged, INumber<T>
    {
        if (k == 0) return false;
        if (isColumn && a.ColumnStride == 1) return Dots((T*)a.Data, a.RowStride, m, (T*)b.Data, b.RowStride, k, c, cStride);
        if (IsRowOfDots(isRow, b.RowStride)) return Dots((T*)b.Data, b.ColumnStride, n, (T*)a.Data, a.ColumnStride, k, c, 1);
        if (k > LongDepth) return false;
        if (isColumn && a.RowStride == 1 && cStride == 1) return Rows(new Matrix(b.Data, 0, b.RowStride), (T*)a.Data, a.ColumnStride, c, 0, 1, m, k);
        return IsFewRows(m, k, b.ColumnStride) && Rows(a, (T*)b.Data, b.RowStride, c, cStride, m, n, k);
    }

    /// <summary>True when it takes a product of more than one column.</summary>
    /// <param name="m">Rows.</param>
    /// <param name="k">Terms of a sum.</param>
    /// <param name="rowStride">Distance of the right operand's rows.</param>
    /// <param name="columnStride">Distance of its columns.</param>
    public static bool Serves(nint m, nint k, nint rowStride, nint columnStride) => IsRowOfDots(m == 1, rowStride) || IsFewRows(m, k, columnStride);

    private static bool IsRowOfDots(bool isRow, nint rowStride) => isRow && rowStride == 1;

    private static bool IsFewRows(nint m, nint k, nint columnStride) => m <= FewRows && k <= LongDepth && columnStride == 1;

    // c[i] = Σ matrix[i, k]·vector[k]; rows of the matrix are contiguous.
    private static bool Dots<T>(T* matrix, nint stride, nint count, T* vector, nint vectorStride, nint k, T* c, nint cStride)
        where T : unmanaged, INumber<T>
    {
        using var scratch = Scratch.Rent(vectorStride == 1 ? 0 : k * sizeof(T) + 64);
        if (vectorStride != 1)
        {
            T* copy = (T*)scratch.Take(k * sizeof(T));
            for (nint i = 0; i < k; i++) copy[i] = vector[i * vectorStride];
            vector = copy;
        }
        for (nint i = 0; i < count; i++) c[i * cStride] = Dot(matrix + i * stride, vector, k);
        return true;
    }

    private static T Dot<T>(T* a, T* b, nint k)
        where T : unmanaged, INumber<T>
    {
        if (k > LongDepth)
        {
            nint half = k / 2 / DepthBlock * DepthBlock;
            return Dot(a, b, half) + Dot(a + half, b + half, k - half);
        }
        int lanes = Vector<T>.Count;
        Vector<T> s0 = default, s1 = default, s2 = default, s3 = default;
        nint i = 0;
        for (; i + 4 * lanes <= k; i += 4 * lanes)
        {
            s0 = MultiplyAdd(Vector.Load(a + i), Vector.Load(b + i), s0);
            s1 = MultiplyAdd(Vector.Load(a + i + lanes), Vector.Load(b + i + lanes), s1);
            s2 = MultiplyAdd(Vector.Load(a + i + 2 * lanes), Vector.Load(b + i + 2 * lanes), s2);
            s3 = MultiplyAdd(Vector.Load(a + i + 3 * lanes), Vector.Load(b + i + 3 * lanes), s3);
        }
        for (; i + lanes <= k; i += lanes) s0 = MultiplyAdd(Vector.Load(a + i), Vector.Load(b + i), s0);
        T sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; i < k; i++) sum += a[i] * b[i];
        return sum;
    }

    // c[row, :] = Σ a[row, k]·b[k, :]; rows of b and c are contiguous.
    private static bool Rows<T>(Matrix a, T* b, nint bStride, T* c, nint cStride, nint m, nint n, nint k)
        where T : unmanaged, INumber<T>
    {
        T* block = stackalloc T[ColumnBlock];
        for (nint j = 0; j < n; j += ColumnBlock)
        {
            int columns = (int)Math.Min(ColumnBlock, n - j);
            for (nint p = 0; p < k; p += DepthBlock)
            {
                int depth = (int)Math.Min(DepthBlock, k - p);
                for (nint row = 0; row < m; row++)
                {
                    T* factors = (T*)a.Data + row * a.RowStride + p * a.ColumnStride;
                    T* sums = c + row * cStride + j;
                    if (p == 0)
                    {
                        AddRows(factors, a.ColumnStride, b + j, bStride, sums, columns, depth);
                        continue;
                    }
                    AddRows(factors, a.ColumnStride, b + p * bStride + j, bStride, block, columns, depth);
                    PairwiseLoop.AddTo(sums, block, columns);
                }
            }
        }
        return true;
    }

    // sums = Σ factors[k]·b[k, :], eight rows of b at a time: the sums are loaded and stored once for them.
    private static void AddRows<T>(T* factors, nint stride, T* b, nint bStride, T* sums, int columns, int depth)
        where T : unmanaged, INumber<T>
    {
        new Span<T>(sums, columns).Clear();
        int lanes = Vector<T>.Count, k = 0;
        for (; k + 8 <= depth; k += 8, b += 8 * bStride)
        {
            Vector<T> v0 = new(factors[k * stride]), v1 = new(factors[(k + 1) * stride]), v2 = new(factors[(k + 2) * stride]);
            Vector<T> v3 = new(factors[(k + 3) * stride]), v4 = new(factors[(k + 4) * stride]), v5 = new(factors[(k + 5) * stride]);
            Vector<T> v6 = new(factors[(k + 6) * stride]), v7 = new(factors[(k + 7) * stride]);
            T* b4 = b + 4 * bStride;
            int i = 0;
            for (; i + lanes <= columns; i += lanes)
            {
                T* low = b + i, high = b4 + i;
                Vector<T> sum = MultiplyAdd(v0, Vector.Load(low), Vector.Load(sums + i));
                sum = MultiplyAdd(v1, Vector.Load(low + bStride), sum);
                sum = MultiplyAdd(v2, Vector.Load(low + 2 * bStride), sum);
                sum = MultiplyAdd(v3, Vector.Load(low + 3 * bStride), sum);
                sum = MultiplyAdd(v4, Vector.Load(high), sum);
                sum = MultiplyAdd(v5, Vector.Load(high + bStride), sum);
                sum = MultiplyAdd(v6, Vector.Load(high + 2 * bStride), sum);
                MultiplyAdd(v7, Vector.Load(high + 3 * bStride), sum).Store(sums + i);
            }
            for (; i < columns; i++)
            {
                T sum = sums[i];
                for (int row = 0; row < 8; row++) sum = MultiplyAdd(factors[(k + row) * stride], b[row * bStride + i], sum);
                sums[i] = sum;
            }
        }
        for (; k < depth; k++, b += bStride)
        {
            T factor = factors[k * stride];
            Vector<T> v = new(factor);
            int i = 0;
            for (; i + lanes <= columns; i += lanes) MultiplyAdd(v, Vector.Load(b + i), Vector.Load(sums + i)).Store(sums + i);
            for (; i < columns; i++) sums[i] = MultiplyAdd(factor, b[i], sums[i]);
        }
    }

    private static Vector<T> MultiplyAdd<T>(Vector<T> a, Vector<T> b, Vector<T> c) =>
        typeof(T) == typeof(float)
            ? Vector.MultiplyAddEstimate(a.As<T, float>(), b.As<T, float>(), c.As<T, float>()).As<float, T>()
            : Vector.MultiplyAddEstimate(a.As<T, double>(), b.As<T, double>(), c.As<T, double>()).As<double, T>();

    // A column gives the same bits whether it falls into a register or past the last one: columns are split between threads.
    private static T MultiplyAdd<T>(T a, T b, T c)
        where T : unmanaged, INumber<T> =>
        typeof(T) == typeof(float)
            ? (T)(object)float.MultiplyAddEstimate((float)(object)a, (float)(object)b, (float)(object)c)
            : (T)(object)double.MultiplyAddEstimate((double)(object)a, (double)(object)b, (double)(object)c);
}
