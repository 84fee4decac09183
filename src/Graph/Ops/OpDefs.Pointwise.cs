namespace TensorGraph.Ir;

/// <summary>
/// Arithmetic element by element. Integers wrap around. Gradients come back in the broadcast shape; the gradient sweep sums them to the
/// inputs' shapes.
/// </summary>
public static partial class OpDefs
{
    private const Traits Arithmetic = Traits.Pointwise | Traits.Commutative | Traits.Associative;

    /// <summary>a + b; joins text.</summary>
    [Op("add", "..., ... -> ...", DTypes = DTypeSet.NumberOrString, Traits = Arithmetic)]
    public static readonly OpDef Add = new()
    {
        Eval = c => c.Inputs[0].Type.DType == DType.String ? JoinText(c) : Rules.Binary((a, b) => a + b, (a, b) => unchecked(a + b))(c),
        Vjp = c => [c.G, c.G],
    };

    /// <summary>a − b.</summary>
    [Op("sub", "..., ... -> ...", Traits = Traits.Pointwise)]
    public static readonly OpDef Sub = new()
    {
        Eval = Rules.Binary((a, b) => a - b, (a, b) => unchecked(a - b)),
        Vjp = c => [c.G, c.Builder.Neg(c.G)],
    };

    /// <summary>a · b.</summary>
    [Op("mul", "..., ... -> ...", Traits = Arithmetic)]
    public static readonly OpDef Mul = new()
    {
        Eval = Rules.Binary((a, b) => a * b, (a, b) => unchecked(a * b)),
        Vjp = c => [c.Builder.Mul(c.G, c.X(1)), c.Builder.Mul(c.G, c.X(0))],
    };

    /// <summary>a ÷ b; integers truncate toward zero as C# does, and division by zero gives 0.</summary>
    [Op("div", "..., ... -> ...", Traits = Traits.Pointwise, Source = "C# for integers, IEEE 754 for floats")]
    public static readonly OpDef Div = new()
    {
        Eval = Rules.Binary((a, b) => a / b, (a, b) => b == 0 ? 0 : b == -1 ? unchecked(-a) : a / b),
        Vjp = c => [c.Builder.Div(c.G, c.X(1)), c.Builder.Neg(c.Builder.Div(c.Builder.Mul(c.G, c.Y()), c.X(1)))],
    };

    /// <summary>Remainder of <c>div</c>, with the sign of a; of an integer by zero it is 0.</summary>
    [Op("rem", "..., ... -> ...", Traits = Traits.Pointwise, Source = "C# %, np.fmod")]
    public static readonly OpDef Rem = new()
    {
        Eval = Rules.Binary((a, b) => a % b, (a, b) => b is 0 or -1 ? 0 : a % b),
        // a − trunc(a/b)·b: the quotient is locally constant. (a − y)/b is an integer up to rounding.
        Vjp = c => [c.G, c.Builder.Neg(c.Builder.Mul(c.G, c.Builder.Emit(Round, c.Builder.Div(c.Builder.Sub(c.X(0), c.Y()), c.X(1)))))],
    };

    /// <summary>
    /// aᵇ. Integers: exact, wrapping; a negative exponent gives the truncated value, which is 0 but for bases 1 and −1.
    /// Gradient by b at a ≤ 0: 0 at a = 0, NaN below.
    /// </summary>
    [Op("pow", "..., ... -> ...", Traits = Traits.Pointwise)]
    public static readonly OpDef Pow = new()
    {
        Eval = Rules.Binary(Math.Pow, IntegerPower),
        Vjp = c =>
        {
            Value a = c.X(0), b = c.X(1), zero = c.Builder.Scalar(0, a), one = c.Builder.Scalar(1, a);
            // b·aᵇ⁻¹, and 0 for b = 0, where aᵇ⁻¹ may be infinite; log a only where a ≠ 0.
            var byBase = c.Builder.Select(c.Builder.Emit(Equal, b, zero), zero, c.Builder.Mul(b, c.Builder.Emit(Pow, a, c.Builder.Sub(b, one))));
            var isZero = c.Builder.Emit(Equal, a, zero);
            var byExponent = c.Builder.Select(isZero, zero, c.Builder.Mul(c.Y(), c.Builder.Emit(Log, c.Builder.Select(isZero, one, a))));
            return [c.Builder.Mul(c.G, byBase), c.Builder.Mul(c.G, byExponent)];
        },
    };

    /// <summary>The larger one; NaN if either is NaN; +0 is larger than −0. Gradient: shared equally where both are equal.</summary>
    [Op("max", "..., ... -> ...", Traits = Arithmetic | Traits.Idempotent, Source = "IEEE 754-2019 maximum, np.maximum")]
    public static readonly OpDef Max = new() { Eval = Rules.Binary(Math.Max, Math.Max), Vjp = c => ChooseVjp(c, Greater) };

    /// <summary>The smaller one; NaN if either is NaN; −0 is smaller than +0. Gradient: shared equally where both are equal.</summary>
    [Op("min", "..., ... -> ...", Traits = Arithmetic | Traits.Idempotent, Source = "IEEE 754-2019 minimum, np.minimum")]
    public static readonly OpDef Min = new() { Eval = Rules.Binary(Math.Min, Math.Min), Vjp = c => ChooseVjp(c, Less) };

    /// <summary>−a.</summary>
    [Op("neg", "... -> ...", Traits = Traits.Pointwise)]
    public static readonly OpDef Neg = new()
    {
        Eval = Rules.Unary(a => -a, a => unchecked(-a)),
        Vjp = c => [c.Builder.Neg(c.G)],
    };

    /// <summary>|a|; the smallest integer stays. Gradient at 0: 0.</summary>
    [Op("abs", "... -> ...", Traits = Traits.Pointwise)]
    public static readonly OpDef Abs = new()
    {
        Eval = Rules.Unary(Math.Abs, a => a < 0 ? unchecked(-a) : a),
        Vjp = c => [c.Builder.Mul(c.G, c.Builder.Emit(Sign, c.X()))],
    };

    /// <summary>−1, 0 or 1; ±0 and NaN stay.</summary>
    [Op("sign", "... -> ...", Traits = Traits.Pointwise | Traits.NoGradient)]
    public static readonly OpDef Sign = new() { Eval = Rules.Unary(a => a > 0 ? 1 : a < 0 ? -1 : a, a => Math.Sign(a)) };

    /// <summary>The largest integer ≤ a.</summary>
    [Op("floor", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise | Traits.NoGradient)]
    public static readonly OpDef Floor = new() { Eval = Rules.Unary(Math.Floor) };

    /// <summary>The smallest integer ≥ a.</summary>
    [Op("ceil", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise | Traits.NoGradient)]
    public static readonly OpDef Ceil = new() { Eval = Rules.Unary(Math.Ceiling) };

    /// <summary>The nearest integer, halves to the even one.</summary>
    [Op("round", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise | Traits.NoGradient, Source = "np.round, Math.Round")]
    public static readonly OpDef Round = new() { Eval = Rules.Unary(Math.Round) };

    /// <summary>The integer part.</summary>
    [Op("trunc", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise | Traits.NoGradient)]
    public static readonly OpDef Trunc = new() { Eval = Rules.Unary(Math.Truncate) };

    /// <summary>eᵃ.</summary>
    [Op("exp", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Exp = new() { Eval = Rules.Unary(Math.Exp), Vjp = c => [c.Builder.Mul(c.G, c.Y())] };

    /// <summary>eᵃ − 1, accurate near 0.</summary>
    [Op("expm1", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Expm1 = new() { Eval = Rules.Unary(Special.Expm1), Vjp = c => [c.Builder.Mul(c.G, c.Builder.Emit(Exp, c.X()))] };

    /// <summary>Natural logarithm; −∞ at 0, NaN below.</summary>
    [Op("log", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Log = new() { Eval = Rules.Unary(Math.Log), Vjp = c => [c.Builder.Div(c.G, c.X())] };

    /// <summary>log(1 + a), accurate near 0.</summary>
    [Op("log1p", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Log1p = new()
    {
        Eval = Rules.Unary(Special.Log1p),
        Vjp = c => [c.Builder.Div(c.G, c.Builder.Add(c.X(), c.Builder.Scalar(1, c.G)))],
    };

    /// <summary>Square root; NaN below 0.</summary>
    [Op("sqrt", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Sqrt = new()
    {
        Eval = Rules.Unary(Math.Sqrt),
        Vjp = c => [c.Builder.Div(c.Builder.Mul(c.G, 0.5), c.Y())],
    };

    /// <summary>1/√a.</summary>
    [Op("rsqrt", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "tf.math.rsqrt")]
    public static readonly OpDef Rsqrt = new()
    {
        Eval = Rules.Unary(a => 1 / Math.Sqrt(a)),
        Vjp = c => [c.Builder.Div(c.Builder.Mul(c.Builder.Mul(c.G, -0.5), c.Y()), c.X())],
    };

    /// <summary>Sine.</summary>
    [Op("sin", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Sin = new() { Eval = Rules.Unary(Math.Sin), Vjp = c => [c.Builder.Mul(c.G, c.Builder.Emit(Cos, c.X()))] };

    /// <summary>Cosine.</summary>
    [Op("cos", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Cos = new()
    {
        Eval = Rules.Unary(Math.Cos),
        Vjp = c => [c.Builder.Neg(c.Builder.Mul(c.G, c.Builder.Emit(Sin, c.X())))],
    };

    /// <summary>Hyperbolic tangent.</summary>
    [Op("tanh", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Tanh = new()
    {
        Eval = Rules.Unary(Math.Tanh),
        Vjp = c => [c.Builder.Mul(c.G, c.Builder.Sub(c.Builder.Scalar(1, c.G), c.Builder.Mul(c.Y(), c.Y())))],
    };

    /// <summary>1/(1 + e⁻ᵃ).</summary>
    [Op("sigmoid", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Sigmoid = new()
    {
        Eval = Rules.Unary(a => a < 0 ? Math.Exp(a) / (1 + Math.Exp(a)) : 1 / (1 + Math.Exp(-a))),
        Vjp = c => [c.Builder.Mul(c.G, c.Builder.Mul(c.Y(), c.Builder.Sub(c.Builder.Scalar(1, c.G), c.Y())))],
    };

    /// <summary>Error function 2/√π ∫₀ᵃ e^(−t²) dt.</summary>
    [Op("erf", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "scipy.special.erf")]
    public static readonly OpDef Erf = new()
    {
        Eval = Rules.Unary(Special.Erf),
        Vjp = c => [c.Builder.Mul(c.G, c.Builder.Mul(c.Builder.Emit(Exp, c.Builder.Neg(c.Builder.Mul(c.X(), c.X()))), 2 / Math.Sqrt(Math.PI)))],
    };

    /// <summary>The normal distribution function Φ: ½ + ½ erf(a/√2), with a tail that does not cancel.</summary>
    [Op("normal_cdf", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "scipy.special.ndtr")]
    public static readonly OpDef NormalCdf = new()
    {
        Eval = Rules.Unary(Special.NormalCdf),
        Vjp = c => [c.Builder.Mul(c.G, NormalDensity(c.Builder, c.X()))],
    };

    /// <summary>Angle of the point (b, a) in −π…π.</summary>
    [Op("atan2", "..., ... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "np.arctan2")]
    public static readonly OpDef Atan2 = new()
    {
        Eval = Rules.Binary(Math.Atan2),
        Vjp = c =>
        {
            // b/(a² + b²) and −a/(a² + b²), where squares may overflow, by the ratio of the smaller to the larger: 1/(b·(1 + (a/b)²)) and so on.
            Value a = c.X(0), b = c.X(1), flat = c.Builder.Emit(GreaterEqual, c.Builder.Emit(Abs, b), c.Builder.Emit(Abs, a));
            Value larger = c.Builder.Select(flat, b, a), ratio = c.Builder.Div(c.Builder.Select(flat, a, b), larger);
            Value ofSmaller = c.Builder.Div(c.Builder.Div(c.G, larger), c.Builder.Add(c.Builder.Mul(ratio, ratio), c.Builder.Scalar(1, ratio)));
            Value ofLarger = c.Builder.Mul(ofSmaller, ratio);
            return [c.Builder.Select(flat, ofSmaller, ofLarger), c.Builder.Neg(c.Builder.Select(flat, ofLarger, ofSmaller))];
        },
    };

    // 1 where the input wins, ½ where both are equal.
    private static System.Collections.Immutable.ImmutableArray<Value?> ChooseVjp(VjpContext c, OpDef wins)
    {
        Value a = c.X(0), b = c.X(1), zero = c.Builder.Scalar(0, c.G), half = c.Builder.Mul(c.G, 0.5), tie = c.Builder.Emit(Equal, a, b);
        return
        [
            c.Builder.Select(tie, half, c.Builder.Select(c.Builder.Emit(wins, a, b), c.G, zero)),
            c.Builder.Select(tie, half, c.Builder.Select(c.Builder.Emit(wins, a, b), zero, c.G)),
        ];
    }

    // Square and multiply.
    private static long IntegerPower(long a, long exponent)
    {
        if (exponent < 0)
            return a == 1 ? 1 : a == -1 ? ((exponent & 1) == 0 ? 1 : -1) : 0;
        long result = 1;
        for (; exponent > 0; exponent >>= 1, a = unchecked(a * a))
            result = (exponent & 1) == 0 ? result : unchecked(result * a);
        return result;
    }

    private static Literal[] JoinText(EvalContext c)
    {
        var shape = Rules.Broadcast(c);
        var result = Rules.Result(c, shape);
        foreach (var (i, index) in Rules.Indices(shape))
            ((string[])result.Data)[i] = string.Concat(c.Inputs.Select(input => input.GetString(Rules.Offset(input, index))));
        return [result];
    }
}
