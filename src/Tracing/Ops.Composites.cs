using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Functions that are made of simpler ops; the passes take them apart and fusion puts them back together.</summary>
public static partial class Ops
{
    /// <summary>Tangent.</summary>
    public static Tensor Tan(Tensor x) => Dispatch.Run(OpDefs.Tan, x);

    /// <summary>Inverse sine; NaN outside −1…1.</summary>
    public static Tensor Asin(Tensor x) => Dispatch.Run(OpDefs.Asin, x);

    /// <summary>Inverse cosine; NaN outside −1…1.</summary>
    public static Tensor Acos(Tensor x) => Dispatch.Run(OpDefs.Acos, x);

    /// <summary>Inverse tangent.</summary>
    public static Tensor Atan(Tensor x) => Dispatch.Run(OpDefs.Atan, x);

    /// <summary>Hyperbolic sine.</summary>
    public static Tensor Sinh(Tensor x) => Dispatch.Run(OpDefs.Sinh, x);

    /// <summary>Hyperbolic cosine.</summary>
    public static Tensor Cosh(Tensor x) => Dispatch.Run(OpDefs.Cosh, x);

    /// <summary>Inverse hyperbolic sine.</summary>
    public static Tensor Asinh(Tensor x) => Dispatch.Run(OpDefs.Asinh, x);

    /// <summary>Inverse hyperbolic cosine.</summary>
    public static Tensor Acosh(Tensor x) => Dispatch.Run(OpDefs.Acosh, x);

    /// <summary>Inverse hyperbolic tangent.</summary>
    public static Tensor Atanh(Tensor x) => Dispatch.Run(OpDefs.Atanh, x);

    /// <summary>x².</summary>
    public static Tensor Square(Tensor x) => Dispatch.Run(OpDefs.Square, x);

    /// <summary>1 ÷ x.</summary>
    public static Tensor Reciprocal(Tensor x) => Dispatch.Run(OpDefs.Reciprocal, x);

    /// <summary>True for ±∞.</summary>
    public static Tensor IsInf(Tensor x) => Dispatch.Run(OpDefs.IsInf, x);

    /// <summary>x · sigmoid(x).</summary>
    public static Tensor Silu(Tensor x) => Dispatch.Run(OpDefs.Silu, x);

    /// <summary>log(1 + eˣ), without overflow.</summary>
    public static Tensor Softplus(Tensor x) => Dispatch.Run(OpDefs.Softplus, x);

    /// <summary>log sigmoid(x), without overflow.</summary>
    public static Tensor LogSigmoid(Tensor x) => Dispatch.Run(OpDefs.LogSigmoid, x);

    /// <summary>The piecewise linear sigmoid.</summary>
    public static Tensor HardSigmoid(Tensor x) => Dispatch.Run(OpDefs.HardSigmoid, x);

    /// <summary>x · hard_sigmoid(x).</summary>
    public static Tensor HardSwish(Tensor x) => Dispatch.Run(OpDefs.HardSwish, x);

    /// <summary>a ÷ b rounded down, NumPy's //.</summary>
    public static Tensor FloorDiv(Tensor a, Tensor b) => Dispatch.Run(OpDefs.FloorDiv, a, b);

    /// <summary>Remainder with the sign of b, NumPy's %.</summary>
    public static Tensor Mod(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Mod, a, b);

    /// <summary>(a − b)².</summary>
    public static Tensor SquaredDifference(Tensor a, Tensor b) => Dispatch.Run(OpDefs.SquaredDifference, a, b);

    /// <summary>Cross entropy of sigmoid(logits) and targets, without overflow.</summary>
    public static Tensor SigmoidCrossEntropy(Tensor a, Tensor b) => Dispatch.Run(OpDefs.SigmoidCrossEntropy, a, b);

    /// <summary>x where x &gt; 0, else slope · x.</summary>
    public static Tensor LeakyRelu(Tensor x, double slope = 0.01) => Dispatch.Run(OpDefs.LeakyRelu, Attrs.Of("slope", slope), x);

    /// <summary>x where x &gt; 0, else alpha · (eˣ − 1).</summary>
    public static Tensor Elu(Tensor x, double alpha = 1) => Dispatch.Run(OpDefs.Elu, Attrs.Of("alpha", alpha), x);

    /// <summary>
    /// a ÷ b, and 0 where b is 0. Shape: that of the operands, broadcast. Gradient: 0 where b is 0, not 0 · ∞. Errors: TG2001 shapes, TG2002 dtypes.
    /// Source: tf.math.divide_no_nan.
    /// </summary>
    public static Tensor DivideNoNan(Tensor a, Tensor b)
    {
        var isZero = Check.NotNull(b) == 0;
        // Both sides of Where are evaluated, backward too, so that the division itself must be by something else.
        return Where(isZero, 0, a / Where(isZero, 1, b));
    }

    /// <summary>min(max(x, low), high).</summary>
    public static Tensor Clip(Tensor x, Tensor low, Tensor high) => Dispatch.Run(OpDefs.Clip, x, low, high);

    /// <summary>Mean of the squared distances from the mean; <paramref name="correction"/> 1 gives the unbiased estimate. Source: np.var.</summary>
    public static Tensor Variance(Tensor x, int[]? axes = null, bool keep = false, int correction = 0) => Dispatch.Run(
        OpDefs.ReduceVariance, Attrs.Of(("axes", AllAxes("reduce_variance", axes, Check.NotNull(x).Rank)), ("keep", keep),
        ("correction", (long)correction)), x);

    /// <summary>log Σ eˣ, without overflow.</summary>
    public static Tensor LogSumExp(Tensor x, int[]? axes = null, bool keep = false) => Reduce(OpDefs.ReduceLogSumExp, x, axes, keep);

    /// <summary>
    /// (x − mean) / √(variance + epsilon) over axes (the last one by default), times scale plus offset. Source: torch.nn.LayerNorm.
    /// </summary>
    public static Tensor LayerNorm(Tensor x, Tensor scale, Tensor offset, int[]? axes = null, double epsilon = 1e-5) => Dispatch.Run(
        OpDefs.LayerNorm, Attrs.Of(("axes", AllAxes("layer_norm", axes ?? [-1], Check.NotNull(x).Rank)), ("epsilon", epsilon)), x, scale, offset);

    /// <summary>1 where a new last axis of size <paramref name="classes"/> counts the integer label, else 0. Source: tf.one_hot.</summary>
    /// <example>
    /// <code>
    /// Tensor labels = new[] { 2, 0 };
    /// Console.WriteLine(Ops.OneHot(labels, 3)[0]); // [0, 0, 1]
    /// </code>
    /// </example>
    public static Tensor OneHot(Tensor labels, Dim classes, DType dtype = DType.F32) =>
        Dispatch.Run(OpDefs.OneHot, Attrs.Of(("classes", classes), ("dtype", dtype)), labels);

    /// <summary>Numbers at equal distances, both ends included. Source: np.linspace.</summary>
    public static Tensor Linspace(Tensor start, Tensor stop, Dim count) => Dispatch.Run(OpDefs.Linspace, Attrs.Of("count", count), start, stop);

    /// <summary>The k largest elements along an axis, largest first, and their positions (i32). Source: tf.math.top_k.</summary>
    /// <example>
    /// <code>
    /// var (values, positions) = Ops.TopK(new[] { 3f, 9f, 5f }, 2);
    /// Console.WriteLine(values); // [9, 5]
    /// Console.WriteLine(positions); // [1, 2]
    /// </code>
    /// </example>
    public static (Tensor Values, Tensor Positions) TopK(Tensor x, int k, int axis = -1)
    {
        var results = Dispatch.RunAll(OpDefs.TopK, Attrs.Of(("k", (long)k), ("axis", (long)Axis("top_k", axis, Check.NotNull(x).Rank))), x);
        return (results[0], results[1]);
    }

    /// <summary>Element i along an axis is x at positions[i]; other axes go together. Source: np.take_along_axis.</summary>
    public static Tensor TakeAlongAxis(Tensor x, Tensor positions, int axis) =>
        Dispatch.Run(OpDefs.TakeAlongAxis, Attrs.Of("axis", (long)Axis("take_along_axis", axis, Check.NotNull(x).Rank)), x, positions);
}
