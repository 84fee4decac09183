using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Activations, alone and along an axis.</summary>
internal static partial class OperatorRules
{
    private static IEnumerable<OperatorRule> Activations() =>
    [
        new("LeakyRelu", 7, "alpha", c => c.Builder.Emit(OpDefs.LeakyRelu, Attrs.Of("slope", c.Float("alpha", 0.01f)), [c.X])[0]),
        new("Elu", 7, "alpha", c => Elu(c.Builder, c.X, c.Float("alpha", 1))),
        new("Celu", 12, "alpha", Celu),
        new("Selu", 7, "alpha gamma", c => c.Builder.Mul(
            Elu(c.Builder, c.X, c.Float("alpha", 1.67326319217681884765625f)), c.Float("gamma", 1.05070102214813232421875f))),
        new("PRelu", 7, "", c => c.Builder.Select(IsNegative(c.Builder, c.X), c.Builder.Mul(c.X, c.Y), c.X)),
        new("ThresholdedRelu", 10, "alpha", c => c.Builder.Select(
            c.Builder.Emit(OpDefs.Greater, c.X, c.Builder.Scalar(c.Float("alpha", 1), c.X)), c.X, c.Builder.Scalar(0, c.X))),
        new("HardSigmoid", 7, "alpha beta", c => HardSigmoid(c.Builder, c.X, c.Float("alpha", 0.2f), c.Float("beta", 0.5f))),
        new("Softsign", 7, "", c => Softsign(c.Builder, c.X)),
        new("Gelu", 20, "approximate", c => c.Builder.Emit(OpDefs.Gelu, Attrs.Of("approximate", c.Text("approximate", "none") switch
        {
            "none" => false,
            "tanh" => true,
            var other => throw c.Refuse($"'{other}' is no way to compute it"),
        }), [c.X])[0]),
        new("Mish", 18, "", c => c.Builder.Mul(c.X, c.Builder.Emit(OpDefs.Tanh, c.Builder.Emit(OpDefs.Softplus, c.X)))),
        new("Shrink", 9, "bias lambd", Shrunk),
        new("Softmax", 7, "axis", c => OverRest(c, OpDefs.Softmax)),
        new("Softmax", 13, "axis", c => Along(c, c.X, OpDefs.Softmax)),
        new("LogSoftmax", 7, "axis", c => OverRest(c, OpDefs.LogSoftmax)),
        new("LogSoftmax", 13, "axis", c => Along(c, c.X, OpDefs.LogSoftmax)),
        new("Hardmax", 7, "axis", c => c.Builder.Reshape(Largest(c, Rows(c, c.X, out int _), 1), c.X.Shape)),
        new("Hardmax", 13, "axis", c => Largest(c, c.X, c.Axis(c.Int("axis", -1), c.X.Shape.Rank))),
    ];

    private static Value IsNegative(GraphBuilder b, Value x) => b.Emit(OpDefs.Less, x, b.Scalar(0, x));

    private static Value Elu(GraphBuilder b, Value x, double alpha) => b.Emit(OpDefs.Elu, Attrs.Of("alpha", alpha), [x])[0];

    // max(0, x) + min(0, α(e^(x/α) − 1))
    private static Value Celu(NodeReader c)
    {
        double alpha = c.Float("alpha", 1);
        Value x = c.X, inner = c.Builder.Mul(c.Builder.Emit(OpDefs.Expm1, c.Builder.Mul(x, 1 / alpha)), alpha);
        return c.Builder.Select(IsNegative(c.Builder, x), inner, x);
    }

    private static Value HardSigmoid(GraphBuilder b, Value x, double alpha, double beta) =>
        b.Emit(OpDefs.Clip, b.Add(b.Mul(x, alpha), b.Scalar(beta, x)), b.Scalar(0, x), b.Scalar(1, x));

    private static Value Softsign(GraphBuilder b, Value x) => b.Div(x, b.Add(b.Emit(OpDefs.Abs, x), b.Scalar(1, x)));

    private static Value Shrunk(NodeReader c)
    {
        Value x = c.X, bias = c.Builder.Scalar(c.Float("bias", 0), x), limit = c.Builder.Scalar(c.Float("lambd", 0.5f), x);
        var low = c.Builder.Select(c.Builder.Emit(OpDefs.Less, x, c.Builder.Neg(limit)), c.Builder.Add(x, bias), c.Builder.Scalar(0, x));
        return c.Builder.Select(c.Builder.Emit(OpDefs.Greater, x, limit), c.Builder.Sub(x, bias), low);
    }

    private static Value Along(NodeReader c, Value x, OpDef op, long otherwise = -1) =>
        c.Builder.Emit(op, Attrs.Of("axis", (long)c.Axis(c.Int("axis", otherwise), x.Shape.Rank)), [x])[0];

    // Before opset 13 all axes from the given one on are one.
    private static Value OverRest(NodeReader c, OpDef op)
    {
        var rows = Rows(c, c.X, out int axis);
        return axis == c.X.Shape.Rank - 1 ? Along(c, c.X, op, 1)
            : c.Builder.Reshape(c.Builder.Emit(op, Attrs.Of("axis", 1L), [rows])[0], c.X.Shape);
    }

    private static Value Rows(NodeReader c, Value x, out int axis)
    {
        axis = c.Axis(c.Int("axis", 1), x.Shape.Rank, end: true);
        return Matrix(c.Builder, x, axis);
    }

    /// <summary>The axes before one as rows, the others as columns.</summary>
    private static Value Matrix(GraphBuilder b, Value x, int axis) => b.Reshape(x, new([Product(x.Shape.Take(axis)), Product(x.Shape.Skip(axis))]));

    private static Dim Product(IEnumerable<Dim> sizes) => sizes.Aggregate((Dim)1, (product, size) => product * size);

    // 1 at the first of the largest elements, if there are any.
    private static Value Largest(NodeReader c, Value x, int axis)
    {
        bool mayBeNone = !x.Shape[axis].IsConstant || x.Shape[axis].Is(0);
        Value compared = mayBeNone ? OneMore(c.Builder, x, axis, double.NegativeInfinity) : x;
        var at = c.Builder.Emit(OpDefs.ArgMax, Attrs.Of("axis", (long)axis), [compared])[0];
        return c.Builder.Cast(c.Builder.Emit(OpDefs.Equal, c.Builder.ExpandDims(at, axis), c.Builder.Iota(x.Shape, axis, DType.I32)), x.DType);
    }
}
