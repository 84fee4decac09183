namespace TensorGraph.Ir;

/// <summary>Reductions over attribute <c>axes</c> (counted from the front, ascending); <c>keep</c> leaves them as size 1.</summary>
public static partial class Op
{
    /// <summary>Sum; of no elements 0.</summary>
    [Op("reduce_sum", "?", Traits = Traits.Reduction)]
    public static readonly OpDef ReduceSum = new()
    {
        Infer = InferReduction,
        Eval = Rules.Reduction(0, (a, b) => a + b, 0, (a, b) => unchecked(a + b)),
        Vjp = c => [c.B.BroadcastTo(c.B.Reshape(c.G, Reduced(c.X().Shape, c.Attrs.Axes(), keep: true)), c.X().Shape)],
    };

    internal static Shape Reduced(Shape shape, int[] axes, bool keep) =>
        keep ? new([.. shape.Dims.Select((dim, axis) => axes.Contains(axis) ? 1 : dim)]) : shape.Without(axes);

    private static System.Collections.Immutable.ImmutableArray<TensorType> InferReduction(InferContext c)
    {
        int[] axes = c.Attrs.Axes();
        foreach (int axis in axes)
            c.Axis(axis, c.Inputs[0].Rank);
        return [new(c.Op.Schema.ReturnsBool ? DType.Bool : c.Inputs[0].DType, Reduced(c.Inputs[0].Shape, axes, c.Attrs.Get("keep", false)))];
    }
}
