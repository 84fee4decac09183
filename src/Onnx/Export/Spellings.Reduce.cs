using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Reductions, running sums, order, normalisation.</summary>
internal static partial class Spellings
{
    private static IEnumerable<(OpDef Op, Spelling Spelling)> Reductions() =>
    [
        (OpDefs.ReduceSum, new(c => [Reduce(c, "ReduceSum")])),
        (OpDefs.ReduceProd, new(c => [Reduce(c, "ReduceProd")])),
        (OpDefs.ReduceMax, new(c => [Reduce(c, "ReduceMax")])),
        (OpDefs.ReduceMin, new(c => [Reduce(c, "ReduceMin")])),
        (OpDefs.ReduceMean, new(c => [Reduce(c, "ReduceMean")])),
        (OpDefs.ReduceLogSumExp, new(c => [Reduce(c, "ReduceLogSumExp")])),
        (OpDefs.ReduceAny, new(c => [Any(c, c.X)])),
        (OpDefs.ReduceAll, new(c => [c.Add("Not", Any(c, c.Add("Not", c.X)))])),
        (OpDefs.ArgMax, new(c => [Arg(c, "ArgMax")])),
        (OpDefs.ArgMin, new(c => [Arg(c, "ArgMin")])),
        (OpDefs.CumSum, new(c => [c.Add("CumSum", [c.X, c.Graph.Scalar(DType.I64, c.Axis)],
            ("exclusive", c.Attrs.Get("exclusive", false)), ("reverse", c.Attrs.Get("reverse", false)))])),
        (OpDefs.Sort, new(c => Largest(c, c.Result()[c.Axis], c.Attrs.Get("descending", false)))),
        (OpDefs.TopK, new(c => Largest(c, c.Attrs.Get<long>("k"), largest: true))),
        (OpDefs.Softmax, new(c => [c.Add("Softmax", [c.X], ("axis", c.Axis))])),
        (OpDefs.LogSoftmax, new(c => [c.Add("LogSoftmax", [c.X], ("axis", c.Axis))])),
        (OpDefs.LayerNorm, new(LayerNorm, IsLayerNormalization)),
    ];

    // The extremes of bool are not defined for no elements.
    private static string Any(NodeWriter c, string x) => c.Cast(Reduce(c, c.Cast(x, DType.I64), "ReduceSum"), DType.Bool);

    private static string Reduce(NodeWriter c, string op) => Reduce(c, c.X, op);

    private static string Reduce(NodeWriter c, string x, string op)
    {
        int[] axes = c.Attrs.Axes();
        return axes.Length == 0 ? x
            : c.Add(op, [x, c.Graph.Numbers(axes.Select(axis => (long)axis))], ("keepdims", c.Attrs.Get("keep", false)));
    }

    private static string Arg(NodeWriter c, string op) => c.Cast(c.Add(op, [c.X], ("axis", c.Axis), ("keepdims", 0)), DType.I32);

    private static string[] Largest(NodeWriter c, Dim count, bool largest)
    {
        string[] found = c.Graph.Add("TopK", 2, [c.X, c.Graph.Size(count)], ("axis", c.Axis), ("largest", largest), ("sorted", 1));
        return [found[0], c.Cast(found[1], DType.I32)];
    }

    // Over the last axes; scale and offset have those or fewer.
    private static bool IsLayerNormalization(Node node)
    {
        int rank = node.Inputs[0].Shape.Rank;
        int[] axes = node.Attrs.Axes();
        return axes.Length > 0 && axes.SequenceEqual(Enumerable.Range(rank - axes.Length, axes.Length))
            && node.Inputs[1].Shape.Rank <= axes.Length && node.Inputs[2].Shape.Rank <= axes.Length;
    }

    private static string[] LayerNorm(NodeWriter c)
    {
        int rank = c.ShapeOf().Rank, first = c.Attrs.Axes()[0];
        Shape normal = c.ShapeOf()[first..rank];
        string Whole(int input) => c.ShapeOf(input) == normal ? c.In(input) : c.Add("Expand", c.In(input), c.Graph.Sizes(normal));
        return [c.Add("LayerNormalization", [c.X, Whole(1), Whole(2)], ("axis", first), ("epsilon", c.Attrs.Get<double>("epsilon")))];
    }
}
