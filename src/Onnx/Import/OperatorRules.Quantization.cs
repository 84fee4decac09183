using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Integers that stand for floats: x = (q − zero point)·scale.</summary>
internal static partial class OperatorRules
{
    private static IEnumerable<OperatorRule> Quantization() =>
    [
        new("QuantizeLinear", 10, "", c => Quantized(c, c.X, c.Y, c.Optional(2), 1)),
        new("QuantizeLinear", 13, "axis", c => Quantized(c, c.X, c.Y, c.Optional(2), c.Int("axis", 1))),
        new("QuantizeLinear", 19, "axis saturate", c => Quantized(c, c.X, c.Y, c.Optional(2), c.Int("axis", 1))),
        new("QuantizeLinear", 21, "axis block_size output_dtype saturate", c => Quantized(c, c.X, c.Y, c.Optional(2), c.Int("axis", 1)))
        {
            Limits = "no blocks; u8, i8 or i16",
        },
        new("DequantizeLinear", 10, "", c => Dequantized(c, c.X, c.Y, c.Optional(2), 1)),
        new("DequantizeLinear", 13, "axis", c => Dequantized(c, c.X, c.Y, c.Optional(2), c.Int("axis", 1))),
        new("DequantizeLinear", 21, "axis block_size", c => Dequantized(c, c.X, c.Y, c.Optional(2), c.Int("axis", 1))) { Limits = "no blocks" },
        new("DynamicQuantizeLinear", 11, "", Measured),
        new("MatMulInteger", 10, "", c => c.Builder.Emit(
            OpDefs.MatMul, Shifted(c, c.X, c.Optional(2), isRows: true), Shifted(c, c.Y, c.Optional(3), isRows: false))),
        new("ConvInteger", 10, "auto_pad dilations group kernel_shape pads strides", c => Convolved(
            c, Shifted(c, c.X, c.Optional(2), isRows: false),
            Shifted(c, c.Y, c.Optional(3) is { } zero ? Kernels(c, zero, c.Y) : null, isRows: false), null)),
        new("QLinearMatMul", 10, "", c => Requantized(c, 6, c.Builder.Emit(OpDefs.MatMul, Shifted(c, c.X, c.In(2), isRows: true),
            Shifted(c, c.In(3), c.In(5), isRows: false)), c.Builder.Mul(OfRows(c, c.Y), c.In(4)))),
        new("QLinearConv", 10, "auto_pad dilations group kernel_shape pads strides", c => Requantized(c, 6, Convolved(
            c, Shifted(c, c.X, c.In(2), isRows: false), Shifted(c, c.In(3), Kernels(c, c.In(5), c.In(3)), isRows: false), c.Optional(8)),
            c.Builder.Mul(c.Y, c.In(4)) is { Shape.Rank: 1 } scale && !scale.Shape[0].Is(1)
                ? PerChannel(c, scale, c.X.Shape.Rank) : Scalar(c, c.Builder.Mul(c.Y, c.In(4))))),
    ];

    private static void CheckBlocks(NodeReader c)
    {
        if (c.HasAttribute("block_size") && c.Int("block_size", 0) != 0)
            throw c.Refuse("it has blocks of scales");
    }

    // One number, or one for each entry of an axis.
    private static Value AlongAxis(NodeReader c, Value numbers, Value x, long axis)
    {
        if (numbers.Shape.Rank == 0 || (numbers.Shape.Rank == 1 && numbers.Shape[0].Is(1)))
            return Scalar(c, numbers);
        int at = c.Axis(axis, x.Shape.Rank);
        return numbers.Shape.Rank == 1 ? c.Builder.Reshape(numbers, new([.. x.Shape.Select((_, i) => i == at ? numbers.Shape[0] : (Dim)1)]))
            : throw c.Refuse($"scales are {numbers.Type}");
    }

    private static Value Quantized(NodeReader c, Value x, Value scale, Value? zero, long axis, DType otherwise = DType.U8)
    {
        CheckBlocks(c);
        var dtype = zero?.DType ?? (c.HasAttribute("output_dtype") && c.Int("output_dtype", 0) is not 0 and var said
            ? ElementTypes.Find(said) ?? throw c.Refuse($"graphs have no elements of type {ElementTypes.Name(said)}") : otherwise);
        Value wide = c.Builder.Cast(x, DType.F32), by = AlongAxis(c, c.Builder.Cast(scale, DType.F32), x, axis);
        return Saturated(c, c.Builder.Div(wide, by), zero is { } shift ? AlongAxis(c, shift, x, axis) : null, dtype);
    }

    // Rounded, moved by the zero point, and held in the range of the dtype.
    private static Value Saturated(NodeReader c, Value x, Value? zero, DType dtype)
    {
        var b = c.Builder;
        var (least, most) = dtype switch
        {
            DType.U8 => (0, 255),
            DType.I8 => (-128, 127),
            DType.I16 => (short.MinValue, short.MaxValue),
            _ => throw c.Refuse($"it gives {dtype.Name()}"),
        };
        var rounded = b.Emit(OpDefs.Round, x);
        if (zero is { } shift)
            rounded = b.Add(rounded, b.Cast(shift, rounded.DType));
        return b.Cast(b.Emit(OpDefs.Clip, rounded, b.Scalar(least, rounded), b.Scalar(most, rounded)), dtype);
    }

    private static Value Dequantized(NodeReader c, Value x, Value scale, Value? zero, long axis)
    {
        CheckBlocks(c);
        var b = c.Builder;
        var wide = b.Cast(x, DType.I32);
        if (zero is { } shift)
            wide = b.Sub(wide, b.Cast(AlongAxis(c, shift, x, axis), DType.I32));
        return b.Cast(b.Mul(b.Cast(wide, DType.F32), b.Cast(AlongAxis(c, scale, x, axis), DType.F32)), scale.DType);
    }

    private static Value?[] Measured(NodeReader c)
    {
        var b = c.Builder;
        Value x = c.X, zero = b.Scalar(0, x);
        int[] axes = [.. Enumerable.Range(0, x.Shape.Rank)];
        Value least = b.Emit(OpDefs.Min, Reduced(c, OpDefs.ReduceMin, x, axes, keep: false), zero);
        Value most = b.Emit(OpDefs.Max, Reduced(c, OpDefs.ReduceMax, x, axes, keep: false), zero);
        var scale = b.Mul(b.Sub(most, least), 1 / 255f);
        var isZero = b.Emit(OpDefs.Equal, scale, zero);
        scale = b.Select(isZero, b.Scalar(1, scale), scale);
        var point = Saturated(c, b.Neg(b.Div(least, scale)), null, DType.U8);
        return [Saturated(c, b.Div(x, scale), point, DType.U8), scale, point];
    }

    // In 32 bits, less the zero point, which may be one for each row or column of a matrix.
    private static Value Shifted(NodeReader c, Value x, Value? zero, bool isRows)
    {
        var wide = c.Builder.Cast(x, DType.I32);
        if (zero is not { } shift)
            return wide;
        var point = c.Builder.Cast(shift, DType.I32);
        if (point.Shape.Rank == 1)
            point = point.Shape[0].Is(1) ? Scalar(c, point) : isRows ? c.Builder.ExpandDims(point, 1) : point;
        return c.Builder.Sub(wide, point);
    }

    // One scale for each row, or for all.
    private static Value OfRows(NodeReader c, Value scale) =>
        scale.Shape.Rank != 1 ? scale : scale.Shape[0].Is(1) ? Scalar(c, scale) : c.Builder.ExpandDims(scale, 1);

    private static Value Kernels(NodeReader c, Value zero, Value weights) => zero.Shape.Rank != 1 || zero.Shape[0].Is(1) ? Scalar(c, zero)
        : c.Builder.Reshape(zero, new([zero.Shape[0], .. Enumerable.Repeat((Dim)1, weights.Shape.Rank - 1)]));

    private static Value Requantized(NodeReader c, int output, Value sums, Value scale)
    {
        var b = c.Builder;
        var zero = c.In(output + 1);
        var by = b.Div(scale, Scalar(c, c.In(output)));
        return Saturated(c, b.Mul(b.Cast(sums, DType.F32), b.Cast(by, DType.F32)), Scalar(c, zero), zero.DType);
    }
}
