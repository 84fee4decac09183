namespace TensorGraph.Ir;

/// <summary>Reductions and normalisations in terms of the primitives. f16 and bf16 are computed in f32.</summary>
public static partial class OpDefs
{
    /// <summary>Mean over <c>axes</c>; of no elements NaN.</summary>
    [Op("reduce_mean", "?", DTypes = DTypeSet.Float, Traits = Traits.Reduction, Source = "np.mean")]
    public static readonly OpDef ReduceMean = new()
    {
        Decompose = (b, n) => InSingle(b, n, x => Mean(b, x, n.Attrs.Axes(), n.Attrs.Get("keep", false))),
    };

    /// <summary>
    /// Mean of the squared distances from the mean over <c>axes</c>; the number of elements is reduced by <c>correction</c> (0; 1 for an unbiased
    /// estimate).
    /// </summary>
    [Op("reduce_variance", "?", DTypes = DTypeSet.Float, Traits = Traits.Reduction, Source = "np.var")]
    public static readonly OpDef ReduceVariance = new()
    {
        Decompose = (b, n) => InSingle(b, n, x =>
        {
            // Σ(x − m)² − (Σ(x − m))²/n holds for any m, so no gradient flows through m. The second term takes away what rounding the mean adds.
            int[] axes = n.Attrs.Axes();
            bool keep = n.Attrs.Get("keep", false);
            var distance = b.Sub(x, b.Emit(StopGradient, Mean(b, x, axes, keep: true)));
            var rest = b.Sum(distance, axes, keep);
            var count = CountOf(b, x, axes);
            var squares = b.Sub(b.Sum(b.Mul(distance, distance), axes, keep), b.Div(b.Mul(rest, rest), count));
            var positive = b.Select(b.Emit(Less, squares, b.Scalar(0, squares)), b.Scalar(0, squares), squares);
            return b.Div(positive, b.Sub(count, b.Scalar(n.Attrs.Get("correction", 0L), x)));
        }),
    };

    /// <summary>log Σ eˣ over <c>axes</c>, without overflow; of no elements −∞.</summary>
    [Op("reduce_log_sum_exp", "?", DTypes = DTypeSet.Float, Traits = Traits.Reduction, Source = "scipy.special.logsumexp")]
    public static readonly OpDef ReduceLogSumExp = new()
    {
        Decompose = (b, n) => InSingle(b, n, x =>
        {
            int[] axes = n.Attrs.Axes();
            var largest = LargestOrZero(b, x, axes);
            var kept = b.Add(b.Emit(Log, b.Sum(b.Emit(Exp, b.Sub(x, largest)), axes, keep: true)), largest);
            return b.Reshape(kept, TypeRules.Reduced(x.Shape, axes, n.Attrs.Get("keep", false)));
        }),
    };

    /// <summary>eˣ / Σ eˣ along axis <c>axis</c>.</summary>
    [Op("softmax", "?", DTypes = DTypeSet.Float, Source = "scipy.special.softmax")]
    public static readonly OpDef Softmax = new()
    {
        Decompose = (b, n) => InSingle(b, n, x =>
        {
            int[] axis = AxisOf(n.Attrs);
            var powers = b.Emit(Exp, b.Sub(x, LargestOrZero(b, x, axis)));
            // One division for each sum.
            var sum = b.Sum(powers, axis, keep: true);
            return b.Mul(powers, b.Div(b.Scalar(1, sum), sum));
        }),
        // y · (g − Σ g·y)
        Vjp = c => [c.Builder.Mul(c.Y(), c.Builder.Sub(c.G, c.Builder.Sum(c.Builder.Mul(c.G, c.Y()), AxisOf(c.Attrs), keep: true)))],
    };

    /// <summary>x − log Σ eˣ along axis <c>axis</c>.</summary>
    [Op("log_softmax", "?", DTypes = DTypeSet.Float, Source = "scipy.special.log_softmax")]
    public static readonly OpDef LogSoftmax = new()
    {
        Decompose = (b, n) => InSingle(b, n, x =>
        {
            int[] axis = AxisOf(n.Attrs);
            var shifted = b.Sub(x, LargestOrZero(b, x, axis));
            return b.Sub(shifted, b.Emit(Log, b.Sum(b.Emit(Exp, shifted), axis, keep: true)));
        }),
        // g − eʸ · Σ g
        Vjp = c => [c.Builder.Sub(c.G, c.Builder.Mul(c.Builder.Emit(Exp, c.Y()), c.Builder.Sum(c.G, AxisOf(c.Attrs), keep: true)))],
    };

    /// <summary>
    /// Inputs x, scale, offset. (x − mean)/√(variance + <c>epsilon</c>) over <c>axes</c>, times scale plus offset, which broadcast to x.
    /// </summary>
    [Op("layer_norm", "?", Inputs = 3, DTypes = DTypeSet.Float, Source = "Ba et al. 2016, torch.nn.LayerNorm")]
    public static readonly OpDef LayerNorm = new()
    {
        Required = [("epsilon", typeof(double))],
        Decompose = (b, n) => InSingle(b, n, x =>
        {
            int[] axes = n.Attrs.Axes();
            var distance = b.Sub(x, Mean(b, x, axes, keep: true));
            var variance = Mean(b, b.Mul(distance, distance), axes, keep: true);
            var normal = b.Mul(distance, b.Emit(Rsqrt, b.Add(variance, b.Scalar(n.Attrs.Get<double>("epsilon"), x))));
            return b.Add(b.Mul(normal, b.Cast(n.Inputs[1], x.DType)), b.Cast(n.Inputs[2], x.DType));
        }),
    };

    private static int[] AxisOf(Attrs attrs) => [(int)attrs.Get<long>("axis")];

    // f in f32 for narrower floats.
    private static System.Collections.Immutable.ImmutableArray<Value> InSingle(GraphBuilder b, Node n, Func<Value, Value> f)
    {
        DType dtype = n.Inputs[0].DType;
        return [b.Cast(f(b.Cast(n.Inputs[0], dtype is DType.F16 or DType.BF16 ? DType.F32 : dtype)), dtype)];
    }

    private static Value CountOf(GraphBuilder b, Value x, int[] axes) =>
        b.DimSize(axes.Aggregate((Dim)1, (product, axis) => product * x.Shape[axis]), x.DType);

    private static Value Mean(GraphBuilder b, Value x, int[] axes, bool keep) => b.Div(b.Sum(x, axes, keep), CountOf(b, x, axes));

    // What is subtracted before exp; any number gives the same result, so no gradient flows through it. Not ±∞ or NaN, which would give ∞ − ∞.
    private static Value LargestOrZero(GraphBuilder b, Value x, int[] axes)
    {
        var largest = b.Emit(StopGradient, b.Emit(ReduceMax, Attrs.Of(("axes", axes), ("keep", true)), [x])[0]);
        return b.Select(b.Emit(IsFinite, largest), largest, b.Scalar(0, largest));
    }
}
