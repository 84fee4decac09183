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
        Unary(OpDefs.Neg, 0, 0, x => -x),
        Unary(OpDefs.Abs, 0, 0, Math.Abs),
        Unary(OpDefs.Sign, 0, 0, x => double.IsNaN(x) || x == 0 ? x : Math.Sign(x)),
        Unary(OpDefs.Floor, 0, 0, Math.Floor),
        Unary(OpDefs.Ceil, 0, 0, Math.Ceiling),
        Unary(OpDefs.Round, 0, 0, Math.Round),
        Unary(OpDefs.Trunc, 0, 0, Math.Truncate),
        Unary(OpDefs.Exp, 2, 2, Math.Exp),
        Unary(OpDefs.Expm1, 2, 3, Reference.Expm1),
        Unary(OpDefs.Log, 2, 2, Math.Log),
        Unary(OpDefs.Log1p, 2, 3, Reference.Log1p),
        Unary(OpDefs.Sqrt, 0, 0, Math.Sqrt),
        Unary(OpDefs.Rsqrt, 1, 1, x => 1 / Math.Sqrt(x)),
        Unary(OpDefs.Sin, 2, 2, Math.Sin),
        Unary(OpDefs.Cos, 2, 2, Math.Cos),
        Unary(OpDefs.Tan, 4, 4, Math.Tan),
        Unary(OpDefs.Asin, 3, 4, Math.Asin),
        Unary(OpDefs.Acos, 3, 4, Math.Acos),
        Unary(OpDefs.Atan, 1, 1, Math.Atan),
        Unary(OpDefs.Sinh, 4, 4, Math.Sinh),
        Unary(OpDefs.Cosh, 4, 4, Math.Cosh),
        Unary(OpDefs.Tanh, 3, 3, Math.Tanh),
        Unary(OpDefs.Asinh, 4, 4, Math.Asinh),
        Unary(OpDefs.Acosh, 4, 4, Math.Acosh),
        Unary(OpDefs.Atanh, 4, 4, Math.Atanh),
        Unary(OpDefs.Square, 0, 0, x => x * x),
        Unary(OpDefs.Reciprocal, 0, 0, x => 1 / x),
        Unary(OpDefs.Relu, 0, 0, x => Math.Max(x, 0)),
        Unary(OpDefs.LeakyRelu, 1, 1, x => x > 0 ? x : x * 0.01),
        Unary(OpDefs.Elu, 2, 3, x => x > 0 ? x : Reference.Expm1(x)),
        Unary(OpDefs.Sigmoid, 3, 3, Reference.Sigmoid),
        Unary(OpDefs.Softplus, 3, 3, Reference.Softplus),
        Unary(OpDefs.LogSigmoid, 3, 3, x => -Reference.Softplus(-x)),
        Unary(OpDefs.HardSigmoid, 1, 1, x => Math.Clamp(x + 3, 0, 6) / 6),
        Unary(OpDefs.HardSwish, 2, 2, x => Math.Max(x, -3) * (Math.Clamp(x + 3, 0, 6) / 6)),
        Unary(OpDefs.Silu, 5, 5, Reference.Silu),
        Unary(OpDefs.Erf, 3, 6, Reference.Erf),
        Unary(OpDefs.NormalCdf, 8, 8, Reference.NormalCdf),
        Unary(OpDefs.Gelu, 8, 16, x => double.IsNegativeInfinity(x) ? 0 : x * Reference.NormalCdf(x)),
        new(OpDefs.Gelu, 300, 3000,
            (x, _) => double.IsNegativeInfinity(x) ? 0 : x * Reference.Sigmoid(2 * Math.Sqrt(2 / Math.PI) * x * (1 + 0.044715 * x * x)))
            { Attrs = Attrs.Of("approximate", true), Name = "gelu, approximate" },
        new(OpDefs.Add, 0, 0, (x, y) => x + y),
        new(OpDefs.Sub, 0, 0, (x, y) => x - y),
        new(OpDefs.Mul, 0, 0, (x, y) => x * y),
        new(OpDefs.Div, 0, 0, (x, y) => x / y),
        new(OpDefs.Rem, 0, 0, (x, y) => x % y),
        new(OpDefs.Max, 0, 0, Math.Max),
        new(OpDefs.Min, 0, 0, Math.Min),
        new(OpDefs.Pow, 1, 1, Math.Pow),
        new(OpDefs.Atan2, 1, 1, Math.Atan2),
        new(OpDefs.SigmoidCrossEntropy, 4, 4, (x, y) => double.IsNaN(Math.Max(x, 0) - x * y) ? double.NaN : Reference.Softplus(y == 0 ? x : -x))
            { Second = y => y > 0 ? 1 : 0 },
    ];

    private static FunctionCase Unary(OpDef op, long single, long twice, Func<double, double> expected) =>
        new(op, single, twice, (x, _) => expected(x));
}
