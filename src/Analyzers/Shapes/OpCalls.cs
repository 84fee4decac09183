using TensorGraph.Ir;
using static TensorGraph.Analyzers.Values;

namespace TensorGraph.Analyzers;

/// <summary>
/// How the methods of <c>Ops</c> make the attributes of an op from C# arguments, as far as its types depend on them; null results are unknown.
/// </summary>
internal static partial class OpCalls
{
    private static readonly Dictionary<string, Func<OpCall, object?>> s_methods = new()
    {
        ["Zeros"] = Filled, ["Ones"] = Filled,
        ["ZerosLike"] = c => c.Tensor("like"), ["OnesLike"] = c => c.Tensor("like"),
        ["Full"] = OfShape, ["RandomUniform"] = OfShape, ["RandomNormal"] = OfShape, ["Uniform"] = OfShape, ["Normal"] = OfShape,
        ["Iota"] = c => c.DType() is { IsKnown: true } dtype
        ? c.Run("iota", Attrs.Of(("shape", new Shape([c["length"] is Dim n ? n : Dim.Unknown()])), ("axis", 0L), ("dtype", dtype)))
        : null,
        ["Size"] = c => new TensorType(DType.I64, Shape.Scalar),
        ["Reshape"] = Reshape, ["BroadcastTo"] = c => c.Shape("shape") is { } shape
        ? c.Run("broadcast_to", Attrs.Of(("shape", shape)), c.Tensor("x"))
        : null,
        ["Transpose"] = Transpose, ["ExpandDims"] = ExpandDims, ["Squeeze"] = Squeeze, ["Slice"] = Slice, ["Pad"] = Pad,
        ["Concat"] = c => Join(c, stack: false), ["Stack"] = c => Join(c, stack: true), ["Reverse"] = c => WithAxes(c, "reverse", "axes"),
        ["Gather"] = c => Gathering(c, "gather", "x", "positions"), ["ScatterAdd"] = c => Gathering(c, "scatter_add", "x", "positions", "updates"),
        ["TakeAlongAxis"] = c => WithAxis(c, "take_along_axis", "x", "positions"),
        ["DynamicSlice"] = Block, ["DynamicUpdateSlice"] = c => Starts(c) is { } starts
        ? c.Run("dynamic_update_slice", Attrs.Empty, [c.Tensor("x"), c.Tensor("block"), .. starts])
        : c.Tensor("x"),
        ["Sort"] = c => Several(c.Tensor("x") is { } x && Axis(c, "sort", x) is { } axis ? c.RunAll("sort", Attrs.Of(("axis", axis)), x) : null),
        ["TopK"] = c => Several(c.Number("k") is { } k && c.Tensor("x") is { } x && Axis(c, "top_k", x) is { } axis
        ? c.RunAll("top_k", Attrs.Of(("k", k), ("axis", axis)), x)
        : null),
        ["Sum"] = c => Reduce(c, "reduce_sum"), ["Prod"] = c => Reduce(c, "reduce_prod"), ["Mean"] = c => Reduce(c, "reduce_mean"),
        ["ReduceMax"] = c => Reduce(c, "reduce_max"), ["ReduceMin"] = c => Reduce(c, "reduce_min"), ["Any"] = c => Reduce(c, "reduce_any"),
        ["All"] = c => Reduce(c, "reduce_all"), ["Variance"] = c => Reduce(c, "reduce_variance"),
        ["LogSumExp"] = c => Reduce(c, "reduce_log_sum_exp"),
        ["ArgMax"] = c => WithAxis(c, "arg_max", "x"), ["ArgMin"] = c => WithAxis(c, "arg_min", "x"), ["CumSum"] = c => WithAxis(c, "cum_sum", "x"),
        ["Softmax"] = c => WithAxis(c, "softmax", "x"), ["LogSoftmax"] = c => WithAxis(c, "log_softmax", "x"),
        ["LayerNorm"] = c => WithAxes(c, "layer_norm", "axes", "scale", "offset"),
        ["OneHot"] = c => c.DType() is { IsKnown: true } dtype && c["classes"] is Dim classes
        ? c.Run("one_hot", Attrs.Of(("classes", classes), ("dtype", dtype)), c.Tensor("labels"))
        : null,
        ["Linspace"] = Linspace,
        ["Cast"] = Cast, ["Bitcast"] = c => c.DType() is { IsKnown: true } dtype && c.Tensor("x") is { DType.IsKnown: true } x
        ? c.Run("bitcast", Attrs.Of(("dtype", dtype)), x)
        : null,
        ["Conv"] = Conv, ["Dot"] = Dot,
        ["WindowSum"] = c => Window(c, "window_sum"), ["WindowMax"] = c => Window(c, "window_max"), ["WindowMean"] = c => Window(c, "window_mean"),
        ["AnyLength"] = c => c.Tensor("x") is { Rank: > 0 } x ? x.As(x.Shape.With(0, Dim.Unknown())) : null,
    };

    /// <summary>The type of the result, or of each of several; throws the error of a call that must fail.</summary>
    public static object? Evaluate(OpCall call) =>
        s_methods.TryGetValue(call.Method.Name, out Func<OpCall, object?>? rule) || s_composites.TryGetValue(call.Method.Name, out rule)
            ? rule(call) : call.RunPointwise();

    private static object? Filled(OpCall c) =>
        c.Shape("sizes") is { } shape && !shape.Any(dim => dim.ValueOr(0) < 0) ? new TensorType(DType.F32, shape) : null;

    private static object? OfShape(OpCall c) =>
        c.Shape("shape") is { } shape && !shape.Any(dim => dim.ValueOr(0) < 0) ? new TensorType(c.DType(), shape) : null;

    private static object? Reshape(OpCall c)
    {
        if (c.Tensor("x") is not { } x || c.Shape("sizes") is not { } sizes)
            return c.Shape("sizes") is { } only && !only.Any(dim => !dim.IsConstant || dim.Is(-1)) ? new TensorType(DType.Unknown, only) : null;
        Dim[] dims = [.. sizes];
        int free = Array.FindIndex(dims, dim => dim.Is(-1));
        if (dims.Count(dim => dim.Is(-1)) > 1)
            return null;
        // A size that is not known may be the -1.
        bool unsure = dims.Any(dim => !dim.IsConstant);
        if (free >= 0)
        {
            Dim known = dims.Where(dim => !dim.Is(-1)).Aggregate((Dim)1, (product, dim) => product * dim);
            dims[free] = known.Is(0) ? 0 : Dim.FloorDiv(x.Shape.ElementCount, known);
        }
        var shape = new Shape([.. dims]);
        return unsure ? x.As(shape) : c.Run("reshape", Attrs.Of(("shape", shape)), x);
    }

    private static object? Transpose(OpCall c)
    {
        if (c.Tensor("x") is not { } x || c["permutation"] is not Items { Elements.Length: var count })
            return null;
        if (count == 0)
            return x.As(new Shape([.. x.Shape.Reverse()]));
        if (c.Longs("permutation") is not { } axes)
            return null;
        return c.Run("transpose", Attrs.Of(("permutation", axes.Select(axis => InferContext.Axis("transpose", axis, x.Rank)).ToArray())), x);
    }

    private static object? ExpandDims(OpCall c) => c.Tensor("x") is { } x && c.Number("axis") is { } axis ? Expanded(x, axis) : null;

    private static object? Squeeze(OpCall c)
    {
        if (c.Tensor("x") is not { } x)
            return null;
        if (c.IsNull("axis"))
            return x.Shape.IsConstant ? x.As(new Shape([.. x.Shape.Where(dim => !dim.Is(1))])) : null;
        if (c.Number("axis") is not { } number)
            return null;
        int axis = InferContext.Axis("squeeze", number, x.Rank);
        if (x.Shape[axis].IsConstant)
            IndexRules.CheckSqueeze(x, axis);
        return x.As(new Shape(x.Shape.Dims.RemoveAt(axis)));
    }

    private static object? Slice(OpCall c) =>
        c.Shape("start") is { } start && c.Shape("stop") is { } stop && (c.IsNull("step") ? Ones(start.Rank) : c.Longs("step")) is { } step
        ? c.Run("slice", Attrs.Of(("start", start), ("stop", stop), ("step", step)), c.Tensor("x")) : null;

    private static object? Pad(OpCall c) => c.Shape("low") is { } low && c.Shape("high") is { } high
        ? c.Run("pad", Attrs.Of(("low", low), ("high", high), ("interior", new long[low.Rank])), c.Tensor("x")) : null;

    private static object? Join(OpCall c, bool stack)
    {
        if (c["parts"] is not Items { Elements: { Length: > 0 } parts } || parts[0] is not TensorType first || c.Number("axis") is not { } number)
            return null;
        if (stack)
            IndexRules.CheckStack([.. parts.OfType<TensorType>()]);
        TensorType?[] types = [.. parts.Select(part => part is TensorType type ? stack ? Expanded(type, number) : type : (TensorType?)null)];
        int axis = InferContext.Axis("concat", number, first.Rank + (stack ? 1 : 0));
        // The parts that are known must fit each other, whatever the others are.
        object? joined = c.Run("concat", Attrs.Of(("axis", (long)axis)), [.. types.Where(type => type is not null)]);
        return types.Any(type => type is null) ? null : joined;
    }

    private static TensorType Expanded(TensorType x, long axis) =>
        x.As(new Shape(x.Shape.Dims.Insert(InferContext.Axis("expand_dims", axis, x.Rank + 1), 1)));

    private static object? Gathering(OpCall c, string op, params string[] inputs) =>
        c.Tensor("x") is { } x && Axis(c, op, x) is { } axis && c.Number("batch") is { } batch
        ? c.Run(op, Attrs.Of(("axis", axis), ("batch", batch)), [.. inputs.Select(c.Tensor)]) : null;

    private static object? Block(OpCall c)
    {
        if (c.Shape("size") is not { } size)
            return null;
        return Starts(c) is { } starts ? c.Run("dynamic_slice", Attrs.Of(("size", size)),
            [c.Tensor("x"), .. starts]) : c.Tensor("x") is { } x && x.Rank == size.Rank ? x.As(size) : null;
    }

    private static TensorType?[]? Starts(OpCall c) =>
        c["start"] is Items starts && starts.Elements.All(start => start is TensorType)
        ? [.. starts.Elements.Select(start => (TensorType?)start)]
        : null;

    private static object? Reduce(OpCall c, string op)
    {
        if (c.Tensor("x") is not { } x || c.Flag("keep") is not { } keep)
            return null;
        if (c.IsNull("axes") || c["axes"] is Items { Elements.IsEmpty: true })
            return c.Run(op, Attrs.Of(("axes", InferContext.AllAxes(op, null, x.Rank)), ("keep", keep)), x);
        return c.Longs("axes") is { } axes
            ? c.Run(op, Attrs.Of(("axes", InferContext.AllAxes(op, [.. axes.Select(axis => (int)axis)], x.Rank)), ("keep", keep)), x)
            : null;
    }

    private static object? WithAxis(OpCall c, string op, params string[] inputs) =>
        c.Tensor("x") is { } x && Axis(c, op, x) is { } axis ? c.Run(op, Attrs.Of(("axis", axis)), [.. inputs.Select(c.Tensor)]) : null;

    private static object? WithAxes(OpCall c, string op, string parameter, params string[] others)
    {
        if (c.Tensor("x") is not { } x)
            return null;
        long[]? axes = c.IsNull(parameter) ? op == "layer_norm" ? [-1] : [] : c.Longs(parameter);
        return axes is null ? x : c.Run(op, Attrs.Of(("axes", InferContext.AllAxes(op, [.. axes.Select(axis => (int)axis)], x.Rank))),
            [x, .. others.Select(c.Tensor)]);
    }

    private static long? Axis(OpCall c, string op, TensorType x) => c.Number("axis") is { } axis ? InferContext.Axis(op, axis, x.Rank) : null;

    private static object? Linspace(OpCall c)
    {
        TensorType?[] ends = c.Operands([.. c.Method.Parameters.Where(p => p.Name is "start" or "stop")]);
        // Numbers alone are floats.
        if (!c.Method.Parameters[0].Type.IsTensor() && !c.Method.Parameters[1].Type.IsTensor())
            ends = [.. ends.Select(end => end is { DType: var dtype } && !dtype.Equals(DType.F64) ? end.Value.As(DType.F32) : end)];
        return c.Run("linspace", Attrs.Of(("count", c["count"] is Dim count ? count : Dim.Unknown())), ends);
    }

    private static object? Cast(OpCall c)
    {
        if (c.Tensor("x") is not { } x)
            return null;
        DType dtype = c.DType();
        return !dtype.IsKnown || dtype.Equals(x.DType) || !x.DType.IsKnown ? x.As(dtype) : c.Run("cast", Attrs.Of(("dtype", dtype)), x);
    }

    private static object? Conv(OpCall c)
    {
        if (c.Tensor("x") is not { } x || c.Number("groups") is not { } groups)
            return null;
        int spatial = Math.Max(0, x.Rank - 2);
        return List(c, "stride", Ones(spatial)) is { } stride && List(c, "dilation", Ones(spatial)) is { } dilation && Padding(c, spatial) is { } pad
            ? c.Run("conv", Attrs.Of(("stride", stride), ("dilation", dilation), ("input_dilation", Ones(spatial)), ("low", pad), ("high", pad),
            ("groups", groups)), x, c.Tensor("weights"))
            : null;
    }

    private static object? Dot(OpCall c) =>
        c.Longs("leftContract") is { } left && c.Longs("rightContract") is { } right && List(c, "leftBatch", []) is { } leftBatch
        && List(c, "rightBatch", []) is { } rightBatch
            ? c.Run("dot", Attrs.Of(("left_contract", left), ("right_contract", right), ("left_batch", leftBatch), ("right_batch", rightBatch)),
            c.Tensor("left"), c.Tensor("right"))
            : null;

    private static object? Window(OpCall c, string op) =>
        c.Tensor("x") is { } x && c.Longs("window") is { } window && List(c, "stride", Ones(x.Rank)) is { } stride && Padding(c, x.Rank) is { } pad
            ? c.Run(op, Attrs.Of(("window", window), ("stride", stride), ("dilation", Ones(x.Rank)), ("low", pad), ("high", pad)), x)
            : null;

    private static long[]? List(OpCall c, string parameter, long[] otherwise) => c.IsNull(parameter) ? otherwise : c.Longs(parameter);

    private static Shape? Padding(OpCall c, int rank) =>
        List(c, "padding", new long[rank]) is { } padding ? new Shape([.. padding.Select(size => (Dim)size)]) : null;

    private static object? Several(TensorType[]? types) => types is null ? null : new Items([.. types.Select(type => (object?)type)]);

    private static long[] Ones(int count) => [.. Enumerable.Repeat(1L, count)];
}
