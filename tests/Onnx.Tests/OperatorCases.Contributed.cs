namespace TensorGraph.Tests;

/// <summary>Detection, and operators of ONNX Runtime's own domain.</summary>
internal static partial class OperatorCases
{
    private const string Own = OperatorRules.Contributed;

    private static IEnumerable<OperatorCase> Suppression()
    {
        // Boxes that overlap in part, some with their corners the other way round, and scores of which some are equal.
        var boxes = Literal.FromDoubles(new(DType.F32, [2, 9, 4]), i => (i * 7 % 10) + (i % 4 >= 2 ? 3 : 0));
        var scores = Literal.FromDoubles(new(DType.F32, [2, 3, 9]), i => (i * 5 % 11) / 11.0);
        yield return Case(10, "NonMaxSuppression", [boxes, scores, Arg.List(4), Arg.Floats(0.3f), Arg.Floats(0.2f)]);
        yield return Case(11, "NonMaxSuppression", [boxes, scores, Arg.Number(DType.I64, 100), Arg.Number(DType.F32, 0.1)]);
        yield return Case(11, "NonMaxSuppression", [boxes, scores, Arg.List(3)], ("center_point_box", 1L));
        yield return Case(11, "NonMaxSuppression", [boxes, scores, Longs(2), Singles(0.5f), Singles(0.4f)]);
        yield return Case(11, "NonMaxSuppression", [boxes, scores, Arg.List(3), Arg.Floats(0.5f), Arg.Floats(5f)]);
        yield return Case(11, "NonMaxSuppression", [boxes, scores]);
        yield return Case(11, "NonMaxSuppression", [F(2, 0, 4), F(2, 3, 0), Arg.List(3)]);
    }

    private static IEnumerable<OperatorCase> Places()
    {
        // Many places are outside of the image.
        foreach (string padding in new[] { "zeros", "border", "reflection" })
        {
            foreach (long aligned in new[] { 0L, 1L })
            {
                foreach (string mode in new[] { "bilinear", "nearest", "bicubic" })
                    yield return Grid(16, mode, F(2, 3, 5, 4), F(2, 3, 7, 2));
                foreach (string mode in new[] { "linear", "nearest", "cubic" })
                    yield return Grid(20, mode, F(1, 2, 4, 5), F(1, 6, 1, 2));
                yield return Grid(20, "linear", F(1, 2, 3, 4, 5), F(1, 2, 3, 4, 3));

                OperatorCase Grid(long opset, string mode, Literal x, Literal at) =>
                    Case(opset, "GridSample", [x, at], ("mode", mode), ("padding_mode", padding), ("align_corners", aligned)) with { MayBeOpen = false };
            }
        }

        var regions = new Literal(new(DType.F32, [4, 4]), new[] { 0f, 0, 9, 9, 2.3f, 1.7f, 11.1f, 6.2f, -3, -2, 30, 25, 5, 5, 5.2f, 5.1f });
        foreach (string mode in new[] { "avg", "max" })
        {
            (string, object)[] cells = [("mode", mode), ("output_height", 3L), ("output_width", 2L), ("sampling_ratio", 2L), ("spatial_scale", 0.5f)];
            yield return Case(10, "RoiAlign", [F(2, 3, 7, 6), regions, Longs(0, 1, 1, 0)], cells);
            foreach (string coordinates in new[] { "half_pixel", "output_half_pixel" })
                yield return Case(16, "RoiAlign", [F(2, 3, 7, 6), regions, Longs(0, 1, 1, 0)], [.. cells, ("coordinate_transformation_mode", coordinates)]);
            // As many samples as each region needs; some regions are empty, or their corners the other way round.
            var more = new Literal(new(DType.F32, [5, 4]), new[] { 0f, 0, 5, 5, 1, 1, 4, 2, 3, 3, 3, 3, 4, 4, 2, 1, -3, -2, 8, 9 });
            foreach (long opset in new[] { 10, 16 })
            {
                (string, object)[] adaptive = [("mode", mode), ("output_height", 2L), ("output_width", 3L), ("spatial_scale", 0.9f)];
                yield return Case(opset, "RoiAlign", [F(1, 2, 6, 7), more, Longs(0, 0, 0, 0, 0)], adaptive);
                yield return Case(opset, "RoiAlign", [F(1, 2, 6, 7), Arg.Const(more), Longs(0, 0, 0, 0, 0)], adaptive);
                yield return Case(opset, "RoiAlign", [F(1, 2, 6, 7), Literal.Zeros(new(DType.F32, [0, 4])), Longs()], adaptive);
                yield return Case(opset, "RoiAlign", [F(1, 2, 1, 7), more, Longs(0, 0, 0, 0, 0)], adaptive);
            }
        }
    }

    private static IEnumerable<OperatorCase> Transformers()
    {
        yield return Case(1, $"{Own}.FusedMatMul", [F(2, 3, 4), F(2, 4, 5)], ("alpha", 0.5f));
        yield return Case(1, $"{Own}.FusedMatMul", [F(2, 4, 3), F(2, 5, 4)], ("transA", 1L), ("transB", 1L));
        yield return Case(1, $"{Own}.FusedConv", [F(1, 2, 5, 5), Arg.Const(F(3, 2, 3, 3)), Arg.Const(F(3))], ("activation", "Relu"));
        yield return Case(1, $"{Own}.FusedConv", [F(1, 2, 5, 5), Arg.Const(F(3, 2, 3, 3)), Arg.Const(F(3))], ("activation", "LeakyRelu"), ("activation_params", new[] { 0.2f }));
        yield return Case(1, $"{Own}.FusedConv", [F(1, 2, 5, 5), Arg.Const(F(3, 2, 3, 3)), Arg.Const(F(3)), F(1, 3, 3, 3)], ("activation", "Relu"));
        yield return Case(1, $"{Own}.FusedGemm", [F(3, 4), F(4, 5), F(5)], ("activation", "Relu"));
        yield return Case(1, $"{Own}.FusedGemm", [F(3, 4), F(5, 4), F(5)], ("activation", "LeakyRelu"), ("activation_alpha", 0.1f), ("transB", 1L));
        yield return Case(1, $"{Own}.Gelu", [F(3, 5)]);
        yield return Case(1, $"{Own}.FastGelu", [F(3, 5)]);
        yield return Case(1, $"{Own}.FastGelu", [F(3, 5), F(5)]);
        yield return Case(1, $"{Own}.BiasGelu", [F(3, 5), F(5)]);
        yield return Case(1, $"{Own}.QuickGelu", [F(3, 5)]);
        yield return Case(1, $"{Own}.QuickGelu", [F(3, 5)], ("alpha", 2f));
        yield return Case(13, "LayerNormalization", [F(2, 3, 5), F(5), F(5)], ("epsilon", 1e-3f));
        yield return Case(13, "SimplifiedLayerNormalization", [F(2, 3, 5), F(5)], ("axis", -1L));
        yield return Case(1, $"{Own}.SkipLayerNormalization", [F(2, 3, 8), F(2, 3, 8), F(8), F(8)], ("epsilon", 1e-5f));
        yield return Case(1, $"{Own}.SkipLayerNormalization", [F(2, 3, 8), F(2, 3, 8), F(8), F(8), F(8)], ("epsilon", 1e-5f));
        yield return Case(1, $"{Own}.SkipSimplifiedLayerNormalization", [F(2, 3, 8), F(2, 3, 8), F(8)], ("epsilon", 1e-5f));
        var ids = new Literal(new(DType.I32, [2, 3]), new[] { 1, 4, 2, 0, 3, 1 });
        var mask = new Literal(new(DType.I32, [2, 3]), new[] { 1, 1, 0, 1, 1, 1 });
        var segments = new Literal(new(DType.I32, [2, 3]), new[] { 0, 0, 1, 0, 1, 1 });
        Arg[] tables = [Arg.Const(F(6, 8)), Arg.Const(F(4, 8)), Arg.Const(F(2, 8)), Arg.Const(F(8)), Arg.Const(F(8))];
        yield return Case(1, $"{Own}.EmbedLayerNormalization", [ids, segments, .. tables, mask], ("epsilon", 1e-5f)) with { Outputs = 2, MayBeOpen = false };
        yield return Case(1, $"{Own}.EmbedLayerNormalization", [ids, Arg.None, tables[0], tables[1], Arg.None, tables[3], tables[4]], ("epsilon", 1e-5f)) with { Outputs = 2 };
        Arg[] attention = [F(2, 3, 8), Arg.Const(F(8, 24)), Arg.Const(F(24))];
        yield return Case(1, $"{Own}.Attention", attention, ("num_heads", 2L));
        yield return Case(1, $"{Own}.Attention", attention, ("num_heads", 2L), ("unidirectional", 1L));
        yield return Case(1, $"{Own}.Attention", attention, ("num_heads", 4L), ("scale", 0.3f));
        yield return Case(1, $"{Own}.Attention", [.. attention, mask], ("num_heads", 2L)) with { MayBeOpen = false };
        yield return Case(1, $"{Own}.Attention", [.. attention, new Literal(new(DType.I32, [2]), new[] { 2, 3 })], ("num_heads", 2L)) with { MayBeOpen = false };
        // Lengths and first tokens, and lengths with their sums. What is not above 0 hides a token.
        foreach (int[] lengths in new[] { [2, 3, 0, 1], [3, 2, 1, 0], [1, 3, 2, 0], [3, 3, 2, 2], new[] { 2, 3, 0, 2, 5, 0, 2, 5 } })
        {
            var given = new Literal(new(DType.I32, [lengths.Length]), lengths);
            yield return Case(1, $"{Own}.Attention", [.. attention, given], ("num_heads", 2L)) with { MayBeOpen = false };
        }

        yield return Case(1, $"{Own}.Attention", [.. attention, new Literal(new(DType.I32, [2, 3]), new[] { 1, -1, 0, 2, 1, -5 })], ("num_heads", 2L)) with { MayBeOpen = false };
        yield return Case(1, $"{Own}.MultiHeadAttention", [F(2, 3, 8), F(2, 3, 8), F(2, 3, 8), Arg.None, new Literal(new(DType.I32, [8]), new[] { 2, 3, 0, 2, 5, 0, 2, 5 })],
            ("num_heads", 2L)) with { MayBeOpen = false };
        // Keys longer or shorter than the query, causal.
        foreach (var (own, all) in new[] { (3, 5), (1, 4), (5, 3), (3, 3) })
            yield return Case(1, $"{Own}.MultiHeadAttention", [F(2, own, 8), F(2, all, 8), F(2, all, 8)], ("num_heads", 2L), ("unidirectional", 1L)) with { MayBeOpen = false };
        yield return Case(1, $"{Own}.Attention", [F(2, 3, 8), Arg.Const(F(8, 28)), Arg.Const(F(28))], ("num_heads", 2L), ("qkv_hidden_sizes", new long[] { 8, 8, 12 }));
        yield return Case(1, $"{Own}.Attention", [F(2, 3, 8), Arg.Const(F(8, 24)), Arg.Const(F(24)), Arg.None, Arg.None, F(2, 2, 3, 3)], ("num_heads", 2L)) with { MayBeOpen = false };
        var past = F(2, 2, 2, 5, 4);
        var longMask = new Literal(new(DType.I32, [2, 8]), new[] { 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0 });
        yield return Case(1, $"{Own}.Attention", [.. attention, Arg.None, past], ("num_heads", 2L)) with { Outputs = 2, MayBeOpen = false };
        yield return Case(1, $"{Own}.Attention", [.. attention, Arg.None, past], ("num_heads", 2L), ("unidirectional", 1L)) with { Outputs = 2, MayBeOpen = false };
        yield return Case(1, $"{Own}.Attention", [.. attention, longMask, past], ("num_heads", 2L), ("unidirectional", 1L)) with { Outputs = 2, MayBeOpen = false };
        yield return Case(1, $"{Own}.Attention", [.. attention, Arg.None, F(2, 2, 2, 0, 4)], ("num_heads", 2L)) with { Outputs = 2, MayBeOpen = false };
        yield return Case(1, $"{Own}.MultiHeadAttention", [F(2, 3, 8), F(2, 3, 8), F(2, 3, 8), Arg.None, Arg.None, Arg.None, F(2, 2, 5, 4), F(2, 2, 5, 4)],
            ("num_heads", 2L)) with { Outputs = 3, MayBeOpen = false };
        yield return Case(1, $"{Own}.MultiHeadAttention", [F(2, 3, 8), F(2, 5, 8), F(2, 5, 8)], ("num_heads", 2L)) with { MayBeOpen = false };
        yield return Case(1, $"{Own}.MultiHeadAttention", [F(2, 3, 8), F(2, 3, 8), F(2, 3, 8), Arg.Const(F(24))], ("num_heads", 4L)) with { MayBeOpen = false };
        yield return Case(1, $"{Own}.MultiHeadAttention", [F(2, 3, 8), F(2, 3, 8), F(2, 3, 8), Arg.None, mask], ("num_heads", 2L)) with { MayBeOpen = false };
    }

    private static IEnumerable<OperatorCase> QLinear()
    {
        // No sum of two lies in the middle of two integers.
        Arg scale = Arg.Number(DType.F32, 0.047), other = Arg.Number(DType.F32, 0.1), zero = Arg.Number(DType.U8, 128), signed = Arg.Number(DType.I8, 3);
        yield return Case(1, $"{Own}.QuantizeLinear", [F(3, 5), scale, zero]);
        yield return Case(1, $"{Own}.DequantizeLinear", [Of(DType.U8, 3, 5), scale, zero]);
        foreach (string name in new[] { "QLinearAdd", "QLinearMul" })
        {
            yield return Case(1, $"{Own}.{name}", [Of(DType.U8, 3, 5), scale, zero, Of(DType.U8, 5), other, zero, other, zero]);
            yield return Case(1, $"{Own}.{name}", [Of(DType.I8, 3, 5), scale, signed, Of(DType.I8, 3, 5), other, signed, other, signed]);
        }

        yield return Case(1, $"{Own}.QLinearSigmoid", [Of(DType.U8, 3, 5), scale, zero, Arg.Number(DType.F32, 1 / 256f), Arg.Number(DType.U8, 0)]);
        yield return Case(1, $"{Own}.QLinearLeakyRelu", [Of(DType.U8, 3, 5), scale, zero, other, zero], ("alpha", 0.2f));
        yield return Case(1, $"{Own}.QLinearSoftmax", [Of(DType.U8, 3, 5), other, zero, Arg.Number(DType.F32, 1 / 256f), Arg.Number(DType.U8, 0)], ("opset", 13L), ("axis", -1L));
        yield return Case(1, $"{Own}.QLinearGlobalAveragePool", [Of(DType.U8, 2, 3, 4, 5), scale, zero, other, zero], ("channels_last", 0L));
        yield return Case(1, $"{Own}.QLinearAveragePool", [Of(DType.U8, 2, 3, 4, 5), scale, zero, other, zero], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 1 }));
        yield return Case(1, $"{Own}.QLinearConcat", [other, zero, Of(DType.U8, 2, 3), scale, zero, Of(DType.U8, 2, 4), other, zero], ("axis", 1L)) with { MayBeOpen = false };
        yield return Case(1, $"{Own}.MatMulIntegerToFloat", [Of(DType.U8, 3, 4), Arg.Const(Of(DType.I8, 4, 5)), scale, other, zero, signed]);
        yield return Case(1, $"{Own}.MatMulIntegerToFloat", [Of(DType.U8, 3, 4), Arg.Const(Of(DType.U8, 4, 5)), scale, other, zero, zero, Arg.Const(F(5))]);
        yield return Case(1, $"{Own}.DynamicQuantizeMatMul", [F(3, 4), Arg.Const(Of(DType.I8, 4, 5)), scale, signed]);
    }
}
