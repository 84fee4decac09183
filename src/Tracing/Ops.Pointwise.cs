using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Element by element, with NumPy's broadcasting. Shape: that of the operands, broadcast. Errors: TG2001 shapes, TG2002 dtypes.</summary>
public static partial class Ops
{
    /// <summary>−x.</summary>
    public static Tensor Neg(Tensor x) => Dispatch.Run(OpDefs.Neg, x);

    /// <summary>|x|.</summary>
    public static Tensor Abs(Tensor x) => Dispatch.Run(OpDefs.Abs, x);

    /// <summary>−1, 0 or 1.</summary>
    public static Tensor Sign(Tensor x) => Dispatch.Run(OpDefs.Sign, x);

    /// <summary>Rounds down.</summary>
    public static Tensor Floor(Tensor x) => Dispatch.Run(OpDefs.Floor, x);

    /// <summary>Rounds up.</summary>
    public static Tensor Ceil(Tensor x) => Dispatch.Run(OpDefs.Ceil, x);

    /// <summary>Rounds to nearest, halves to even.</summary>
    public static Tensor Round(Tensor x) => Dispatch.Run(OpDefs.Round, x);

    /// <summary>Rounds toward zero.</summary>
    public static Tensor Trunc(Tensor x) => Dispatch.Run(OpDefs.Trunc, x);

    /// <summary>eˣ.</summary>
    public static Tensor Exp(Tensor x) => Dispatch.Run(OpDefs.Exp, x);

    /// <summary>eˣ − 1, exact near 0.</summary>
    public static Tensor Expm1(Tensor x) => Dispatch.Run(OpDefs.Expm1, x);

    /// <summary>Natural logarithm.</summary>
    public static Tensor Log(Tensor x) => Dispatch.Run(OpDefs.Log, x);

    /// <summary>ln(1 + x), exact near 0.</summary>
    public static Tensor Log1p(Tensor x) => Dispatch.Run(OpDefs.Log1p, x);

    /// <summary>Square root.</summary>
    public static Tensor Sqrt(Tensor x) => Dispatch.Run(OpDefs.Sqrt, x);

    /// <summary>1 ÷ square root.</summary>
    public static Tensor Rsqrt(Tensor x) => Dispatch.Run(OpDefs.Rsqrt, x);

    /// <summary>Sine.</summary>
    public static Tensor Sin(Tensor x) => Dispatch.Run(OpDefs.Sin, x);

    /// <summary>Cosine.</summary>
    public static Tensor Cos(Tensor x) => Dispatch.Run(OpDefs.Cos, x);

    /// <summary>Hyperbolic tangent.</summary>
    public static Tensor Tanh(Tensor x) => Dispatch.Run(OpDefs.Tanh, x);

    /// <summary>1 ÷ (1 + e⁻ˣ).</summary>
    public static Tensor Sigmoid(Tensor x) => Dispatch.Run(OpDefs.Sigmoid, x);

    /// <summary>Error function.</summary>
    public static Tensor Erf(Tensor x) => Dispatch.Run(OpDefs.Erf, x);

    /// <summary>The normal distribution function: ½ + ½ erf(x ÷ √2), exact in both tails.</summary>
    public static Tensor NormalCdf(Tensor x) => Dispatch.Run(OpDefs.NormalCdf, x);

    /// <summary>True where the element is NaN.</summary>
    public static Tensor IsNan(Tensor x) => Dispatch.Run(OpDefs.IsNan, x);

    /// <summary>True where the element is neither NaN nor infinite.</summary>
    public static Tensor IsFinite(Tensor x) => Dispatch.Run(OpDefs.IsFinite, x);

    /// <summary>Logical not of bool, complement of integers.</summary>
    public static Tensor Not(Tensor x) => Dispatch.Run(OpDefs.Not, x);

    /// <summary>The input; gradients stop here.</summary>
    public static Tensor StopGradient(Tensor x) => Dispatch.Run(OpDefs.StopGradient, x);

    /// <summary>a + b; joins text.</summary>
    public static Tensor Add(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Add, a, b);

    /// <summary>a − b.</summary>
    public static Tensor Sub(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Sub, a, b);

    /// <summary>a · b, element by element.</summary>
    public static Tensor Mul(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Mul, a, b);

    /// <summary>a ÷ b; integers truncate toward zero, and division by 0 gives 0.</summary>
    public static Tensor Div(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Div, a, b);

    /// <summary>Remainder with the sign of a, as C# %.</summary>
    public static Tensor Rem(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Rem, a, b);

    /// <summary>a to the power of b.</summary>
    public static Tensor Pow(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Pow, a, b);

    /// <summary>The larger; NaN wins.</summary>
    public static Tensor Max(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Max, a, b);

    /// <summary>The smaller; NaN wins.</summary>
    public static Tensor Min(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Min, a, b);

    /// <summary>Angle of the point (b, a).</summary>
    public static Tensor Atan2(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Atan2, a, b);

    /// <summary>a = b, element by element.</summary>
    public static Tensor Equal(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Equal, a, b);

    /// <summary>a ≠ b, element by element.</summary>
    public static Tensor NotEqual(Tensor a, Tensor b) => Dispatch.Run(OpDefs.NotEqual, a, b);

    /// <summary>a &gt; b.</summary>
    public static Tensor Greater(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Greater, a, b);

    /// <summary>a ≥ b.</summary>
    public static Tensor GreaterEqual(Tensor a, Tensor b) => Dispatch.Run(OpDefs.GreaterEqual, a, b);

    /// <summary>a &lt; b.</summary>
    public static Tensor Less(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Less, a, b);

    /// <summary>a ≤ b.</summary>
    public static Tensor LessEqual(Tensor a, Tensor b) => Dispatch.Run(OpDefs.LessEqual, a, b);

    /// <summary>Logical or bitwise and.</summary>
    public static Tensor And(Tensor a, Tensor b) => Dispatch.Run(OpDefs.And, a, b);

    /// <summary>Logical or bitwise or.</summary>
    public static Tensor Or(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Or, a, b);

    /// <summary>Logical or bitwise exclusive or.</summary>
    public static Tensor Xor(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Xor, a, b);

    /// <summary>a &lt;&lt; b.</summary>
    public static Tensor ShiftLeft(Tensor a, Tensor b) => Dispatch.Run(OpDefs.ShiftLeft, a, b);

    /// <summary>a &gt;&gt; b, keeping the sign.</summary>
    public static Tensor ShiftRight(Tensor a, Tensor b) => Dispatch.Run(OpDefs.ShiftRight, a, b);

    /// <summary>a &gt;&gt;&gt; b.</summary>
    public static Tensor ShiftRightLogical(Tensor a, Tensor b) => Dispatch.Run(OpDefs.ShiftRightLogical, a, b);

    /// <summary>condition ? a : b, element by element; both are evaluated. Source: np.where.</summary>
    /// <example>
    /// <code>
    /// Tensor x = new[] { -1f, 2f };
    /// Console.WriteLine(Ops.Where(x &gt; 0, x, x * 10)); // [-10, 2]
    /// </code>
    /// </example>
    public static Tensor Where(Tensor condition, Tensor a, Tensor b) => Dispatch.Run(OpDefs.Select, condition, a, b);

    /// <summary>
    /// Elements as another dtype. Floats to integers truncate; anything but 0 is true. What a float does not hold is rounded once, to nearest even.
    /// </summary>
    public static Tensor Cast(Tensor x, DType dtype) => Check.NotNull(x).DType == dtype ? x : Dispatch.Run(OpDefs.Cast, Attrs.Of("dtype", dtype), x);

    /// <summary>The same bits as a dtype of the same width.</summary>
    public static Tensor Bitcast(Tensor x, DType dtype) => Dispatch.Run(OpDefs.Bitcast, Attrs.Of("dtype", dtype), x);
}
