using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Reductions over the named axes (negative ones count from the back; none means all). <c>keep</c> leaves them as size 1.</summary>
public static partial class Ops
{
    /// <summary>Sum; of nothing 0.</summary>
    public static Tensor Sum(Tensor x, int[]? axes = null, bool keep = false) => Reduce(OpDefs.ReduceSum, x, axes, keep);

    /// <summary>Product; of nothing 1.</summary>
    public static Tensor Prod(Tensor x, int[]? axes = null, bool keep = false) => Reduce(OpDefs.ReduceProd, x, axes, keep);

    /// <summary>Largest element; NaN wins.</summary>
    public static Tensor ReduceMax(Tensor x, int[]? axes = null, bool keep = false) => Reduce(OpDefs.ReduceMax, x, axes, keep);

    /// <summary>Smallest element; NaN wins.</summary>
    public static Tensor ReduceMin(Tensor x, int[]? axes = null, bool keep = false) => Reduce(OpDefs.ReduceMin, x, axes, keep);

    /// <summary>True when one is; of nothing false.</summary>
    public static Tensor Any(Tensor x, int[]? axes = null, bool keep = false) => Reduce(OpDefs.ReduceAny, x, axes, keep);

    /// <summary>True when all are; of nothing true.</summary>
    public static Tensor All(Tensor x, int[]? axes = null, bool keep = false) => Reduce(OpDefs.ReduceAll, x, axes, keep);

    /// <summary>Arithmetic mean; of nothing NaN. DType: floats. Source: np.mean.</summary>
    public static Tensor Mean(Tensor x, int[]? axes = null, bool keep = false) => Reduce(OpDefs.ReduceMean, x, axes, keep);

    /// <summary>Index of the largest element along an axis, i32; the first of equal ones; NaN wins.</summary>
    public static Tensor ArgMax(Tensor x, int axis = -1) =>
        Dispatch.Run(OpDefs.ArgMax, Attrs.Of("axis", (long)Axis("arg_max", axis, Check.NotNull(x).Rank)), x);

    /// <summary>Index of the smallest element along an axis, i32; the first of equal ones; NaN wins.</summary>
    public static Tensor ArgMin(Tensor x, int axis = -1) =>
        Dispatch.Run(OpDefs.ArgMin, Attrs.Of("axis", (long)Axis("arg_min", axis, Check.NotNull(x).Rank)), x);

    /// <summary>Running sum along an axis.</summary>
    public static Tensor CumSum(Tensor x, int axis = 0, bool exclusive = false, bool reverse = false) => Dispatch.Run(
        OpDefs.CumSum, Attrs.Of(("axis", (long)Axis("cum_sum", axis, Check.NotNull(x).Rank)), ("exclusive", exclusive), ("reverse", reverse)), x);

    private static Tensor Reduce(OpDef op, Tensor x, int[]? axes, bool keep) =>
        Dispatch.Run(op, Attrs.Of(("axes", AllAxes(op.Name, axes, Check.NotNull(x).Rank)), ("keep", keep)), x);
}
