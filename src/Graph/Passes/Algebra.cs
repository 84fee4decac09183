using System.Collections.Immutable;
using TensorGraph.Ir;
using static TensorGraph.Passes.Pattern;

namespace TensorGraph.Passes;

/// <summary>
/// The laws of arithmetic that hold for every value, IEEE 754's special ones included. What is missing here is missing on purpose:
/// x + 0 changes −0, x · 0 forgets NaN and ∞, x − x and x ÷ x are not 0 and 1 for ∞ and NaN.
/// </summary>
public static partial class Algebra
{
    private static readonly Pattern X = Any();
    private static readonly Pattern Y = Any();
    private static readonly Pattern Z = Any();
    private static readonly Pattern Bool = X.When(x => x.DType == DType.Bool);
    private static readonly Pattern Integer = X.When(x => x.DType.IsInteger());

    private static readonly ILookup<OpDef, Rule> Index = RuleRewriter.Index(Rules);

    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new("algebra", "replaces expressions by cheaper ones of the same value",
        graph => Rewriter.Repeat(graph, () => new RuleRewriter(Index), 4));

    /// <summary>The rules, in the order in which they are tried.</summary>
    internal static ImmutableArray<Rule> Rules => [.. Arithmetic, .. Logic, .. Choices, .. Movement];

    private static Rule[] Arithmetic =>
    [
        new("mul-one", "x · 1 = x", Of(OpDefs.Mul, X, Number(1)), m => m[X]),
        new("mul-minus-one", "x · −1 = −x", Of(OpDefs.Mul, X, Number(-1)), m => m.Builder.Neg(m[X])),
        new("mul-zero", "x · 0 = 0 for integers", Of(OpDefs.Mul, Integer, Number(0)), m => m.Builder.Zeros(m.Root.Types[0])),
        new("add-zero", "x + 0 = x for integers", Of(OpDefs.Add, Integer, Number(0)), m => m[X]),
        new("add-minus-zero", "x + −0 = x", Of(OpDefs.Add, X, Number(-0.0)), m => m[X]),
        new("sub-zero", "x − 0 = x", Of(OpDefs.Sub, X, Number(0)), m => m[X]),
        new("sub-self", "x − x = 0 for integers", Of(OpDefs.Sub, Integer, X), m => m.Builder.Zeros(m.Root.Types[0])),
        new("add-negative", "x + −y = x − y", Of(OpDefs.Add, X, Of(OpDefs.Neg, Y)), m => m.Builder.Sub(m[X], m[Y])),
        new("sub-negative", "x − −y = x + y", Of(OpDefs.Sub, X, Of(OpDefs.Neg, Y)), m => m.Builder.Add(m[X], m[Y])),
        new("double-negation", "−−x = x", Of(OpDefs.Neg, Of(OpDefs.Neg, X)), m => m[X]),
        new("abs-negative", "|−x| = |x| but for u8", Of(OpDefs.Abs, Of(OpDefs.Neg, X.When(x => x.DType != DType.U8))), m => m.Builder.Emit(OpDefs.Abs, m[X])),
        new("abs-abs", "||x|| = |x|", Of(OpDefs.Abs, Of(OpDefs.Abs, X)), m => m.Root.Inputs[0]),
        new("pow-one", "xʸ = x for floats and y = 1", Of(OpDefs.Pow, X.When(x => x.DType.IsFloat()), Number(1)), m => m[X]),
        new("div-one", "x ÷ 1 = x", Of(OpDefs.Div, X, Number(1)), m => m[X]),
        new("div-power-of-two", "x ÷ 2ⁿ = x · 2⁻ⁿ for floats", Of(OpDefs.Div, X.When(x => x.DType.IsFloat()), Y), m => Reciprocal(m[Y]) is { } factor
        ? m.Builder.Mul(m[X], m.Builder.Constant(factor))
        : null),
    ];

    private static Rule[] Logic =>
    [
        new("double-not", "!!x = x", Of(OpDefs.Not, Of(OpDefs.Not, X)), m => m[X]),
        new("and-true", "x & true = x", Of(OpDefs.And, Bool, Number(1)), m => m[X]),
        new("and-zero", "x & 0 = 0", Of(OpDefs.And, X, Number(0)), m => m.Builder.Zeros(m.Root.Types[0])),
        new("or-true", "x | true = true", Of(OpDefs.Or, Bool, Number(1)), m => m.Builder.Ones(m.Root.Types[0])),
        new("or-zero", "x | 0 = x", Of(OpDefs.Or, X, Number(0)), m => m[X]),
        new("xor-zero", "x ^ 0 = x", Of(OpDefs.Xor, X, Number(0)), m => m[X]),
        new("xor-self", "x ^ x = 0", Of(OpDefs.Xor, X, X), m => m.Builder.Zeros(m.Root.Types[0])),
        .. new[] { OpDefs.And, OpDefs.Or, OpDefs.Max, OpDefs.Min }.Select(op => new Rule("idempotent", "f(x, x) = x for and, or, max, min", Of(op, X, X), m => m[X])),
    ];

    private static Rule[] Choices =>
    [
        new("select-true", "select(true, x, y) = x", Of(OpDefs.Select, Number(1), X, Y), m => m[X]),
        new("select-false", "select(false, x, y) = y", Of(OpDefs.Select, Number(0), X, Y), m => m[Y]),
        new("select-same", "select(c, x, x) = x", Of(OpDefs.Select, Z, X, X), m => m[X]),
    ];

    // 1 ÷ y when y is a scalar power of two whose reciprocal is a normal number of the dtype: then both ways round the same real number once.
    private static Literal? Reciprocal(Value divisor)
    {
        if (divisor.Node.Op != OpDefs.Constant || divisor.Shape.Rank > 0)
            return null;
        double number = divisor.Node.Attrs.Get<Literal>("value").GetDouble(0), reciprocal = 1 / number;
        const long Mantissa = (1L << 52) - 1;
        double limit = divisor.DType switch { DType.F16 => 14, DType.F64 => 1022, _ => 126 };
        bool exact = number != 0 && double.IsFinite(number) && (BitConverter.DoubleToInt64Bits(number) & Mantissa) == 0
            && Math.Abs(Math.Log2(Math.Abs(number))) <= limit;
        return exact ? Literal.Scalar(divisor.DType, reciprocal) : null;
    }
}
