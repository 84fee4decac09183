using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Operators of ONNX Runtime's own domain on integers that stand for floats: computed in floats between the two.</summary>
internal static partial class OperatorRules
{
    private const string PoolAttributes = "auto_pad ceil_mode channels_last count_include_pad kernel_shape pads strides";

    private static IEnumerable<OperatorRule> QLinear() =>
    [
        new($"{Contributed}.QuantizeLinear", 1, "axis", c => Quantized(c, c.X, c.Y, c.Optional(2), c.Int("axis", 1))),
        new($"{Contributed}.DequantizeLinear", 1, "axis", c => Dequantized(c, c.X, c.Y, c.Optional(2), c.Int("axis", 1))),
        new($"{Contributed}.QLinearAdd", 1, "", c => Paired(c, OpDefs.Add)),
        new($"{Contributed}.QLinearMul", 1, "", c => Paired(c, OpDefs.Mul)),
        new($"{Contributed}.QLinearSigmoid", 1, "", c => Rescaled(c, x => c.Builder.Emit(OpDefs.Sigmoid, x))),
        new($"{Contributed}.QLinearLeakyRelu", 1, "alpha", c => Rescaled(
            c, x => c.Builder.Emit(OpDefs.LeakyRelu, Attrs.Of("slope", c.Float("alpha", 0.01f)), [x])[0])),
        new($"{Contributed}.QLinearSoftmax", 1, "axis opset", c => Rescaled(
            c, x => c.Int("opset", 13) >= 13 ? Along(c, x, OpDefs.Softmax)
                : throw c.Refuse("its axis has the meaning of opsets before 13"))) { Limits = "opset is 13 or more" },
        new($"{Contributed}.QLinearGlobalAveragePool", 1, "channels_last", c => Rescaled(
            c, x => Reduced(c, OpDefs.ReduceMean, x, ChannelsFirst(c), keep: true))) { Limits = "channels_last is 0" },
        new($"{Contributed}.QLinearAveragePool", 1, PoolAttributes, c => Rescaled(c, x =>
        {
            _ = ChannelsFirst(c);
            return Averaged(c, x);
        })) { Limits = "channels_last is 0" },
        new($"{Contributed}.QLinearConcat", 1, "axis", c =>
        {
            if (c.Count < 5 || c.Count % 3 != 2)
                throw c.Refuse($"it has {c.Count} inputs");
            Value[] parts = [.. Enumerable.Range(0, (c.Count - 2) / 3).Select(i => Float(c, c.In(2 + (3 * i)), 3 + (3 * i)))];
            int axis = c.Axis(c.Int("axis") ?? throw c.Refuse("it has no axis"), parts[0].Shape.Rank);
            return Quantized(c, c.Builder.Emit(OpDefs.Concat, Attrs.Of("axis", (long)axis), parts)[0], c.X, c.Y, 0);
        }),
        new($"{Contributed}.MatMulIntegerToFloat", 1, "", c => WithBias(c, 6, IntegerProduct(
            c, Shifted(c, c.X, c.Optional(4), isRows: true), Shifted(c, c.Y, c.Optional(5), isRows: false), c.In(2), c.In(3)))),
        new($"{Contributed}.DynamicQuantizeMatMul", 1, "", c =>
        {
            var parts = Measured(c);
            Value x = parts[0]!.Value, scale = parts[1]!.Value, zero = parts[2]!.Value;
            Value left = Shifted(c, x, zero, isRows: true), right = Shifted(c, c.Y, c.Optional(3), isRows: false);
            return WithBias(c, 4, IntegerProduct(c, left, right, scale, c.In(2)));
        }),
    ];

    private static Value Float(NodeReader c, Value x, int scale) => Dequantized(c, x, c.In(scale), c.Optional(scale + 1), 0);

    private static Value Paired(NodeReader c, OpDef op) =>
        Quantized(c, c.Builder.Emit(op, Float(c, c.X, 1), Float(c, c.In(3), 4)), c.In(6), c.Optional(7), 0, c.X.DType);

    private static Value Rescaled(NodeReader c, Func<Value, Value> function) =>
        Quantized(c, function(Float(c, c.X, 1)), c.In(3), c.Optional(4), 0, c.X.DType);

    private static int[] ChannelsFirst(NodeReader c) => c.Int("channels_last", 0) == 0 ? Spatial(c) : throw c.Refuse("its channels are the last axis");

    private static Value IntegerProduct(NodeReader c, Value left, Value right, Value leftScale, Value rightScale)
    {
        var b = c.Builder;
        Value Number(Value scale) => scale.Shape.Rank == 1 && scale.Shape[0].Is(1) ? Scalar(c, scale) : scale;
        return b.Mul(b.Cast(b.Emit(OpDefs.MatMul, left, right), DType.F32), b.Mul(Number(leftScale), Number(rightScale)));
    }

    private static Value WithBias(NodeReader c, int input, Value sums) => c.Optional(input) is { } bias ? c.Builder.Add(sums, bias) : sums;
}
