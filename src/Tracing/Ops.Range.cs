namespace TensorGraph;

public static partial class Ops
{
    /// <summary>The integers from 0 up to, and without, <paramref name="limit"/>, to loop over.</summary>
    /// <remarks>
    /// Shape: the limit is a scalar, and so is each element.  DType: that of the limit, an integer type.
    /// Errors: TG1002 null; TG2003 the limit is no scalar.  Source: Python's range.
    /// </remarks>
    public static TensorRange Range(Tensor limit) => Range(Zero(limit), limit);

    /// <summary>The integers from <paramref name="start"/> up to, and without, <paramref name="limit"/>, to loop over.</summary>
    /// <remarks>
    /// Shape: both ends are scalars, and so is each element.  DType: that of both ends, an integer type.
    /// Errors: TG1002 null; TG2002 the dtypes differ; TG2003 an end is no scalar.  Source: Python's range.
    /// </remarks>
    public static TensorRange Range(Tensor start, Tensor limit)
    {
        if (Check.NotNull(start).DType != Check.NotNull(limit).DType)
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

    private static Tensor Zero(Tensor like) => Tensor.From(Literal.Scalar(Check.NotNull(like).DType, 0));
}
