using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Short names for what gradient and decomposition rules write all the time. Everything else goes through <see cref="Emit(OpDef,
/// ReadOnlySpan{Value})"/>.
/// </summary>
public partial class GraphBuilder
{
    /// <summary>A constant.</summary>
    public Value Constant(Literal value) => Emit(OpDefs.Constant, Attrs.Of("value", value), [])[0];

    /// <summary>A number without axes, of the dtype of <paramref name="like"/>; it broadcasts.</summary>
    public Value Scalar(double number, Value like) => Constant(Literal.Scalar(like.DType, number));

    /// <summary>Zeros of a type, symbolic sizes included.</summary>
    public Value Zeros(TensorType type) => type.IsList
        ? Emit(OpDefs.ListNew, Attrs.Of(("dtype", type.DType), ("shape", type.Element.Shape)), [])[0]
        : BroadcastTo(Constant(Literal.Zeros(type.As(Shape.Scalar))), type.Shape);

    /// <summary>Ones of a type, symbolic sizes included.</summary>
    public Value Ones(TensorType type) => BroadcastTo(Constant(Literal.Scalar(type.DType, 1)), type.Shape);

    /// <summary>a + b, also of lists.</summary>
    public Value Add(Value a, Value b) => Emit(a.Type.IsList ? OpDefs.ListAdd : OpDefs.Add, a, b);

    /// <summary>a − b.</summary>
    public Value Sub(Value a, Value b) => Emit(OpDefs.Sub, a, b);

    /// <summary>a · b, element by element.</summary>
    public Value Mul(Value a, Value b) => Emit(OpDefs.Mul, a, b);

    /// <summary>a · number.</summary>
    public Value Mul(Value a, double number) => Emit(OpDefs.Mul, a, Scalar(number, a));

    /// <summary>a ÷ b.</summary>
    public Value Div(Value a, Value b) => Emit(OpDefs.Div, a, b);

    /// <summary>−a.</summary>
    public Value Neg(Value a) => Emit(OpDefs.Neg, a);

    /// <summary>condition ? a : b, element by element.</summary>
    public Value Select(Value condition, Value a, Value b) => Emit(OpDefs.Select, condition, a, b);

    /// <summary>Elements as another dtype; the value itself when it has that dtype.</summary>
    public Value Cast(Value a, DType dtype) => a.DType == dtype ? a : Emit(OpDefs.Cast, Attrs.Of("dtype", dtype), [a])[0];

    /// <summary>The same elements under another shape; the value itself when it has that shape.</summary>
    public Value Reshape(Value a, Shape shape) => a.Shape == shape ? a : Emit(OpDefs.Reshape, Attrs.Of("shape", shape), [a])[0];

    /// <summary>Repeats axes of size 1 and adds axes in front; the value itself when it has that shape.</summary>
    public Value BroadcastTo(Value a, Shape shape) => a.Shape == shape.InGraph ? a : Emit(OpDefs.BroadcastTo, Attrs.Of("shape", shape), [a])[0];

    /// <summary>Axes in another order.</summary>
    public Value Transpose(Value a, params IEnumerable<int> permutation) => Emit(OpDefs.Transpose, Attrs.Of("permutation", permutation), [a])[0];

    /// <summary>Elements start, start + step, … before stop; every step is 1 when none are given.</summary>
    public Value Slice(Value a, Shape start, Shape stop, long[]? step = null) =>
        Emit(OpDefs.Slice, Attrs.Of(("start", start), ("stop", stop), ("step", step ?? [.. Enumerable.Repeat(1L, a.Shape.Rank)])), [a])[0];

    /// <summary>Zeros (or <paramref name="fill"/>) before, after and between the elements.</summary>
    public Value Pad(Value a, Shape low, Shape high, long[] interior, double fill = 0) =>
        Emit(OpDefs.Pad, Attrs.Of(("low", low), ("high", high), ("interior", interior), ("fill", fill)), [a])[0];

    /// <summary>a with updates added at positions of one axis, the first <paramref name="batch"/> axes going together.</summary>
    public Value ScatterAdd(Value a, Value positions, Value updates, int axis, int batch = 0) =>
        Emit(OpDefs.ScatterAdd, Attrs.Of(("axis", axis), ("batch", batch)), [a, positions, updates])[0];

    /// <summary>
    /// Zeros of <paramref name="shape"/> with each update added at its position along one axis: the transpose of taking along an axis.
    /// Positions and updates have one shape, which differs from <paramref name="shape"/> in that axis only.
    /// </summary>
    public Value ScatterAlong(Value updates, Value positions, Shape shape, int axis)
    {
        // The axis last, the others flattened into one batch axis.
        int[] order = [.. Enumerable.Range(0, shape.Rank).Where(i => i != axis), axis];
        Shape outer = shape.Without([axis]);
        Value Rows(Value a) => Reshape(Transpose(a, order), new([outer.ElementCount, a.Shape[axis]]));
        var rows = ScatterAdd(Zeros(new(updates.DType, new([outer.ElementCount, shape[axis]]))), Rows(positions), Rows(updates), axis: 1, batch: 1);
        return TransposeBack(Reshape(rows, new([.. outer.Dims, shape[axis]])), order);
    }

    /// <summary>Sums of products over pairs of axes, for each index of pairs of batch axes.</summary>
    public Value Dot(Value a, Value b, int[] leftContract, int[] rightContract, int[]? leftBatch = null, int[]? rightBatch = null) => Emit(
        OpDefs.Dot, Attrs.Of(("left_contract", leftContract), ("right_contract", rightContract), ("left_batch", leftBatch ?? []),
        ("right_batch", rightBatch ?? [])), [a, b])[0];

    /// <summary>Convolution; one number for each spatial axis.</summary>
    public Value Conv(
        Value x, Value weights, long groups, ImmutableArray<long> stride, ImmutableArray<long> dilation, ImmutableArray<long> inputDilation,
        Shape low, Shape high) => Emit(
        OpDefs.Conv, Attrs.Of(("groups", groups), ("stride", stride), ("dilation", dilation), ("input_dilation", inputDilation), ("low", low),
        ("high", high)), [x, weights])[0];

    /// <summary>Undoes a transposition: axis i of <paramref name="a"/> becomes axis order[i].</summary>
    public Value TransposeBack(Value a, params IReadOnlyList<int> order) =>
        order.Index().All(entry => entry.Index == entry.Item)
        ? a
        : Transpose(a, Enumerable.Range(0, order.Count).Select(axis => order.Index().First(entry => entry.Item == axis).Index));

    /// <summary>Axes of size 1 put in at these places of the result.</summary>
    public Value ExpandDims(Value a, params IEnumerable<int> axes) =>
        Reshape(a, new(axes.Order().Aggregate(a.Shape.Dims, (dims, axis) => dims.Insert(axis, 1))));

    /// <summary>i64 numbers 0, 1, … along one axis of a shape.</summary>
    public Value Iota(Shape shape, int axis, DType dtype = DType.I64) =>
        Emit(OpDefs.Iota, Attrs.Of(("shape", shape), ("axis", axis), ("dtype", dtype)), [])[0];

    /// <summary>A size as a number of the given dtype at run time.</summary>
    public Value DimSize(Dim dim, DType dtype) => dim.IsConstant
        ? Constant(Literal.Scalar(dtype, dim.Value))
        : Cast(Emit(OpDefs.DimSize, Attrs.Of("dim", dim), [])[0], dtype);

    /// <summary>Sum over axes.</summary>
    public Value Sum(Value a, IEnumerable<int> axes, bool keep = false) =>
        Emit(OpDefs.ReduceSum, Attrs.Of(("axes", axes.Order()), ("keep", keep)), [a])[0];

    /// <summary>
    /// Sums the axes along which <paramref name="shape"/> was broadcast to <paramref name="a"/>'s shape: the transpose of broadcasting.
    /// </summary>
    public Value SumTo(Value a, Shape shape)
    {
        if (a.Shape == shape)
            return a;
        int extra = a.Shape.Rank - shape.Rank;
        var axes = Enumerable.Range(0, a.Shape.Rank).Where(axis => axis < extra || (shape[axis - extra].Is(1) && !a.Shape[axis].Is(1))).ToArray();
        return Reshape(axes.Length == 0 ? a : Sum(a, axes), shape);
    }
}
