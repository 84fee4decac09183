using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Normalisations, as they are when a model predicts.</summary>
internal static partial class OperatorRules
{
    private static IEnumerable<OperatorRule> Normalizations() =>
    [
        new("BatchNormalization", 7, "epsilon momentum spatial", BatchNormalization) { Limits = "spatial is 1" },
        new("BatchNormalization", 9, "epsilon momentum", BatchNormalization),
        new("BatchNormalization", 14, "epsilon momentum training_mode", BatchNormalization) { Limits = "training_mode is 0" },
        new("InstanceNormalization", 7, "epsilon", c => Normal(
            c, c.X, Spatial(c), PerChannel(c, c.Y, c.X.Shape.Rank), PerChannel(c, c.In(2), c.X.Shape.Rank))),
        // Before opset 17 it is an operator of ONNX Runtime in the domain of ONNX itself.
        new("LayerNormalization", 7, "axis epsilon stash_type", LayerNormalization) { Limits = "stash_type is 1" },
        new("GroupNormalization", 18, "epsilon num_groups", c => GroupNormalization(c, perGroup: true)),
        new("GroupNormalization", 21, "epsilon num_groups stash_type", c => GroupNormalization(c, perGroup: false)) { Limits = "stash_type is 1" },
        new("LRN", 7, "alpha beta bias size", LocalResponse),
        new("MeanVarianceNormalization", 9, "axes", MeanVariance),
        new("LpNormalization", 7, "axis p", LpNormalization),
    ];

    // (x − mean)/√(variance + ε)·scale + offset, with numbers that the model has for each channel.
    private static Value BatchNormalization(NodeReader c)
    {
        var b = c.Builder;
        if (c.Opset < 9 && c.Int("spatial", 1) == 0)
            throw c.Refuse("it has numbers for each place");
        if (c.Opset >= 14 && c.Int("training_mode", 0) != 0)
            throw c.Refuse("it is in training mode");
        Value x = c.X, scale = c.Y, offset = c.In(2), mean = c.In(3), variance = c.In(4);
        var each = b.Mul(b.Cast(scale, variance.DType), b.Emit(OpDefs.Rsqrt, b.Add(variance, b.Scalar(c.Float("epsilon", 1e-5f), variance))));
        var rest = b.Sub(b.Cast(offset, variance.DType), b.Mul(mean, each));
        var wide = b.Cast(x, variance.DType);
        return b.Cast(b.Add(b.Mul(wide, PerChannel(c, each, x.Shape.Rank)), PerChannel(c, rest, x.Shape.Rank)), x.DType);
    }

    private static Value Normal(NodeReader c, Value x, int[] axes, Value scale, Value offset) => c.Builder.Emit(
        OpDefs.LayerNorm, Attrs.Of(("axes", axes), ("epsilon", c.Float("epsilon", 1e-5f))), [x, scale, offset])[0];

    private static Value Zero(NodeReader c, DType dtype, double number = 0) => c.Builder.Constant(Literal.Scalar(dtype, number));

    private static Value?[] LayerNormalization(NodeReader c)
    {
        var b = c.Builder;
        Value x = c.X;
        if (c.Int("stash_type", 1) != 1)
            throw c.Refuse("it is computed in another type than f32");
        int first = c.Axis(c.Int("axis", -1), x.Shape.Rank);
        int[] axes = [.. Enumerable.Range(first, x.Shape.Rank - first)];
        var normal = Normal(c, x, axes, c.Y, c.Optional(2) ?? Zero(c, x.DType));
        if (!c.Wants(1) && !c.Wants(2))
            return [normal];
        var wide = b.Cast(x, DType.F32);
        Value mean = Reduced(c, OpDefs.ReduceMean, wide, axes, keep: true), distance = b.Sub(wide, mean);
        var variance = Reduced(c, OpDefs.ReduceMean, b.Mul(distance, distance), axes, keep: true);
        return [normal, mean, b.Emit(OpDefs.Rsqrt, b.Add(variance, b.Scalar(c.Float("epsilon", 1e-5f), variance)))];
    }

    private static Value GroupNormalization(NodeReader c, bool perGroup)
    {
        var b = c.Builder;
        Value x = c.X;
        long groups = c.Int("num_groups", 0);
        if (groups < 1 || x.Shape.Rank < 2 || (!perGroup && c.Int("stash_type", 1) != 1))
            throw c.Refuse($"{groups} groups of {x.Type}");
        Dim each = Dim.FloorDiv(x.Shape[1], groups);
        var split = b.Reshape(x, new([x.Shape[0], groups, each, .. x.Shape.Skip(2)]));
        int[] axes = [.. Enumerable.Range(2, split.Shape.Rank - 2)];
        Value Placed(Value numbers) => b.Reshape(
            numbers, new([groups, perGroup ? 1 : each, .. Enumerable.Repeat((Dim)1, x.Shape.Rank - 2)]));
        return b.Reshape(Normal(c, split, axes, Placed(c.Y), Placed(c.In(2))), x.Shape);
    }

    // x/(bias + α/size·Σ x²)^β over channels that are near.
    private static Value LocalResponse(NodeReader c)
    {
        var b = c.Builder;
        Value x = c.X;
        long size = c.Int("size") ?? throw c.Refuse("it has no size");
        int rank = x.Shape.Rank;
        if (rank < 2 || size < 1)
            throw c.Refuse($"{size} channels of {x.Type}");
        long[] ones = [.. Enumerable.Repeat(1L, rank)], window = [.. ones], low = new long[rank], high = new long[rank];
        (window[1], low[1], high[1]) = (size, (size - 1) / 2, size - 1 - ((size - 1) / 2));
        var sums = b.Emit(OpDefs.WindowSum, Attrs.Of(
            ("window", window), ("stride", ones), ("dilation", ones), ("low", new Shape(low)), ("high", new Shape(high))), [b.Mul(x, x)])[0];
        var scale = b.Add(b.Mul(sums, c.Float("alpha", 1e-4f) / size), b.Scalar(c.Float("bias", 1), x));
        return b.Div(x, b.Emit(OpDefs.Pow, scale, b.Scalar(c.Float("beta", 0.75f), x)));
    }

    private static Value MeanVariance(NodeReader c)
    {
        var b = c.Builder;
        int[] axes = c.Axes(c.Ints("axes") ?? [0, 2, 3], c.X.Shape.Rank);
        var distance = b.Sub(c.X, Reduced(c, OpDefs.ReduceMean, c.X, axes, keep: true));
        var deviation = b.Emit(OpDefs.Sqrt, Reduced(c, OpDefs.ReduceMean, b.Mul(distance, distance), axes, keep: true));
        return b.Div(distance, b.Add(deviation, b.Scalar(1e-9, deviation)));
    }

    private static Value LpNormalization(NodeReader c)
    {
        int[] axes = [c.Axis(c.Int("axis", -1), c.X.Shape.Rank)];
        var norm = Norm(c, c.X, x => Reduced(c, OpDefs.ReduceSum, x, axes, keep: true));
        // Of nothing but zeros it is zeros.
        var isZero = c.Builder.Emit(OpDefs.Equal, norm, c.Builder.Scalar(0, norm));
        return c.Builder.Div(c.X, c.Builder.Select(isZero, c.Builder.Scalar(1, norm), norm));
    }
}
