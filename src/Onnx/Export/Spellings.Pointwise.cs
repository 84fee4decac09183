using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Element by element.</summary>
internal static partial class Spellings
{
    private static IEnumerable<(OpDef Op, Spelling Spelling)> Pointwise()
    {
        foreach (var op in Operators.Same.Select(row => row.Op).Distinct())
        {
            if (op != OpDefs.Div && op != OpDefs.Pow)
                yield return (op, new(SameOp, node => Operators.NameOf(node.Op, TypedBy(node)) is not null));
        }

        yield return (OpDefs.Constant, new(c => [c.Graph.Parts.Constant(c.Attrs.Get<Literal>("value"))]));
        yield return (OpDefs.ReadVariable, new(c => [Weight(c)]));
        yield return (OpDefs.Cast, new(c => [c.Cast(c.X, c.Attrs.Get<DType>("dtype"))]));
        yield return (OpDefs.NotEqual, new(c => [c.Add("Not", c.Add("Equal", c.Inputs))]));
        yield return (OpDefs.IsFinite, new(c => [c.Add("Not", c.Add("Or", c.Add("IsNaN", c.X), c.Add("IsInf", c.X)))]));
        yield return (OpDefs.Trunc, new(c => [c.Add("Mul", c.Add("Sign", c.X), c.Add("Floor", c.Add("Abs", c.X)))]));
        yield return (OpDefs.Rsqrt, new(c => [c.Add("Reciprocal", c.Add("Sqrt", c.X))]));
        yield return (OpDefs.Expm1, new(Expm1));
        yield return (OpDefs.Log1p, new(Log1p));
        yield return (OpDefs.NormalCdf, new(c => [c.Add("Mul", c.Number(0.5), c.Add("Add", c.Number(1), c.Add("Erf", c.Add("Mul", c.X,
            c.Number(Math.Sqrt(0.5))))))]));
        yield return (OpDefs.Atan2, new(Atan2));
        yield return (OpDefs.Div, new(c => [c.DType.IsFloat() ? c.Add("Div", c.Inputs) : Quotient(c)]));
        yield return (OpDefs.Rem, new(c => [c.DType.IsFloat() ? c.Add("Mod", c.Inputs, ("fmod", 1))
            : c.Add("Where", c.Add("Equal", c.Y, c.Number(0)), c.Number(0), c.Add("Sub", c.X, c.Add("Mul", Quotient(c), c.Y)))]));
        yield return (OpDefs.Pow, new(Power));
        yield return (OpDefs.ShiftLeft, new(c => [Signed(c, Shift(c, c.X, "LEFT"))]));
        yield return (OpDefs.ShiftRightLogical, new(c => [Signed(c, Shift(c, c.X, "RIGHT"))]));
        yield return (OpDefs.ShiftRight, new(c => [ArithmeticShift(c)]));
        yield return (OpDefs.Gelu, new(c => [c.Add("Gelu", [c.X], ("approximate", c.Attrs.Get("approximate", false) ? "tanh" : "none"))]));
        yield return (OpDefs.Elu, new(c => [c.Add("Elu", [c.X], ("alpha", c.Attrs.Get("alpha", 1.0)))]));
        yield return (OpDefs.LeakyRelu, new(c => [c.Add("LeakyRelu", [c.X], ("alpha", c.Attrs.Get("slope", 0.01)))]));
        yield return (OpDefs.HardSigmoid, new(c => [c.Add("HardSigmoid", [c.X], ("alpha", 1 / 6.0), ("beta", 0.5))]));
        // x · sigmoid(x), from where the product is 0 in any dtype, since −∞ · 0 is NaN.
        yield return (OpDefs.Silu, new(c => [c.Add("Mul", c.Add("Max", c.X, c.Number(c.DType == DType.F64 ? -1600 : -400)), c.Add("Sigmoid", c.X))]));
        yield return (OpDefs.Clip, new(
            c => [c.Add("Clip", c.Inputs)], node => node.Inputs[1].Shape.Rank == 0 && node.Inputs[2].Shape.Rank == 0));
    }

    // The choice of select is typed by what it chooses from.
    private static DType TypedBy(Node node) => node.Inputs[^1].DType;

    private static string[] SameOp(NodeWriter c) => [c.Add(Operators.NameOf(c.Node.Op, TypedBy(c.Node))!, c.Inputs)];

    private static string Weight(NodeWriter c)
    {
        var variable = c.Attrs.Get<Resource>("var");
        return c.Graph.Parts.Weight(variable, variable.Name, c.Node.Types[0], () => variable.HostValue
            ?? throw new InvalidOperationException($"{variable} has no value"));
    }

    // Near 0 by tanh: eˣ − 1 = 2·t/(1 − t) with t = tanh(x/2), which does not cancel there.
    private static string[] Expm1(NodeWriter c)
    {
        string one = c.Number(1), t = c.Add("Tanh", c.Add("Mul", c.X, c.Number(0.5)));
        string near = c.Add("Div", c.Add("Mul", t, c.Number(2)), c.Add("Sub", one, t));
        return [c.Add("Where", IsNear(c), near, c.Add("Sub", c.Add("Exp", c.X), one))];
    }

    // Near 0 by atanh: log(1 + x) = 2·atanh(x/(x + 2)).
    private static string[] Log1p(NodeWriter c)
    {
        string near = c.Add("Mul", c.Number(2), c.Add("Atanh", c.Add("Div", c.X, c.Add("Add", c.X, c.Number(2)))));
        return [c.Add("Where", IsNear(c), near, c.Add("Log", c.Add("Add", c.X, c.Number(1))))];
    }

    private static string IsNear(NodeWriter c) => c.Add("Less", c.Add("Abs", c.X), c.Number(0.9));

    // By the arctangent of |a|/|b|, then mirrored at both axes; a sign is that of the reciprocal where a number is 0.
    private static string[] Atan2(NodeWriter c)
    {
        string zero = c.Number(0), a = c.Add("Abs", c.X), b = c.Add("Abs", c.Y);
        string IsNegative(string x) => c.Add("Or", c.Add("Less", x, zero), c.Add("Less", c.Add("Reciprocal", x), zero));
        // 0/0 is 0 here, and ∞/∞ is 1.
        string ratio = c.Add("Where", c.Add("Equal", a, b), c.Add("Sign", a), c.Add("Div", a, b));
        string angle = c.Add("Atan", ratio);
        string upper = c.Add("Where", IsNegative(c.Y), c.Add("Sub", c.Number(Math.PI), angle), angle);
        return [c.Add("Where", IsNegative(c.X), c.Add("Neg", upper), upper)];
    }

    // By 0 and by −1 a processor may not divide: then the quotient is 0, or the negative.
    private static string Quotient(NodeWriter c)
    {
        if (c.Node.Inputs[1].Node.Op == OpDefs.Constant && c.Node.Inputs[1].Node.Attrs.Get<Literal>("value") is var by
            && Enumerable.Range(0, (int)by.Count).All(i => by.GetLong(i) is not (0 or -1)))
            return c.Add("Div", c.X, c.Y);
        string zero = c.Number(0), one = c.Number(1), isZero = c.Add("Equal", c.Y, zero), isMinus = c.Add("Equal", c.Y, c.Number(-1));
        string quotient = c.Add("Div", c.X, c.Add("Where", c.Add("Or", isZero, isMinus), one, c.Y));
        return c.Add("Where", isZero, zero, c.Add("Where", isMinus, c.Add("Neg", c.X), quotient));
    }

    // Of integers only by a known exponent, by products: Pow goes through floats.
    private static string[] Power(NodeWriter c)
    {
        if (c.DType.IsFloat())
            return [c.Add("Pow", c.Inputs)];
        if (c.Node.Inputs[1].Node.Op != OpDefs.Constant || c.Node.Inputs[1].Node.Attrs.Get<Literal>("value") is not { Count: 1 } exponent
            || exponent.GetLong(0) is not (>= 1 and <= 64) || c.Result() != c.ShapeOf())
            throw c.Refuse("integers only have a power by a number from 1 to 64 there");
        string power = c.X;
        for (long i = 1; i < exponent.GetLong(0); i++)
            power = c.Add("Mul", power, c.X);
        return [power];
    }

    // Shifts are of unsigned integers there.
    private static string Unsigned(NodeWriter c, string value) => c.DType == DType.U8 ? value
        : c.Graph.Add("Cast", [value], ("to", (long)UnsignedOf(c)));

    private static OnnxFormat.TensorProto.Types.DataType UnsignedOf(NodeWriter c) => c.DType switch
    {
        DType.I32 => OnnxFormat.TensorProto.Types.DataType.Uint32,
        DType.I64 => OnnxFormat.TensorProto.Types.DataType.Uint64,
        DType.U8 or DType.I8 => OnnxFormat.TensorProto.Types.DataType.Uint8,
        _ => OnnxFormat.TensorProto.Types.DataType.Uint16,
    };

    private static string Signed(NodeWriter c, string value) => c.DType == DType.U8 ? value : c.Cast(value, c.DType);

    private static string Shift(NodeWriter c, string value, string direction)
    {
        string count = c.Add("BitwiseAnd", c.Y, c.Number((8 * c.DType.Size()) - 1));
        return c.Add("BitShift", [Unsigned(c, value), Unsigned(c, count)], ("direction", direction));
    }

    // The sign bit comes in: of a negative number the complement is shifted.
    private static string ArithmeticShift(NodeWriter c)
    {
        if (c.DType == DType.U8)
            return Shift(c, c.X, "RIGHT");
        string positive = Signed(c, Shift(c, c.X, "RIGHT")), negative = Signed(c, Shift(c, c.Add("BitwiseNot", c.X), "RIGHT"));
        return c.Add("Where", c.Add("Less", c.X, c.Number(0)), c.Add("BitwiseNot", negative), positive);
    }
}
