using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Reductions over attribute <c>axes</c> (counted from the front, ascending); <c>keep</c> leaves them as size 1. The dtype stays; integers wrap.
/// </summary>
public static partial class OpDefs
{
    /// <summary>Sum; of no elements 0.</summary>
    [Op("reduce_sum", "?", Traits = Traits.Reduction, Source = "np.sum")]
    public static readonly OpDef ReduceSum = new()
    {
        Eval = Rules.Reduction(0, (a, b) => a + b, _ => 0, (a, b) => unchecked(a + b)),
        Vjp = c => [Spread(c, c.G)],
    };

    /// <summary>Product; of no elements 1. The gradient takes time and memory of the square of the number of factors.</summary>
    [Op("reduce_prod", "?", Traits = Traits.Reduction, Source = "np.prod")]
    public static readonly OpDef ReduceProd = new()
    {
        Eval = Rules.Reduction(1, (a, b) => a * b, _ => 1, (a, b) => unchecked(a * b)),
        Vjp = ReduceProdVjp,
    };

    /// <summary>
    /// Largest element, NaN if there is one; of no elements −∞ or the smallest integer. Gradient: shared equally by all that are largest.
    /// </summary>
    [Op("reduce_max", "?", Traits = Traits.Reduction | Traits.Idempotent, Source = "np.max")]
    public static readonly OpDef ReduceMax = new()
    {
        Eval = Rules.Reduction(double.NegativeInfinity, Math.Max, Smallest, Math.Max),
        Vjp = ExtremumVjp,
    };

    /// <summary>
    /// Smallest element, NaN if there is one; of no elements +∞ or the largest integer. Gradient: shared equally by all that are smallest.
    /// </summary>
    [Op("reduce_min", "?", Traits = Traits.Reduction | Traits.Idempotent, Source = "np.min")]
    public static readonly OpDef ReduceMin = new()
    {
        Eval = Rules.Reduction(double.PositiveInfinity, Math.Min, dtype => ~Smallest(dtype) & (dtype == DType.U8 ? 255 : -1), Math.Min),
        Vjp = ExtremumVjp,
    };

    /// <summary>True when one element is; of none false.</summary>
    [Op("reduce_any", "?", DTypes = DTypeSet.Bool, Traits = Traits.Reduction | Traits.Idempotent | Traits.NoGradient, Source = "np.any")]
    public static readonly OpDef ReduceAny = new() { Eval = Rules.Reduction(0, Math.Max, _ => 0, (a, b) => a | b) };

    /// <summary>True when every element is; of none true.</summary>
    [Op("reduce_all", "?", DTypes = DTypeSet.Bool, Traits = Traits.Reduction | Traits.Idempotent | Traits.NoGradient, Source = "np.all")]
    public static readonly OpDef ReduceAll = new() { Eval = Rules.Reduction(1, Math.Min, _ => 1, (a, b) => a & b) };

    /// <summary>
    /// i32 position of the largest element along attribute <c>axis</c>, which disappears; of equal ones the first, of NaNs the first NaN.
    /// An axis of size 0 is an error (TG2001).
    /// </summary>
    [Op("arg_max", "?", Traits = Traits.NoGradient, Source = "np.argmax (i32)")]
    public static readonly OpDef ArgMax = new() { Eval = c => EvalArg(c, (a, b) => a > b, (a, b) => a > b) };

    /// <summary>As <c>arg_max</c>, for the smallest element.</summary>
    [Op("arg_min", "?", Traits = Traits.NoGradient, Source = "np.argmin (i32)")]
    public static readonly OpDef ArgMin = new() { Eval = c => EvalArg(c, (a, b) => a < b, (a, b) => a < b) };

    /// <summary>Running sum along attribute <c>axis</c>; <c>reverse</c> starts at the end, <c>exclusive</c> leaves the element itself out.</summary>
    [Op("cum_sum", "?", Source = "np.cumsum, tf.cumsum")]
    public static readonly OpDef CumSum = new()
    {
        Eval = EvalCumSum,
        Vjp = c => [c.Builder.Emit(CumSum, c.Attrs.With("reverse", !c.Attrs.Get("reverse", false)), [c.G])[0]],
    };

    // A reduction's result (or its gradient) repeated along the reduced axes.
    private static Value Spread(VjpContext c, Value reduced) =>
        c.Builder.BroadcastTo(c.Builder.Reshape(reduced, TypeRules.Reduced(c.X().Shape, c.Attrs.Axes(), keep: true)), c.X().Shape);

    private static ImmutableArray<Value?> ExtremumVjp(VjpContext c)
    {
        Value chosen = c.Builder.Cast(c.Builder.Emit(Equal, c.X(), Spread(c, c.Y())), c.X().DType);
        return [c.Builder.Mul(Spread(c, c.G), c.Builder.Div(chosen, c.Builder.Sum(chosen, c.Attrs.Axes(), keep: true)))];
    }

    // ∂/∂xᵢ Πⱼ xⱼ = Π_{j≠i} xⱼ, from an n × n table with ones on the diagonal: right for zeros, and differentiable again.
    private static ImmutableArray<Value?> ReduceProdVjp(VjpContext c)
    {
        int[] axes = c.Attrs.Axes();
        int[] kept = [.. Enumerable.Range(0, c.X().Shape.Rank).Except(axes)];
        var rows = c.Builder.Transpose(c.X(), kept.Concat(axes));
        Shape outer = c.X().Shape.Without(axes);
        Dim n = axes.Aggregate((Dim)1, (product, axis) => product * c.X().Shape[axis]);
        var flat = c.Builder.Reshape(rows, new([.. outer.Dims, 1, n]));
        Shape square = new([n, n]);
        var others = c.Builder.Select(c.Builder.Emit(Equal, c.Builder.Iota(square, 0), c.Builder.Iota(square, 1)), c.Builder.Scalar(1, flat), flat);
        var products = c.Builder.Emit(ReduceProd, Attrs.Of(("axes", new[] { outer.Rank + 1 }), ("keep", false)), [others])[0];
        var shaped = c.Builder.Reshape(products, rows.Shape);
        int[] order = [.. kept, .. axes];
        return [c.Builder.Mul(Spread(c, c.G), c.Builder.TransposeBack(shaped, order))];
    }

    private static long Smallest(DType dtype) => dtype switch
    {
        DType.I8 => sbyte.MinValue,
        DType.I16 => short.MinValue,
        DType.I32 => int.MinValue,
        DType.I64 => long.MinValue,
        _ => 0,
    };

    private static Literal[] EvalArg(EvalContext c, Func<double, double, bool> better, Func<long, long, bool> betterInteger)
    {
        var x = c.Inputs[0];
        int axis = (int)c.Attrs.Get<long>("axis");
        var result = Rules.Result(c, x.Type.Shape.Without([axis]));
        foreach (var (i, first, stride, count) in Rules.Lines(x.Type.Shape, axis))
        {
            long best = 0;
            for (long k = 1; k < count; k++)
            {
                long at = first + (k * stride), champion = first + (best * stride);
                bool wins = x.Type.DType.IsFloat()
                    ? !double.IsNaN(x.GetDouble(champion)) && (double.IsNaN(x.GetDouble(at)) || better(x.GetDouble(at), x.GetDouble(champion)))
                    : betterInteger(x.GetLong(at), x.GetLong(champion));
                best = wins ? k : best;
            }

            result.SetLong(i, best);
        }

        return [result];
    }

    private static Literal[] EvalCumSum(EvalContext c)
    {
        var x = c.Inputs[0];
        bool reverse = c.Attrs.Get("reverse", false), exclusive = c.Attrs.Get("exclusive", false);
        var result = Rules.Result(c, x.Type.Shape);
        foreach (var (_, first, stride, count) in Rules.Lines(x.Type.Shape, (int)c.Attrs.Get<long>("axis")))
        {
            double sum = 0;
            long integers = 0;
            for (long k = 0; k < count; k++)
            {
                long at = first + ((reverse ? count - 1 - k : k) * stride);
                double before = sum;
                long beforeIntegers = integers;
                if (x.Type.DType.IsFloat())
                    sum += x.GetDouble(at);
                else
                    integers = unchecked(integers + x.GetLong(at));
                if (x.Type.DType.IsFloat())
                    result.SetDouble(at, exclusive ? before : sum);
                else
                    result.SetLong(at, exclusive ? beforeIntegers : integers);
            }
        }

        return [result];
    }
}
