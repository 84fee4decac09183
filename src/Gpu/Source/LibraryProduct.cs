using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// A batch of matrix products in the terms of BLAS, where matrices are column by column: the result is Cᵀ (n × m) = Bᵀ·Aᵀ, since C is row by row.
/// </summary>
/// <param name="DType">f32 or f64.</param>
/// <param name="M">Rows of C.</param>
/// <param name="N">Columns of C, and the elements from one row to the next.</param>
/// <param name="K">Terms of each sum.</param>
/// <param name="A">The left operand of C.</param>
/// <param name="B">The right operand of C.</param>
/// <param name="Batch">How many products; each result follows the one before.</param>
internal sealed record LibraryProduct(DType DType, int M, int N, int K, LibraryOperand A, LibraryOperand B, int Batch)
{
    /// <summary>A command as one call; null where its operands have no such places, or where it is none for a library.</summary>
    public static LibraryProduct? Of(DotCommand c)
    {
        if (c.DType is not (DType.F32 or DType.F64) || c.K == 0) return null;
        long batch = Extents.Product(c.Batch);
        if (new[] { c.M, c.N, c.K, batch }.Max() > int.MaxValue) return null;
        // Aᵀ is k × m and Bᵀ is n × k: as they lie where their rows are together, transposed where their columns are.
        return LibraryOperand.Of(c.A, c.K, c.M, c.Batch) is { } a && LibraryOperand.Of(c.B, c.N, c.K, c.Batch) is { } b
            ? new(c.DType, (int)c.M, (int)c.N, (int)c.K, a, b, (int)batch) : null;
    }
}

/// <summary>An operand of a <see cref="LibraryProduct"/>.</summary>
/// <param name="IsTransposed">True where its rows, not its columns, lie together.</param>
/// <param name="Leading">Elements from one column to the next, of rows where it is transposed.</param>
/// <param name="BatchStride">Elements from one matrix to the next; 0 where all products have the same one.</param>
internal readonly record struct LibraryOperand(bool IsTransposed, int Leading, long BatchStride)
{
    /// <summary>An operand that is row by row (its column stride is 1), or column by column.</summary>
    /// <param name="operand">Strides.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="batch">Sizes of the batch axes.</param>
    public static LibraryOperand? Of(DotOperand operand, long columns, long rows, long[] batch)
    {
        if (BatchStrideOf(operand.BatchStrides, batch) is not { } stride) return null;
        // The stride of an axis of one element is never taken.
        bool isByRow = columns == 1 || operand.ColumnStride == 1, isByColumn = rows == 1 || operand.RowStride == 1;
        if (isByRow && LeadingOf(operand.RowStride, columns, rows) is { } row) return new(false, row, stride);
        if (isByColumn && LeadingOf(operand.ColumnStride, rows, columns) is { } column) return new(true, column, stride);
        return null;
    }

    private static int? LeadingOf(long stride, long together, long others)
    {
        long leading = others == 1 ? Math.Max(1, together) : stride;
        return leading >= Math.Max(1, together) && leading <= int.MaxValue ? (int)leading : null;
    }

    private static long? BatchStrideOf(long[] strides, long[] sizes)
    {
        long? inner = null;
        long next = 0;
        for (int axis = sizes.Length - 1; axis >= 0; axis--)
        {
            if (sizes[axis] == 1) continue;
            if (strides[axis] < 0 || (inner is not null && strides[axis] != next)) return null;
            inner ??= strides[axis];
            next = strides[axis] * sizes[axis];
        }
        return inner ?? 0;
    }
}
