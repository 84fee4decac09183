using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>
/// A pointwise op, how many representable numbers its f32 and f64 results may be off, and what it computes, in double precision.
/// </summary>
internal sealed record FunctionCase(OpDef Op, long Single, long Double, Func<double, double, double> Expected)
{
    public Attrs Attrs { get; init; } = Attrs.Empty;

    /// <summary>Makes the second operand of a point.</summary>
    public Func<double, double> Second { get; init; } = y => y;

    public string Name { get; init; } = Op.Name;
}

/// <summary>All pointwise ops of floats.</summary>
internal static class FunctionCases
{
    public static readonly FunctionCase[] All =
    [
        Unary(Op.Neg, 0, 0, x => -x),
        Unary(Op.Abs, 0, 0, Math.Abs),
        Unary(Op.Sign, 0, 0, x => double.IsNaN(x) || x == 0 ? x : Math.Sign(x)),
        Unary(Op.Floor, 0, 0, Math.Floor),
        Unary(Op.Ceil, 0, 0, Math.Ceiling),
        Unary(Op.Round, 0, 0, Math.Round),
        Unary(Op.Trunc, 0, 0, Math.Truncate),
        Unary(Op.Exp, 2, 2, Math.Exp),
        Unary(Op.Expm1, 2, 3, Reference.Expm1),
        Unary(Op.Log, 2, 2, Math.Log),
        Unary(Op.Log1p, 2, 3, Reference.Log1p),
        Unary(Op.Sqrt, 0, 0, Math.Sqrt),
        Unary(Op.Rsqrt, 1, 1, x => 1 / Math.Sqrt(x)),
        Unary(Op.Sin, 2, 2, Math.Sin),
        Unary(Op.Cos, 2, 2, Math.Cos),
        Unary(Op.Tan, 4, 4, Math.Tan),
        Unary(Op.Asin, 3, 4, Math.Asin),
        Unary(Op.Acos, 3, 4, Math.Acos),
        Unary(Op.Atan, 1, 1, Math.Atan),
        Unary(Op.Sinh, 4, 4, Math.Sinh),
        Unary(Op.Cosh, 4, 4, Math.Cosh),
        Unary(Op.Tanh, 3, 3, Math.Tanh),
        Unary(Op.Asinh, 4, 4, Math.Asinh),
        Unary(Op.Acosh, 4, 4, Math.Acosh),
        Unary(Op.Atanh, 4, 4, Math.Atanh),
        Unary(Op.Square, 0, 0, x => x * x),
        Unary(Op.Reciprocal, 0, 0, x => 1 / x),
        Unary(Op.Relu, 0, 0, x => Math.Max(x, 0)),
        Unary(Op.LeakyRelu, 1, 1, x => x > 0 ? x : x * 0.01),
        Unary(Op.Elu, 2, 3, x => x > 0 ? x : Reference.Expm1(x)),
        Unary(Op.Sigmoid, 3, 3, Reference.Sigmoid),
        Unary(Op.Softplus, 3, 3, Reference.Softplus),
        Unary(Op.LogSigmoid, 3, 3, x => -Reference.Softplus(-x)),
        Unary(Op.HardSigmoid, 1, 1, x => Math.Clamp(x + 3, 0, 6) / 6),
        Unary(Op.HardSwish, 2, 2, x => Math.Max(x, -3) * (Math.Clamp(x + 3, 0, 6) / 6)),
        Unary(Op.Silu, 5, 5, Reference.Silu),
        Unary(Op.Erf, 3, 6, Reference.Erf),
        Unary(Op.NormalCdf, 8, 8, Reference.NormalCdf),
        Unary(Op.Gelu, 8, 16, x => double.IsNegativeInfinity(x) ? 0 : x * Reference.NormalCdf(x)),
        new(Op.Gelu, 300, 3000,
            (x, _) => double.IsNegativeInfinity(x) ? 0 : x * Reference.Sigmoid(2 * Math.Sqrt(2 / Math.PI) * x * (1 + 0.044715 * x * x)))
            { Attrs = Attrs.Of("approximate", true), Name = "gelu, approximate" },
        new(Op.Add, 0, 0, (x, y) => x + y),
        new(Op.Sub, 0, 0, (x, y) => x - y),
        new(Op.Mul, 0, 0, (x, y) => x * y),
        new(Op.Div, 0, 0, (x, y) => x / y),
        new(Op.Rem, 0, 0, (x, y) => x % y),
        new(Op.Max, 0, 0, Math.Max),
        new(Op.Min, 0, 0, Math.Min),
        new(Op.Pow, 1, 1, Math.Pow),
        new(Op.Atan2, 1, 1, Math.Atan2),
        new(Op.SigmoidCrossEntropy, 4, 4, (x, y) => double.IsNaN(Math.Max(x, 0) - x * y) ? double.NaN : Reference.Softplus(y == 0 ? x : -x))
            { Second = y => y > 0 ? 1 : 0 },
    ];

    private static FunctionCase Unary(OpDef op, long single, long twice, Func<double, double> expected) =>
        new(op, single, twice, (x, _) => expected(x));
}
