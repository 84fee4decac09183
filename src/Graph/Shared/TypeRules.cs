namespace TensorGraph.Ir;

/// <summary>
/// Types of the results from the types of the inputs, of ops whose schema has no shape signature. The run time and the analyzer share them, so that
/// both decide alike and say the same; the analyzer takes what it does not know for a size that fits everything.
/// </summary>
internal static partial class TypeRules
{
    private static readonly Dictionary<string, InferRule> s_rules = new()
    {
        ["arg_max"] = Extremum, ["arg_min"] = Extremum, ["bitcast"] = Bitcast, ["broadcast_to"] = BroadcastTo, ["cast"] = Cast,
        ["cholesky"] = Cholesky, ["concat"] = Concat, ["conv"] = Conv, ["cum_sum"] = AlongAxis, ["dot"] = Dot, ["dynamic_slice"] = DynamicSlice,
        ["dynamic_update_slice"] = DynamicUpdateSlice, ["fft"] = Fft, ["gather"] = Gather, ["iota"] = Iota, ["layer_norm"] = LayerNorm,
        ["linspace"] = Linspace, ["log_softmax"] = AlongAxis, ["matmul"] = MatMul, ["one_hot"] = OneHot, ["pad"] = Pad, ["qr"] = Qr,
        ["reduce_all"] = Reduction, ["reduce_any"] = Reduction, ["reduce_log_sum_exp"] = Reduction, ["reduce_max"] = Reduction,
        ["reduce_mean"] = Reduction, ["reduce_min"] = Reduction, ["reduce_prod"] = Reduction, ["reduce_sum"] = Reduction,
        ["reduce_variance"] = Reduction, ["reshape"] = Reshape, ["reverse"] = Reverse, ["scatter_add"] = ScatterAdd, ["select"] = Select,
        ["slice"] = Slice, ["softmax"] = AlongAxis, ["softmax_cross_entropy"] = SoftmaxCrossEntropy, ["solve"] = Solve, ["sort"] = Sort,
        ["sparse_softmax_cross_entropy"] = SparseSoftmaxCrossEntropy, ["svd"] = Svd, ["take_along_axis"] = TakeAlongAxis, ["top_k"] = TopK,
        ["transpose"] = Transpose, ["window_max"] = Windows, ["window_mean"] = Windows, ["window_sum"] = Windows,
    };

    /// <summary>The rule of an op; null where the op has its own.</summary>
    public static InferRule? Find(string op) => s_rules.TryGetValue(op, out InferRule? rule) ? rule : null;
}
