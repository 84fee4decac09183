namespace TensorGraph;

public static partial class Ops
{
    /// <summary>The integers from 0 up to, and without, <paramref name="limit"/>, to loop over.</summary>
    /// <remarks>
    /// Shape: the limit is a scalar, and so is each element.  DType: that of the limit, an integer type.
    /// Errors: TG1002 null; TG2003 the limit is no scalar.  Source: Python's range.
    /// </remarks>
    /// <example>
    /// <code>
    /// Tensor sum = 0L;
    /// foreach (Tensor i in Ops.Range(4L))
    ///     sum = sum + i;
    /// Console.WriteLine(sum); // 6
    /// </code>
    /// </example>
    public static TensorRange Range(Tensor limit) => Range(Zero(limit), limit);

    /// <summary>The integers from <paramref name="start"/> up to, and without, <paramref name="limit"/>, to loop over.</summary>
    /// <remarks>
    /// Shape: both ends are scalars, and so is each element.  DType: that of both ends, an integer type; i64 for an i32 and an i64.
    /// Errors: TG1002 null; TG2002 the dtypes differ otherwise; TG2003 an end is no scalar.  Source: Python's range.
    /// </remarks>
    public static TensorRange Range(Tensor start, Tensor limit)
    {
        if ((Check.NotNull(start).DType, Check.NotNull(limit).DType) is (DType.I32, DType.I64) or (DType.I64, DType.I32))
            (start, limit) = (Cast(start, DType.I64), Cast(limit, DType.I64));
        if (start.DType != limit.DType)
        {
            throw new GraphException(
                DiagnosticIds.DTypeMismatch, $"range: the start is {start.DType}, the limit {limit.DType}", "Cast one of them.",
                Ir.SourceSpan.Capture());
        }

        if (start.Rank != 0 || limit.Rank != 0)
        {
            throw new GraphException(
                DiagnosticIds.RankMismatch, $"range: the ends are {start.Type} and {limit.Type}, not scalars", "Reduce or index them first.",
                Ir.SourceSpan.Capture());
        }

        return new(start, limit);
    }

    /// <inheritdoc cref="Range(Tensor, Tensor)"/>
    public static TensorRange Range(Scalar start, Tensor limit) => Range(start.Like(Check.NotNull(limit)), limit);

    /// <inheritdoc cref="Range(Tensor, Tensor)"/>
    public static TensorRange Range(Tensor start, Scalar limit) => Range(start, limit.Like(Check.NotNull(start)));

    /// <inheritdoc cref="Range(Tensor, Tensor)"/>
    public static TensorRange Range(Scalar start, Scalar limit)
    {
        var dtype = Scalar.Together(start, limit);
        return Range(start.To(dtype), limit.To(dtype));
    }

    private static Tensor Zero(Tensor like) => Tensor.From(Literal.Scalar(Check.NotNull(like).DType, 0));
}
