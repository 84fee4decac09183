namespace TensorGraph.Tests;

internal static partial class OperatorCases
{
    private static IEnumerable<OperatorCase> Indexing()
    {
        yield return Case(7, "Gather", [F(5, 3), Grid([2, 2], 0, 4, 2, 1)]);
        yield return Case(11, "Gather", [F(5, 3), Longs(-1, 0)], ("axis", 1L));
        yield return Case(13, "Gather", [F(5, 3), Arg.Number(DType.I64, -2)]);
        yield return Case(13, "Gather", [F(5, 3), Grid([0])]);
        yield return Case(11, "GatherElements", [F(3, 4), Grid([2, 4], 0, -1, 1, 2, 2, 0, 1, -3)]) with { MayBeOpen = false };
        yield return Case(13, "GatherElements", [F(3, 4), Grid([2, 3], 0, -1, 1, 2, 3, 0)], ("axis", 1L)) with { MayBeOpen = false };
        yield return Case(11, "GatherND", [F(3, 4, 2), Grid([2, 2], 0, -1, 1, 2)]);
        yield return Case(12, "GatherND", [F(2, 4, 3), Grid([2, 1], 3, 1)], ("batch_dims", 1L)) with { MayBeOpen = false };
        yield return Case(13, "GatherND", [F(3, 4), Grid([2, 2, 1], 0, -1, 1, 2)]);
        yield return Case(11, "ScatterElements", [F(3, 4), Grid([2, 2], 0, 2, 1, 1), F(2, 2)]);
        yield return Case(16, "ScatterElements", [F(3, 4), Grid([3, 1], 0, -1, 1), F(3, 1)], ("axis", 1L), ("reduction", "add"));
        yield return Case(9, "Scatter", [F(3, 4), Grid([1, 2], 0, 2), F(1, 2)], ("axis", 1L));
        yield return Case(11, "ScatterND", [F(5, 2), Grid([3, 1], 1, -1, 0), F(3, 2)]);
        yield return Case(16, "ScatterND", [F(5, 2), Grid([3, 2], 1, 0, 1, 0, 4, 1), F(3)], ("reduction", "add"));
        foreach (string reduction in new[] { "add", "mul" })
        {
            yield return Case(18, "ScatterElements", [Flags(true, false, true, false), Longs(0, 1, 3, 3), Flags(false, true, false, true)], ("reduction", reduction));
            yield return Case(18, "ScatterND", [Flags(true, false, true, false), Grid([3, 1], 0, 1, 2), Flags(false, true, false)], ("reduction", reduction));
        }

        yield return Case(18, "ScatterElements", [Words("a", "b", "c", "d"), Longs(1, 0, 1, 1), Words("e", "f", "g", "h")], ("reduction", "add"));
        yield return Case(18, "ScatterND", [Words("a", "b", "c", "d"), Grid([3, 1], 3, 0, 3), Words("e", "f", "g")], ("reduction", "add"));
        yield return Case(13, "NonZero", [Literal.Scalar(DType.F32, 2)]);
        yield return Case(13, "NonZero", [Literal.Scalar(DType.F32, 0)]);

        foreach (string reduction in new[] { "mul", "max", "min" })
        {
            // Some places come three times, some never.
            yield return Case(18, "ScatterElements", [F(3, 5), Grid([3, 4], 0, -1, 0, 0, 1, 1, 2, 1, 4, 3, 4, -1), F(3, 4)], ("axis", 1L), ("reduction", reduction));
            yield return Case(18, "ScatterElements", [Of(DType.I64, 4, 3), Grid([5, 3], 0, 1, 2, 0, 1, -1, 3, 1, 2, 0, 0, 0, 3, 3, 3), Of(DType.I64, 5, 3)], ("reduction", reduction)) with { MayBeOpen = false };
            yield return Case(18, "ScatterND", [F(5, 2), Grid([4, 1], 1, -1, 1, 4), F(4, 2)], ("reduction", reduction));
            yield return Case(18, "ScatterND", [F(5, 2), Grid([3, 2], 1, 0, 1, 0, 4, 1), F(3)], ("reduction", reduction));
            yield return Case(18, "ScatterND", [F(5, 2), Grid([0, 1]), F(0, 2)], ("reduction", reduction));
        }

        yield return Case(9, "OneHot", [Longs(0, 3, -1, 7), Arg.List(4), Arg.Floats(0, 2)]);
        yield return Case(11, "OneHot", [Grid([2, 2], 0, 3, -4, 1), Arg.Number(DType.I64, 4), Arg.Floats(-1, 1)], ("axis", 1L));
        yield return Case(9, "NonZero", [Singles(0, 1, 0, 2, -1)]);
        yield return Case(13, "NonZero", [Of(DType.Bool, 3, 4)]);
        yield return Case(9, "Compress", [F(4, 3), new Literal(new(DType.Bool, [3]), new[] { true, false, true })], ("axis", 1L));
        yield return Case(11, "Compress", [F(2, 3), new Literal(new(DType.Bool, [5]), new[] { false, true, false, true, true })]);
        yield return Case(14, "Trilu", [F(2, 3, 4)]);
        yield return Case(14, "Trilu", [F(4, 3), Arg.Number(DType.I64, -1)], ("upper", 0L));
        yield return Case(14, "Trilu", [F(4, 3), Literal.Scalar(DType.I64, 1)]);
        foreach (long far in new[] { long.MaxValue, long.MaxValue - 1, long.MinValue })
        {
            var k = Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => far);
            foreach (long upper in new[] { 0L, 1L })
            {
                yield return Case(14, "Trilu", [F(4, 3), k], ("upper", upper));
                yield return Case(14, "Trilu", [F(4, 3), Arg.Const(k)], ("upper", upper));
            }
        }

        yield return Case(10, "ReverseSequence", [F(4, 3, 2), Longs(1, 4, 2)]);
        yield return Case(10, "ReverseSequence", [F(3, 4, 2), Longs(1, 4, 2)], ("batch_axis", 0L), ("time_axis", 1L)) with { MayBeOpen = true };
        yield return Case(7, "TopK", [F(3, 7)], ("k", 3L)) with { Outputs = 2 };
        yield return Case(10, "TopK", [F(3, 7), Arg.List(3)], ("axis", 1L)) with { Outputs = 2 };
        yield return Case(11, "TopK", [F(3, 7), Arg.List(2)], ("axis", 0L), ("largest", 0L)) with { Outputs = 2, MayBeOpen = false };
        yield return Case(11, "TopK", [F(3, 7), Longs(4)]) with { Outputs = 2 };
        foreach (string name in new[] { "ArgMax", "ArgMin" })
        {
            yield return Case(7, name, [F(3, 7)]) with { MayBeOpen = false };
            yield return Case(12, name, [Grid([2, 4], 3, 1, 3, 1, 2, 2, 2, 2)], ("axis", -1L), ("keepdims", 0L), ("select_last_index", 1L));
            yield return Case(13, name, [Grid([2, 4], 3, 1, 3, 1, 2, 2, 2, 2)], ("axis", 1L));
        }
    }

    private static IEnumerable<OperatorCase> Reductions()
    {
        foreach (string name in new[] { "ReduceSum", "ReduceMean", "ReduceProd", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp" })
        {
            var x = name == "ReduceLogSum" ? Positive(2, 3, 5) : F(2, 3, 5);
            yield return Case(7, name, [x]);
            yield return Case(11, name, [x], ("axes", new long[] { -1, 0 }), ("keepdims", 0L));
            yield return Case(18, name, [x, Arg.List(1)]);
            yield return Case(18, name, [x, Arg.List(-1, 1)], ("keepdims", 0L));
            yield return Case(18, name, [x], ("noop_with_empty_axes", 1L));
            yield return Case(18, name, [x], ("keepdims", 0L));
        }

        yield return Case(13, "ReduceSum", [F(2, 3), Arg.List(1)]);
        yield return Case(13, "ReduceSum", [F(0, 3), Arg.List(0)]) with { MayBeOpen = true };
        yield return Case(18, "ReduceMax", [Of(DType.I64, 3, 4), Arg.List(1)]);
        yield return Case(11, "CumSum", [F(3, 5), Arg.Number(DType.I64, 1)]);
        yield return Case(14, "CumSum", [F(3, 5), Arg.Number(DType.I32, -2)], ("exclusive", 1L), ("reverse", 1L));
    }

    private static IEnumerable<OperatorCase> Products()
    {
        yield return Case(7, "Gemm", [F(3, 4), F(4, 5), F(5)]);
        yield return Case(9, "Gemm", [F(4, 3), F(5, 4), F(3, 1)], ("transA", 1L), ("transB", 1L), ("alpha", 0.5f), ("beta", 2f)) with { MayBeOpen = false };
        yield return Case(11, "Gemm", [F(3, 4), Arg.Const(F(4, 5))]);
        yield return Case(13, "Gemm", [F(0, 4), F(4, 5), F(1, 5)]);
        yield return Case(9, "MatMul", [F(3, 4), F(4, 5)]);
        yield return Case(13, "MatMul", [F(2, 1, 3, 4), F(3, 4, 5)]);
        yield return Case(13, "MatMul", [F(3, 4), F(4)]);
        yield return Case(12, "Einsum", [F(2, 3, 4), F(2, 4, 5)], ("equation", "bij,bjk->bik"));
        yield return Case(12, "Einsum", [F(2, 3, 4, 5), F(2, 3, 6, 5)], ("equation", "bhid, bhjd -> bhij"));
        yield return Case(12, "Einsum", [F(2, 3, 4)], ("equation", "...ij->...ji"));
        yield return Case(7, "Conv", [F(2, 3, 7, 8), Arg.Const(F(4, 3, 3, 3))]);
        yield return Case(11, "Conv", [F(2, 4, 7, 8), Arg.Const(F(6, 2, 3, 2)), Arg.Const(F(6))], ("group", 2L), ("pads", new long[] { 1, 0, 2, 1 }), ("strides", new long[] { 2, 1 }));
        yield return Case(11, "Conv", [F(2, 4, 9), Arg.Const(F(4, 1, 3)), Arg.Const(F(4))], ("group", 4L), ("dilations", new long[] { 2 }), ("kernel_shape", new long[] { 3 }));
        yield return Case(11, "Conv", [F(1, 2, 4, 5, 3), Arg.Const(F(3, 2, 2, 2, 2))]);
        foreach (string auto in new[] { "SAME_UPPER", "SAME_LOWER", "VALID" })
            yield return Case(11, "Conv", [F(2, 3, 7, 8), Arg.Const(F(4, 3, 3, 2))], ("auto_pad", auto), ("strides", new long[] { 2, 3 }));
        yield return Case(11, "Conv", [F(2, 3, 7), F(4, 3, 3), F(4)]);
        yield return Case(7, "ConvTranspose", [F(2, 3, 4, 5), Arg.Const(F(3, 2, 3, 3))]);
        yield return Case(11, "ConvTranspose", [F(2, 4, 4), Arg.Const(F(4, 3, 3)), Arg.Const(F(6))], ("group", 2L), ("strides", new long[] { 2 }), ("pads", new long[] { 1, 0 }), ("output_padding", new long[] { 1 }));
        yield return Case(11, "ConvTranspose", [F(2, 3, 4, 5), Arg.Const(F(3, 2, 3, 3))], ("dilations", new long[] { 2, 1 }), ("strides", new long[] { 1, 3 }));
        yield return Case(11, "ConvTranspose", [F(2, 3, 4, 5), Arg.Const(F(3, 2, 3, 3))], ("strides", new long[] { 3, 2 }), ("output_shape", new long[] { 10, 8 }));
        foreach (string auto in new[] { "SAME_UPPER", "SAME_LOWER" })
            yield return Case(11, "ConvTranspose", [F(2, 3, 4, 5), Arg.Const(F(3, 2, 3, 3))], ("auto_pad", auto), ("strides", new long[] { 2, 2 }));
        yield return Case(17, "DFT", [F(2, 5, 2)], ("axis", 1L));
        yield return Case(20, "DFT", [F(2, 5, 2)], ("inverse", 1L));
        yield return Case(17, "DFT", [F(2, 5, 1)], ("axis", 1L));
    }

    private static IEnumerable<OperatorCase> Windows()
    {
        long[] two = [2, 2], three = [3, 3];
        yield return Case(7, "MaxPool", [F(2, 3, 7, 8)], ("kernel_shape", three), ("strides", two), ("pads", new long[] { 1, 1, 1, 1 }));
        yield return Case(8, "MaxPool", [F(2, 3, 7, 8)], ("kernel_shape", three)) with { Outputs = 2 };
        yield return Case(10, "MaxPool", [F(2, 3, 7, 8)], ("kernel_shape", three), ("strides", two), ("ceil_mode", 1L));
        yield return Case(12, "MaxPool", [F(2, 3, 9)], ("kernel_shape", new long[] { 3 }), ("dilations", new long[] { 2 }), ("strides", new long[] { 2 }), ("ceil_mode", 1L), ("pads", new long[] { 1, 1 }));
        yield return Case(12, "MaxPool", [F(2, 3, 4, 5, 6)], ("kernel_shape", new long[] { 2, 2, 3 }), ("auto_pad", "SAME_UPPER"), ("strides", new long[] { 2, 1, 2 }));
        yield return Case(7, "AveragePool", [F(2, 3, 7, 8)], ("kernel_shape", three), ("strides", two), ("pads", new long[] { 1, 1, 1, 1 }));
        yield return Case(7, "AveragePool", [F(2, 3, 7, 8)], ("kernel_shape", three), ("strides", two), ("pads", new long[] { 1, 1, 1, 1 }), ("count_include_pad", 1L));
        yield return Case(10, "AveragePool", [F(2, 3, 7, 8)], ("kernel_shape", three), ("strides", two), ("ceil_mode", 1L));
        yield return Case(19, "AveragePool", [F(2, 3, 7, 8)], ("kernel_shape", three), ("strides", two), ("ceil_mode", 1L), ("count_include_pad", 1L), ("pads", new long[] { 1, 0, 0, 1 }));
        yield return Case(19, "AveragePool", [F(2, 3, 9)], ("kernel_shape", new long[] { 2 }), ("dilations", new long[] { 3 }));
        yield return Case(11, "AveragePool", [F(2, 3, 7, 8)], ("kernel_shape", three), ("strides", two), ("auto_pad", "SAME_LOWER"));
        yield return Case(7, "LpPool", [F(2, 3, 7, 8)], ("kernel_shape", three), ("strides", two), ("p", 3L));
        yield return Case(18, "LpPool", [F(2, 3, 7, 8)], ("kernel_shape", three), ("p", 1L));
        foreach (string name in new[] { "GlobalMaxPool", "GlobalAveragePool" })
            yield return Case(7, name, [F(2, 3, 5, 7)]);
        yield return Case(7, "GlobalLpPool", [F(2, 3, 5)], ("p", 2L));
    }

    private static IEnumerable<OperatorCase> Normalizations()
    {
        foreach (long opset in new long[] { 7, 9, 15 })
            yield return Case(opset, "BatchNormalization", [F(2, 3, 5, 4), Arg.Const(F(3)), Arg.Const(F(3)), Arg.Const(F(3)), Arg.Const(Positive(3))], ("epsilon", 1e-3f));
        yield return Case(15, "BatchNormalization", [F(4, 3), Arg.Const(F(3)), Arg.Const(F(3)), Arg.Const(F(3)), Arg.Const(Positive(3))]);
        yield return Case(7, "InstanceNormalization", [F(2, 3, 5, 4), Arg.Const(F(3)), Arg.Const(F(3))]);
        yield return Case(17, "LayerNormalization", [F(2, 3, 5), Arg.Const(F(5)), Arg.Const(F(5))]);
        yield return Case(17, "LayerNormalization", [F(2, 3, 5), Arg.Const(F(3, 5))], ("axis", 1L), ("epsilon", 1e-2f)) with { Outputs = 3 };
        yield return Case(18, "GroupNormalization", [F(2, 6, 5), Arg.Const(F(2)), Arg.Const(F(2))], ("num_groups", 2L));
        yield return Case(21, "GroupNormalization", [F(2, 6, 5), Arg.Const(F(6)), Arg.Const(F(6))], ("num_groups", 3L));
        yield return Case(7, "LRN", [F(2, 6, 3, 4)], ("size", 3L), ("alpha", 0.5f), ("beta", 0.5f), ("bias", 2f));
        yield return Case(13, "LRN", [F(2, 6, 3, 4)], ("size", 5L));
        yield return Case(9, "MeanVarianceNormalization", [F(2, 3, 5, 4)]);
        yield return Case(7, "LpNormalization", [F(2, 3, 5)], ("axis", 1L), ("p", 1L));
        yield return Case(7, "LpNormalization", [F(2, 3, 5)]);
    }

    private static IEnumerable<OperatorCase> Creation()
    {
        yield return Case(9, "Constant", [], ("value", F(2, 3)));
        yield return Case(12, "Constant", [], ("value_float", 0.5f));
        yield return Case(12, "Constant", [], ("value_floats", new float[] { 1, 2 }));
        yield return Case(12, "Constant", [], ("value_ints", new long[] { 1, 2 }));
        yield return Case(12, "Constant", [], ("value_int", 3L));
        yield return Case(12, "Constant", [], ("value_strings", new[] { "a", "b" }));
        yield return Case(9, "ConstantOfShape", [Longs(2, 3)], ("value", Longs(7))) with { MayBeOpen = false };
        yield return Case(9, "ConstantOfShape", [Arg.List(0, 3)]);
        yield return Case(11, "Range", [Literal.Scalar(DType.I64, 2), Literal.Scalar(DType.I64, 9), Literal.Scalar(DType.I64, 3)]);
        yield return Case(11, "Range", [Literal.Scalar(DType.F32, 2), Literal.Scalar(DType.F32, -1), Literal.Scalar(DType.F32, -0.75)]);
        yield return Case(11, "Range", [Arg.Number(DType.I64, 5), Arg.Number(DType.I64, 1), Arg.Number(DType.I64, 1)]);
        foreach (var (start, limit, step) in new[] { (0L, long.MaxValue, 1L << 62), (5L, 0L, long.MinValue), (-5L, 5L, long.MaxValue) })
        {
            yield return Case(11, "Range", [One(start), One(limit), One(step)]);
            yield return Case(11, "Range", [Arg.Const(One(start)), Arg.Const(One(limit)), Arg.Const(One(step))]);
        }

        yield return Case(9, "EyeLike", [F(3, 4)], ("k", 1L));
        foreach (long far in new[] { long.MaxValue, long.MinValue })
            yield return Case(9, "EyeLike", [F(3, 4)], ("k", far));
        yield return Case(9, "EyeLike", [F(3, 4)], ("dtype", (long)ElementTypes.Of(DType.I64)));

        static Literal One(long number) => Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => number);
    }

    private static IEnumerable<OperatorCase> Recurrent()
    {
        foreach (var (name, gates, states) in new[] { ("RNN", 1, 1), ("GRU", 3, 1), ("LSTM", 4, 2) })
        {
            foreach (string direction in new[] { "forward", "reverse", "bidirectional" })
            {
                int d = direction == "bidirectional" ? 2 : 1;
                Arg[] weights = [F(6, 3, 4), Arg.Const(F(d, gates * 5, 4)), Arg.Const(F(d, gates * 5, 5)), Arg.Const(F(d, gates * 10))];
                (string, object)[] sizes = [("hidden_size", 5L), ("direction", direction)];
                yield return Case(7, name, weights, sizes) with { Outputs = 1 + states };
                yield return Case(14, name, [.. weights, new Literal(new(DType.I32, [3]), new[] { 6, 2, 4 }), F(d, 3, 5)], sizes) with { Outputs = 1 + states, MayBeOpen = false };
            }
        }

        Arg[] lstm = [F(6, 3, 4), Arg.Const(F(1, 20, 4)), Arg.Const(F(1, 20, 5)), Arg.None, Arg.None, F(1, 3, 5), Arg.Const(F(1, 3, 5)), Arg.Const(F(1, 15))];
        yield return Case(14, "LSTM", lstm, ("hidden_size", 5L)) with { Outputs = 3, MayBeOpen = false };
        yield return Case(14, "LSTM", lstm, ("hidden_size", 5L), ("clip", 0.25f), ("activations", new[] { "Sigmoid", "Relu", "Softsign" })) with { Outputs = 3, MayBeOpen = false };
        Arg[] gru = [F(6, 3, 4), Arg.Const(F(1, 15, 4)), Arg.Const(F(1, 15, 5)), Arg.Const(F(1, 30))];
        yield return Case(14, "GRU", gru, ("hidden_size", 5L), ("linear_before_reset", 1L)) with { Outputs = 2 };
    }

    private static IEnumerable<OperatorCase> Quantization()
    {
        Arg scale = Arg.Number(DType.F32, 0.05), zero = Arg.Number(DType.U8, 128), signed = Arg.Number(DType.I8, 3);
        yield return Case(10, "QuantizeLinear", [F(3, 5), scale, zero]);
        yield return Case(13, "QuantizeLinear", [F(3, 5), Arg.Floats(0.1f, 0.2f, 0.3f, 0.05f, 0.5f), Arg.Const(Literal.Zeros(new(DType.I8, [5])))]);
        yield return Case(13, "QuantizeLinear", [F(3, 5), scale]);
        yield return Case(19, "QuantizeLinear", [F(3, 5), scale, signed], ("axis", 0L));
        yield return Case(21, "QuantizeLinear", [F(3, 5), scale, signed], ("axis", 0L));
        yield return Case(21, "DequantizeLinear", [Of(DType.U8, 3, 5), scale, zero]);
        yield return Case(10, "DequantizeLinear", [Of(DType.U8, 3, 5), scale, zero]);
        yield return Case(13, "DequantizeLinear", [Of(DType.I8, 5, 3), Arg.Floats(0.1f, 0.2f, 0.3f)], ("axis", -1L));
        yield return Case(11, "DynamicQuantizeLinear", [F(3, 5)]) with { Outputs = 3 };
        yield return Case(10, "MatMulInteger", [Of(DType.U8, 3, 4), Of(DType.I8, 4, 5), zero, signed]);
        yield return Case(10, "ConvInteger", [Of(DType.U8, 2, 3, 5, 5), Of(DType.U8, 4, 3, 2, 2), zero], ("pads", new long[] { 1, 0, 0, 1 }));
        yield return Case(10, "QLinearMatMul", [Of(DType.U8, 3, 4), scale, zero, Of(DType.U8, 4, 5), scale, zero, Arg.Number(DType.F32, 0.5), zero]);
        yield return Case(10, "QLinearConv", [Of(DType.U8, 2, 3, 5, 5), scale, zero, Arg.Const(Of(DType.U8, 4, 3, 2, 2)), scale, zero, Arg.Number(DType.F32, 0.5), zero]);
    }

    private static IEnumerable<OperatorCase> Sampling()
    {
        yield return Case(7, "Upsample", [F(2, 3, 4, 5)], ("mode", "nearest"), ("scales", new float[] { 1, 1, 2, 3 }));
        yield return Case(9, "Upsample", [F(2, 3, 4, 5), Arg.Floats(1, 1, 2, 1.5f)], ("mode", "linear"));
        yield return Case(10, "Resize", [F(2, 3, 4, 5), Arg.Floats(1, 1, 2, 0.6f)]);
        foreach (string transform in new[] { "half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners" })
        {
            foreach (string nearest in new[] { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" })
                yield return Case(13, "Resize", [F(1, 2, 4, 5), Arg.None, Arg.Floats(1, 1, 2, 0.6f)], ("coordinate_transformation_mode", transform), ("nearest_mode", nearest));
            yield return Case(13, "Resize", [F(1, 2, 4, 5), Arg.None, Arg.Floats(1, 1, 2, 0.6f)], ("coordinate_transformation_mode", transform), ("mode", "linear"));
            yield return Case(13, "Resize", [F(1, 2, 4, 5), Arg.None, Arg.None, Arg.List(1, 2, 7, 3)], ("coordinate_transformation_mode", transform), ("mode", "linear")) with { MayBeOpen = false };
        }

        yield return Case(18, "Resize", [F(2, 3, 4, 5), Arg.None, Arg.None, Arg.List(6, 6)], ("mode", "linear"), ("axes", new long[] { 2, 3 }));
        foreach (string transform in new[] { "half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners" })
        {
            yield return Case(13, "Resize", [F(1, 2, 4, 5), Arg.None, Arg.Floats(1, 1, 2, 0.6f)], ("coordinate_transformation_mode", transform), ("mode", "cubic"));
            yield return Case(13, "Resize", [F(1, 2, 4, 5), Arg.None, Arg.None, Arg.List(1, 2, 7, 9)], ("coordinate_transformation_mode", transform), ("mode", "cubic"), ("cubic_coeff_a", -0.5f)) with { MayBeOpen = false };
        }

        yield return Case(13, "Resize", [F(1, 2, 4, 5), Arg.None, Arg.Floats(1, 1, 2, 1.5f)], ("mode", "cubic"), ("exclude_outside", 1L));
        yield return Case(13, "Resize", [F(1, 2, 4, 5), Arg.None, Arg.Floats(1, 1, 2, 1.5f)], ("mode", "cubic"), ("exclude_outside", 1L), ("coordinate_transformation_mode", "asymmetric"));
        yield return Case(19, "Resize", [F(1, 2, 4, 5), Arg.None, Arg.Floats(1, 1, 1.7f, 1.3f)], ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel_symmetric"));
        foreach (string mode in new[] { "nearest", "linear", "cubic" })
        {
            yield return Case(13, "Resize", [F(1, 2, 4, 5), Arg.Floats(0, 0, 0.2f, -0.3f, 1, 1, 0.7f, 1.2f), Arg.None, Arg.List(1, 2, 5, 7)],
                ("mode", mode), ("coordinate_transformation_mode", "tf_crop_and_resize"), ("extrapolation_value", 9f)) with { MayBeOpen = false };
        }

        foreach (string mode in new[] { "linear", "cubic" })
        {
            yield return Case(18, "Resize", [F(1, 2, 12, 10), Arg.None, Arg.Floats(1, 1, 0.5f, 0.35f)], ("mode", mode), ("antialias", 1L));
            yield return Case(18, "Resize", [F(1, 2, 12, 10), Arg.None, Arg.None, Arg.List(1, 2, 5, 20)], ("mode", mode), ("antialias", 1L)) with { MayBeOpen = false };
        }

        foreach (string policy in new[] { "not_larger", "not_smaller" })
            yield return Case(18, "Resize", [F(1, 2, 4, 5), Arg.None, Arg.None, Arg.List(7, 9)], ("mode", "linear"), ("axes", new long[] { 2, 3 }), ("keep_aspect_ratio_policy", policy));
    }
}
