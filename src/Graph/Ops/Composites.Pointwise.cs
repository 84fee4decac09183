namespace TensorGraph.Ir;

/// <summary>Element by element, in terms of the primitives.</summary>
public static partial class OpDefs
{
    /// <summary>a².</summary>
    [Op("square", "... -> ...", Traits = Traits.Pointwise, Source = "np.square")]
    public static readonly OpDef Square = new() { Decompose = (b, n) => [b.Mul(n.Inputs[0], n.Inputs[0])] };

    /// <summary>(a − b)².</summary>
    [Op("squared_difference", "..., ... -> ...", Traits = Traits.Pointwise | Traits.Commutative, Source = "tf.math.squared_difference")]
    public static readonly OpDef SquaredDifference = new()
    {
        Decompose = (b, n) => b.Sub(n.Inputs[0], n.Inputs[1]) is var d ? [b.Mul(d, d)] : [],
    };

    /// <summary>1/a.</summary>
    [Op("reciprocal", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "np.reciprocal")]
    public static readonly OpDef Reciprocal = new() { Decompose = (b, n) => [b.Div(b.Scalar(1, n.Inputs[0]), n.Inputs[0])] };

    /// <summary>a ÷ b rounded down; of an integer by zero it is 0.</summary>
    [Op("floor_div", "..., ... -> ...", Traits = Traits.Pointwise | Traits.NoGradient, Source = "np.floor_divide, Python //")]
    public static readonly OpDef FloorDiv = new()
    {
        // (a − rem)/b is an integer up to rounding; it is one too large where the remainder has not b's sign.
        Decompose = (b, n) =>
        {
            Value x = n.Inputs[0], y = n.Inputs[1], remainder = b.Emit(Rem, x, y);
            var truncated = x.DType.IsFloat() ? b.Emit(Round, b.Div(b.Sub(x, remainder), y)) : b.Div(x, y);
            var floor = b.Select(SignsDiffer(b, remainder, y), b.Sub(truncated, b.Scalar(1, x)), truncated);
            return [x.DType.IsFloat() ? b.Select(b.Emit(Equal, y, b.Scalar(0, y)), b.Div(x, y), floor) : floor];
        },
    };

    /// <summary>Remainder of <c>floor_div</c>, with the sign of b; of an integer by zero it is 0.</summary>
    [Op("mod", "..., ... -> ...", Traits = Traits.Pointwise, Source = "np.mod, Python %")]
    public static readonly OpDef Mod = new()
    {
        Decompose = (b, n) =>
        {
            var remainder = b.Emit(Rem, n.Inputs[0], n.Inputs[1]);
            return [b.Select(SignsDiffer(b, remainder, n.Inputs[1]), b.Add(remainder, n.Inputs[1]), remainder)];
        },
    };

    /// <summary>x held between two bounds: min(max(x, low), high).</summary>
    [Op("clip", "..., ..., ... -> ...", Traits = Traits.Pointwise, Source = "np.clip")]
    public static readonly OpDef Clip = new() { Decompose = (b, n) => [b.Emit(Min, b.Emit(Max, n.Inputs[0], n.Inputs[1]), n.Inputs[2])] };

    /// <summary>True for ±∞.</summary>
    [Op("is_inf", "... -> ...", DTypes = DTypeSet.Float, ReturnsBool = true, Traits = Test, Source = "np.isinf")]
    public static readonly OpDef IsInf =
    new() { Decompose = (b, n) => [b.Emit(Equal, b.Emit(Abs, n.Inputs[0]), b.Scalar(double.PositiveInfinity, n.Inputs[0]))] };

    /// <summary>Tangent.</summary>
    [Op("tan", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Tan = new() { Decompose = (b, n) => [b.Div(b.Emit(Sin, n.Inputs[0]), b.Emit(Cos, n.Inputs[0]))] };

    /// <summary>Inverse sine; NaN outside −1…1.</summary>
    [Op("asin", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "np.arcsin")]
    public static readonly OpDef Asin = new()
    {
        Decompose = (b, n) => [b.Emit(Atan2, n.Inputs[0], CoSine(b, n.Inputs[0]))],
        Vjp = c => [c.Builder.Div(c.G, CoSine(c.Builder, c.X()))],
    };

    /// <summary>Inverse cosine; NaN outside −1…1.</summary>
    [Op("acos", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "np.arccos")]
    public static readonly OpDef Acos = new()
    {
        Decompose = (b, n) => [b.Emit(Atan2, CoSine(b, n.Inputs[0]), n.Inputs[0])],
        Vjp = c => [c.Builder.Neg(c.Builder.Div(c.G, CoSine(c.Builder, c.X())))],
    };

    /// <summary>Inverse tangent.</summary>
    [Op("atan", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "np.arctan")]
    public static readonly OpDef Atan = new() { Decompose = (b, n) => [b.Emit(Atan2, n.Inputs[0], b.Scalar(1, n.Inputs[0]))] };

    /// <summary>Hyperbolic sine.</summary>
    [Op("sinh", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Sinh = new()
    {
        // (eˣ − e⁻ˣ)/2; expm1 keeps small x.
        Decompose = (b, n) =>
        {
            Value x = n.Inputs[0], a = b.Emit(Abs, x);
            var small = b.Mul(b.Sub(b.Emit(Expm1, x), b.Emit(Expm1, b.Neg(x))), 0.5);
            return [b.Select(b.Emit(Greater, a, b.Scalar(x.DType == DType.F64 ? 20 : 10, x)), b.Mul(b.Emit(Sign, x), HalfExp(b, a)), small)];
        },
        Vjp = c => [c.Builder.Mul(c.G, c.Builder.Emit(Cosh, c.X()))],
    };

    /// <summary>Hyperbolic cosine.</summary>
    [Op("cosh", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Cosh = new()
    {
        Decompose = (b, n) => b.Emit(Abs, n.Inputs[0]) is var a ? [b.Add(HalfExp(b, a), b.Mul(b.Emit(Exp, b.Neg(a)), 0.5))] : [],
        Vjp = c => [c.Builder.Mul(c.G, c.Builder.Emit(Sinh, c.X()))],
    };

    /// <summary>Inverse hyperbolic sine.</summary>
    [Op("asinh", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "np.arcsinh")]
    public static readonly OpDef Asinh = new()
    {
        // sign x · log(|x| + √(x² + 1)) = sign x · log1p(|x| + x²/(1 + √(x² + 1))); x²/(1 + √(x² + 1)) is |x| for large x, where x² overflows.
        Decompose = (b, n) =>
        {
            Value x = n.Inputs[0], one = b.Scalar(1, x), a = b.Emit(Abs, x), safe = b.Emit(Min, a, b.Scalar(LargeFor(x.DType), x)), square =
                b.Mul(safe, safe);
            var small = b.Emit(Log1p, b.Add(safe, b.Div(square, b.Add(one, b.Emit(Sqrt, b.Add(square, one))))));
            var large = b.Add(b.Emit(Log, a), b.Scalar(Math.Log(2), x));
            return [b.Mul(b.Emit(Sign, x), b.Select(b.Emit(Equal, safe, a), small, large))];
        },
        Vjp = c =>
        {
            Value a = c.Builder.Emit(Abs, c.X()), one = c.Builder.Scalar(1, a), bound = c.Builder.Scalar(LargeFor(a.DType), a);
            Value safe = c.Builder.Emit(Min, a, bound), large = c.Builder.Emit(Max, a, bound);
            var small = c.Builder.Emit(Rsqrt, c.Builder.Add(c.Builder.Mul(safe, safe), one));
            return [c.Builder.Mul(c.G, c.Builder.Select(c.Builder.Emit(Equal, safe, a), small, c.Builder.Div(one, large)))];
        },
    };

    /// <summary>Inverse hyperbolic cosine; NaN below 1.</summary>
    [Op("acosh", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "np.arccosh")]
    public static readonly OpDef Acosh = new()
    {
        // log(x + √(x² − 1)) = log1p(t + √t·√(t + 2)) with t = x − 1; √t is NaN wherever the function is.
        Decompose = (b, n) =>
        {
            Value x = n.Inputs[0], safe = b.Emit(Min, x, b.Scalar(LargeFor(x.DType), x)), t = b.Sub(safe, b.Scalar(1, x));
            var small = b.Emit(Log1p, b.Add(t, b.Mul(b.Emit(Sqrt, t), b.Emit(Sqrt, b.Add(t, b.Scalar(2, t))))));
            return [b.Select(b.Emit(Greater, x, safe), b.Add(b.Emit(Log, x), b.Scalar(Math.Log(2), x)), small)];
        },
        Vjp = c =>
        {
            var one = c.Builder.Scalar(1, c.G);
            var (above, below) = (c.Builder.Emit(Rsqrt, c.Builder.Sub(c.X(), one)), c.Builder.Emit(Rsqrt, c.Builder.Add(c.X(), one)));
            return [c.Builder.Mul(c.G, c.Builder.Mul(above, below))];
        },
    };

    /// <summary>Inverse hyperbolic tangent; NaN outside −1…1.</summary>
    [Op("atanh", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "np.arctanh")]
    public static readonly OpDef Atanh = new()
    {
        Decompose = (b, n) => [b.Mul(b.Sub(b.Emit(Log1p, n.Inputs[0]), b.Emit(Log1p, b.Neg(n.Inputs[0]))), 0.5)],
    };

    /// <summary>max(a, 0). Gradient at 0: 0.</summary>
    [Op("relu", "... -> ...", Traits = Traits.Pointwise | Traits.Idempotent, Source = "tf.nn.relu")]
    public static readonly OpDef Relu = new()
    {
        Decompose = (b, n) => [b.Emit(Max, n.Inputs[0], b.Scalar(0, n.Inputs[0]))],
        Vjp = c => [c.Builder.Select(c.Builder.Emit(Greater, c.X(), c.Builder.Scalar(0, c.G)), c.G, c.Builder.Scalar(0, c.G))],
    };

    /// <summary>a where a &gt; 0, else a · <c>slope</c> (0.01).</summary>
    [Op("leaky_relu", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "torch.nn.LeakyReLU")]
    public static readonly OpDef LeakyRelu = new()
    {
        Decompose = (b, n) => [b.Select(b.Emit(Greater, n.Inputs[0], b.Scalar(0, n.Inputs[0])), n.Inputs[0],
        b.Mul(n.Inputs[0], n.Attrs.Get("slope", 0.01)))],
    };

    /// <summary>a where a &gt; 0, else <c>alpha</c> (1) · (eᵃ − 1).</summary>
    [Op("elu", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "Clevert et al. 2015")]
    public static readonly OpDef Elu = new()
    {
        // The branch that is not taken sees 0, so that its exponential never overflows into the gradient.
        Decompose = (b, n) =>
        {
            Value x = n.Inputs[0], zero = b.Scalar(0, x), positive = b.Emit(Greater, x, zero);
            return [b.Select(positive, x, b.Mul(b.Emit(Expm1, b.Select(positive, zero, x)), n.Attrs.Get("alpha", 1.0)))];
        },
    };

    /// <summary>a · sigmoid(a); at −∞ 0.</summary>
    [Op("silu", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "tf.nn.silu")]
    public static readonly OpDef Silu = new()
    {
        // a/(1 + h²), below 0 a·h·h/(1 + h²), with h = e^(−|a|/2): h² alone would lose digits, or be 0, where a·h² does not.
        Decompose = (b, n) =>
        {
            Value x = n.Inputs[0], low = NoLess(b, x), half = b.Emit(Exp, b.Mul(b.Emit(Abs, low), -0.5));
            var numerator = b.Select(b.Emit(Less, x, b.Scalar(0, x)), b.Mul(b.Mul(low, half), half), x);
            return [b.Div(numerator, b.Add(b.Mul(half, half), b.Scalar(1, x)))];
        },
        // s·(1 + a·sigmoid(−a))
        Vjp = c =>
        {
            Value x = NoMore(c.Builder, NoLess(c.Builder, c.X())), rest = c.Builder.Mul(x, c.Builder.Emit(Sigmoid, c.Builder.Neg(x)));
            return [c.Builder.Mul(c.G, c.Builder.Mul(c.Builder.Emit(Sigmoid, x), c.Builder.Add(rest, c.Builder.Scalar(1, x))))];
        },
    };

    /// <summary>
    /// a · Φ(a), Φ the normal distribution; with <c>approximate</c> ½a(1 + tanh(√(2/π)(a + 0.044715a³))). At −∞ 0.
    /// </summary>
    [Op("gelu", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "Hendrycks and Gimpel 2016")]
    public static readonly OpDef Gelu = new()
    {
        // ½(1 + tanh u) = sigmoid(2u), which does not cancel.
        Decompose = (b, n) =>
        {
            Value x = n.Inputs[0];
            return [b.Mul(NoLess(b, x), n.Attrs.Get("approximate", false) ? b.Emit(Sigmoid, GeluLogit(b, x)) : b.Emit(NormalCdf, x))];
        },
        Vjp = c =>
        {
            Value x = NoMore(c.Builder, NoLess(c.Builder, c.X()));
            if (!c.Attrs.Get("approximate", false))
                return [c.Builder.Mul(c.G, c.Builder.Add(c.Builder.Emit(NormalCdf, x), c.Builder.Mul(x, NormalDensity(c.Builder, x))))];
            // s + x·s·(1 − s)·logit′
            Value logit = GeluLogit(c.Builder, x), s = c.Builder.Emit(Sigmoid, logit);
            var slope = c.Builder.Mul(c.Builder.Add(c.Builder.Mul(c.Builder.Mul(x, x), 3 * GeluCubic), c.Builder.Scalar(1, x)), GeluSlope);
            var steepness = c.Builder.Mul(s, c.Builder.Emit(Sigmoid, c.Builder.Neg(logit)));
            return [c.Builder.Mul(c.G, c.Builder.Add(s, c.Builder.Mul(c.Builder.Mul(x, steepness), slope)))];
        },
    };

    /// <summary>log(1 + eᵃ) = max(a, 0) + log1p(e^−|a|).</summary>
    [Op("softplus", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "tf.math.softplus")]
    public static readonly OpDef Softplus = new()
    {
        Decompose = (b, n) => [b.Add(b.Emit(Max, n.Inputs[0], b.Scalar(0, n.Inputs[0])),
        b.Emit(Log1p, b.Emit(Exp, b.Neg(b.Emit(Abs, n.Inputs[0])))))],
        Vjp = c => [c.Builder.Mul(c.G, c.Builder.Emit(Sigmoid, c.X()))],
    };

    /// <summary>log sigmoid(a) = −softplus(−a).</summary>
    [Op("log_sigmoid", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "tf.math.log_sigmoid")]
    public static readonly OpDef LogSigmoid = new() { Decompose = (b, n) => [b.Neg(b.Emit(Softplus, b.Neg(n.Inputs[0])))] };

    /// <summary>clip(a/6 + ½, 0, 1).</summary>
    [Op("hard_sigmoid", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "ONNX HardSigmoid, torch.nn.Hardsigmoid")]
    public static readonly OpDef HardSigmoid = new()
    {
        // clip(a + 3, 0, 6)/6, which does not cancel near −3.
        Decompose = (b, n) =>
        {
            Value x = n.Inputs[0], six = b.Scalar(6, x);
            return [b.Div(b.Emit(Clip, b.Add(x, b.Scalar(3, x)), b.Scalar(0, x), six), six)];
        },
    };

    /// <summary>a · hard_sigmoid(a); 0 below −3.</summary>
    [Op("hard_swish", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise, Source = "Howard et al. 2019")]
    public static readonly OpDef HardSwish = new()
    {
        Decompose = (b, n) => [b.Mul(b.Emit(Max, n.Inputs[0], b.Scalar(-3, n.Inputs[0])), b.Emit(HardSigmoid, n.Inputs[0]))],
    };

    /// <summary>Cross-entropy of logit x with target t: max(x, 0) − x·t + log1p(e^−|x|).</summary>
    [Op("sigmoid_cross_entropy", "..., ... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise,
        Source = "tf.nn.sigmoid_cross_entropy_with_logits")]
    public static readonly OpDef SigmoidCrossEntropy = new()
    {
        // In this order: max(x, 0) − x·t is 0 for a target of 0 or 1 that x fits, and the logarithm is all there is.
        Decompose = (b, n) =>
        {
            Value x = n.Inputs[0], linear = b.Sub(b.Emit(Max, x, b.Scalar(0, x)), b.Mul(x, n.Inputs[1]));
            return [b.Add(linear, b.Emit(Log1p, b.Emit(Exp, b.Neg(b.Emit(Abs, x)))))];
        },
        Vjp = c => [c.Builder.Mul(c.G, c.Builder.Sub(c.Builder.Emit(Sigmoid, c.X(0)), c.X(1))), c.Builder.Neg(c.Builder.Mul(c.G, c.X(0)))],
    };

    // √(1 − x²) without cancellation near ±1.
    private static Value CoSine(GraphBuilder b, Value x) => b.Emit(Sqrt, b.Mul(b.Sub(b.Scalar(1, x), x), b.Add(b.Scalar(1, x), x)));

    private static Value SignsDiffer(GraphBuilder b, Value remainder, Value divisor)
    {
        Value zero = b.Scalar(0, divisor);
        return b.Emit(And, b.Emit(NotEqual, remainder, zero), b.Emit(NotEqual, b.Emit(Less, remainder, zero), b.Emit(Less, divisor, zero)));
    }

    // Beyond this √(x² ± 1) = |x| in the dtype, and below it x² does not overflow.
    private static double LargeFor(DType dtype) => dtype switch { DType.F64 => 1e9, DType.F16 => 100, _ => 1e5 };

    // ½eᵃ for a ≥ 0, up to where that overflows; a − 1 is exact wherever it matters.
    private static Value HalfExp(GraphBuilder b, Value a) => b.Mul(b.Emit(Exp, b.Sub(a, b.Scalar(1, a))), Math.E / 2);

    // Beyond ± this, tails are 0 in the dtype; held there, −∞ · 0 can't come up.
    private static double TailFor(DType dtype) => dtype switch { DType.F64 => 1600, DType.F16 => 100, _ => 400 };

    private static Value NoLess(GraphBuilder b, Value x) => b.Emit(Max, x, b.Scalar(-TailFor(x.DType), x));

    private static Value NoMore(GraphBuilder b, Value x) => b.Emit(Min, x, b.Scalar(TailFor(x.DType), x));

    private const double GeluCubic = 0.044715;
    private static readonly double GeluSlope = 2 * Math.Sqrt(2 / Math.PI);

    private static Value GeluLogit(GraphBuilder b, Value x) =>
        b.Mul(b.Mul(x, b.Add(b.Scalar(1, x), b.Mul(b.Mul(x, x), GeluCubic))), GeluSlope);

    // e^(−x²/2)/√(2π)
    private static Value NormalDensity(GraphBuilder b, Value x) => b.Mul(b.Emit(Exp, b.Mul(b.Mul(x, x), -0.5)), 1 / Math.Sqrt(2 * Math.PI));
}
