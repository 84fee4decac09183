namespace TensorGraph.Ir;

/// <summary>Short names for what gradient and decomposition rules write all the time. Everything else goes through <see cref="Emit(OpDef, ReadOnlySpan{Value})"/>.</summary>
public partial class Build
{
    /// <summary>A constant.</summary>
    public Value Constant(Literal value) => Emit(Op.Constant, Attrs.Of("value", value), [])[0];

    /// <summary>A number without axes, of the dtype of <paramref name="like"/>; it broadcasts.</summary>
    public Value Scalar(double number, Value like) => Constant(Literal.Scalar(like.DType, number));

    /// <summary>Zeros of a type, symbolic sizes included.</summary>
    public Value Zeros(TensorType type) => BroadcastTo(Constant(Literal.Zeros(type.As(Shape.Scalar))), type.Shape);

    /// <summary>Ones of a type, symbolic sizes included.</summary>
    public Value Ones(TensorType type) => BroadcastTo(Constant(Literal.Scalar(type.DType, 1)), type.Shape);

    /// <summary>a + b.</summary>
    public Value Add(Value a, Value b) => Emit(Op.Add, a, b);

    /// <summary>a − b.</summary>
    public Value Sub(Value a, Value b) => Emit(Op.Sub, a, b);

    /// <summary>a · b, element by element.</summary>
    public Value Mul(Value a, Value b) => Emit(Op.Mul, a, b);

    /// <summary>a · number.</summary>
    public Value Mul(Value a, double number) => Emit(Op.Mul, a, Scalar(number, a));

    /// <summary>a ÷ b.</summary>
    public Value Div(Value a, Value b) => Emit(Op.Div, a, b);

    /// <summary>−a.</summary>
    public Value Neg(Value a) => Emit(Op.Neg, a);

    /// <summary>condition ? a : b, element by element.</summary>
    public Value Select(Value condition, Value a, Value b) => Emit(Op.Select, condition, a, b);

    /// <summary>Elements as another dtype; the value itself when it has that dtype.</summary>
    public Value Cast(Value a, DType dtype) => a.DType == dtype ? a : Emit(Op.Cast, Attrs.Of("dtype", dtype), [a])[0];

    /// <summary>The same elements under another shape; the value itself when it has that shape.</summary>
    public Value Reshape(Value a, Shape shape) => a.Shape == shape ? a : Emit(Op.Reshape, Attrs.Of("shape", shape), [a])[0];

    /// <summary>Repeats axes of size 1 and adds axes in front; the value itself when it has that shape.</summary>
    public Value BroadcastTo(Value a, Shape shape) => a.Shape == shape ? a : Emit(Op.BroadcastTo, Attrs.Of("shape", shape), [a])[0];

    /// <summary>Axes in another order.</summary>
    public Value Transpose(Value a, params IEnumerable<int> permutation) => Emit(Op.Transpose, Attrs.Of("permutation", permutation), [a])[0];

    /// <summary>Sum over axes.</summary>
    public Value Sum(Value a, IEnumerable<int> axes, bool keep = false) => Emit(Op.ReduceSum, Attrs.Of(("axes", axes), ("keep", keep)), [a])[0];

    /// <summary>Sums the axes along which <paramref name="shape"/> was broadcast to <paramref name="a"/>'s shape: the transpose of broadcasting.</summary>
    public Value SumTo(Value a, Shape shape)
    {
        if (a.Shape == shape)
            return a;
        int extra = a.Shape.Rank - shape.Rank;
        var axes = Enumerable.Range(0, a.Shape.Rank).Where(axis => axis < extra || (shape[axis - extra].Is(1) && !a.Shape[axis].Is(1))).ToArray();
        return Reshape(axes.Length == 0 ? a : Sum(a, axes), shape);
    }
}
