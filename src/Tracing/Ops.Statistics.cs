namespace TensorGraph;

/// <summary>Reductions that are made of simpler ones.</summary>
public static partial class Ops
{
    /// <summary>
    /// Square root of the <see cref="Variance"/>; <paramref name="correction"/> 1 is for a sample. DType: floats. Gradient: NaN where it is 0.
    /// Source: np.std.
    /// </summary>
    public static Tensor Std(Tensor x, int[]? axes = null, bool keep = false, int correction = 0) => Sqrt(Variance(x, axes, keep, correction));

    /// <summary>
    /// (Σ |x|ᵖ)^(1/p) over axes, with p the <paramref name="order"/>; ∞ and −∞ give the largest and smallest |x|, 0 the number of elements that are
    /// not 0. DType: floats. Gradient: 0 where the norm of order 2 is 0. Errors: TG2004 an order that is no number. Source:
    /// torch.linalg.vector_norm.
    /// </summary>
    public static Tensor Norm(Tensor x, int[]? axes = null, bool keep = false, double order = 2)
    {
        if (double.IsNaN(order))
            Throw.Range("norm", "the order is NaN", "Use a number or ±∞.");
        if (!Check.NotNull(x).DType.IsFloat())
            Throw.DType("norm", $"a {x.GraphType} has no norm", "Cast it to a float dtype.");
        switch (order)
        {
            case 0: return Sum(Cast(x != 0, x.DType), axes, keep);
            case 1: return Sum(Abs(x), axes, keep);
            case double.PositiveInfinity: return ReduceMax(Abs(x), axes, keep);
            case double.NegativeInfinity: return ReduceMin(Abs(x), axes, keep);
            case 2:
                var squares = Sum(Square(x), axes, keep);
                var isZero = squares == 0;
                return Where(isZero, squares, Sqrt(Where(isZero, 1, squares)));
            default: return Pow(Sum(Pow(Abs(x), order), axes, keep), 1 / order);
        }
    }

    /// <summary>The middle element in order, the mean of the two in the middle of an even number. As <see cref="Quantile"/>.</summary>
    public static Tensor Median(Tensor x, int? axis = null, bool keep = false) => Quantile(x, 0.5, axis, keep);

    /// <summary>
    /// The number below which a share <paramref name="q"/> of the elements lies, with a straight line between elements; NaN where there is one.
    /// Without an axis it is that of all elements.
    /// </summary>
    /// <remarks>
    /// DType: floats. Errors: TG2002; TG2004 a share outside of 0…1, no such axis, or no elements. Gradient: to the one or two elements that
    /// give it. Source: np.quantile; np.percentile(x, p) is Quantile(x, p / 100).
    /// </remarks>
    public static Tensor Quantile(Tensor x, double q, int? axis = null, bool keep = false)
    {
        if (!(q is >= 0 and <= 1))
            Throw.Range("quantile", System.FormattableString.Invariant($"q = {q}"), "Use a share from 0 to 1.");
        if (!Check.NotNull(x).DType.IsFloat())
            Throw.DType("quantile", $"{x.GraphType} has no numbers between elements", "Cast it to a float dtype.");
        int at = axis is null ? 0 : Axis("quantile", axis.Value, x.Rank);
        var sorted = Sort(axis is null ? Reshape(x, -1) : x, at).Values;
        var last = Size(sorted, at) - 1;
        var place = Cast(last, DType.F64) * q;
        Tensor At(Tensor index) => Gather(sorted, Cast(index, DType.I64), at);
        Tensor low = At(Floor(place)), high = At(Ceil(place)), largest = At(last), part = Cast(place - Floor(place), x.DType);
        var line = Where(part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part));
        var result = Where(IsNan(largest), largest, Where(Equal(low, high), low, line));
        return !keep ? result : axis is null ? Reshape(result, [.. Enumerable.Repeat((Dim)1, x.Rank)]) : ExpandDims(result, at);
    }

    /// <summary>Running product along an axis. Gradient: right for zeros too. Source: np.cumprod.</summary>
    public static Tensor CumProd(Tensor x, int axis = 0, bool reverse = false) =>
        AssociativeScan(Check.NotNull(x), static (before, next) => before * next, Axis("cum_prod", axis, x.Rank), reverse);
}
