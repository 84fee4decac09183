using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Reductions and running sums. Axes are an attribute in early opsets and an input in later ones.</summary>
internal static partial class OperatorRules
{
    // The opset from which on the axes are an input, which is 18 for most.
    private const int AxesAsInput = 18, AxesAsInputOfSum = 13;

    private static IEnumerable<OperatorRule> Reductions() =>
    [
        .. Reduction("ReduceSum", (c, x, axes, keep) => Reduced(c, OpDefs.ReduceSum, x, axes, keep), AxesAsInputOfSum),
        .. Reduction("ReduceMean", (c, x, axes, keep) => x.DType.IsFloat() ? Reduced(c, OpDefs.ReduceMean, x, axes, keep)
            : c.Builder.Div(Reduced(c, OpDefs.ReduceSum, x, axes, keep), c.Builder.DimSize(Product(axes.Select(axis => x.Shape[axis])), x.DType))),
        .. Reduction("ReduceProd", (c, x, axes, keep) => Reduced(c, OpDefs.ReduceProd, x, axes, keep)),
        .. Reduction("ReduceMax", (c, x, axes, keep) => Reduced(c, OpDefs.ReduceMax, x, axes, keep)),
        .. Reduction("ReduceMin", (c, x, axes, keep) => Reduced(c, OpDefs.ReduceMin, x, axes, keep)),
        .. Reduction("ReduceL1", (c, x, axes, keep) => Reduced(c, OpDefs.ReduceSum, c.Builder.Emit(OpDefs.Abs, x), axes, keep)),
        .. Reduction("ReduceL2", (c, x, axes, keep) => Root(c, Squares(c, x, axes, keep))),
        .. Reduction("ReduceSumSquare", Squares),
        .. Reduction("ReduceLogSum", (c, x, axes, keep) => Through(c, x, y => c.Builder.Emit(OpDefs.Log, Reduced(c, OpDefs.ReduceSum, y, axes, keep)))),
        .. Reduction("ReduceLogSumExp", (c, x, axes, keep) => Through(c, x, y => Reduced(c, OpDefs.ReduceLogSumExp, y, axes, keep))),
        new("CumSum", 11, "exclusive reverse", Running),
    ];

    private static IEnumerable<OperatorRule> Reduction(string name, Func<NodeReader, Value, int[], bool, Value> reduce, int asInput = AxesAsInput) =>
    [
        new(name, 7, "axes keepdims", c => Reduce(c, c.Ints("axes"), reduce)),
        new(name, asInput, "keepdims noop_with_empty_axes", c => Reduce(c, c.Has(1) ? c.Numbers(1) : null, reduce)),
    ];

    private static Value Reduce(NodeReader c, long[]? given, Func<NodeReader, Value, int[], bool, Value> reduce)
    {
        Value x = c.X;
        bool isNone = given is null or { Length: 0 };
        int[] axes = !isNone ? c.Axes(given!, x.Shape.Rank)
            : c.HasAttribute("noop_with_empty_axes") && c.Int("noop_with_empty_axes", 0) != 0 ? []
            : [.. Enumerable.Range(0, x.Shape.Rank)];
        bool keep = c.Int("keepdims", 1) != 0;
        if (x.DType != DType.Bool)
            return reduce(c, x, axes, keep);
        // The extremes of bool are those of 0 and 1.
        return c.Builder.Cast(reduce(c, c.Builder.Cast(x, DType.U8), axes, keep), DType.Bool);
    }

    private static Value Reduced(NodeReader c, OpDef op, Value x, int[] axes, bool keep) =>
        c.Builder.Emit(op, Attrs.Of(("axes", axes), ("keep", keep)), [x])[0];

    private static Value Squares(NodeReader c, Value x, int[] axes, bool keep) =>
        Reduced(c, OpDefs.ReduceSum, c.Builder.Mul(x, x), axes, keep);

    private static Value Root(NodeReader c, Value x) => Through(c, x, y => c.Builder.Emit(OpDefs.Sqrt, y));

    // Of integers in floats.
    private static Value Through(NodeReader c, Value x, Func<Value, Value> function) => x.DType.IsFloat() ? function(x)
        : c.Builder.Cast(function(c.Builder.Cast(x, DType.F64)), x.DType);

    private static Value Running(NodeReader c)
    {
        if (c.Numbers(1) is not [var axis])
            throw c.Refuse("its axis is more than one number");
        return c.Builder.Emit(OpDefs.CumSum, Attrs.Of(
            ("axis", (long)c.Axis(axis, c.X.Shape.Rank)), ("exclusive", c.Int("exclusive", 0) != 0), ("reverse", c.Int("reverse", 0) != 0)), [c.X])[0];
    }
}
