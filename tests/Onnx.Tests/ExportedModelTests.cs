using TensorGraph.OnnxFormat;
using static TensorGraph.Tests.Onnx;

namespace TensorGraph.Tests;

/// <summary>Small models in the shape of those that exporters write: image classifiers, detectors, transformers, plain, optimised and quantised.</summary>
public sealed class ExportedModelTests
{
    private const string Own = OperatorRules.Contributed;

    private int _seed;

    private Literal Weights(params long[] shape) => Numbers(0.5, shape);

    private Literal Numbers(double size, params long[] shape)
    {
        var random = new Random(++_seed);
        return Literal.FromDoubles(new(DType.F32, new Shape(shape)), _ => ((random.NextDouble() * 2) - 1) * size);
    }

    private static Literal Ids(int tokens, params long[] shape) => Literal.FromLongs(new(DType.I64, new Shape(shape)), i => (i * 5 + 1) % tokens);

    private static void Agrees(ModelProto model, params Literal[][] calls)
    {
        var imported = ModelFile.Import(model);
        foreach (var call in calls)
            Agreement.Same(ImportedModel.Run(imported, call), OnnxRuntime.Run(model, call), $"call of {string.Join(", ", call.Select(each => $"{each.Type}"))}", 1e-4);
    }

    private static ModelProto Optimised(GraphProto graph)
    {
        var model = Model(graph);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = Own, Version = 1 });
        foreach (var node in graph.Node.Where(node => OperatorRules.All.ContainsKey($"{Own}.{node.OpType}") && !OperatorRules.All.ContainsKey(node.OpType)))
            node.Domain = Own;
        return model;
    }

    [RuntimeFact]
    public void A_residual_network_with_folded_normalisation() => Agrees(
        Model(Graph("input: f32[batch, 3, 32, 32]", "output",
            Node("Conv", "input w0 b0", "c0", ("kernel_shape", new long[] { 7, 7 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 3, 3, 3, 3 }), ("dilations", new long[] { 1, 1 }), ("group", 1L)),
            Node("Relu", "c0", "r0"),
            Node("MaxPool", "r0", "p0", ("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 })),
            Node("Conv", "p0 w1", "c1", ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 })),
            Node("BatchNormalization", "c1 s m v u", "n1", ("epsilon", 1e-5f)), Node("Relu", "n1", "r1"),
            Node("Conv", "r1 w2 b0", "c2", ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 })),
            Node("Add", "c2 p0", "a2"), Node("Relu", "a2", "r2"),
            Node("GlobalAveragePool", "r2", "g"), Node("Flatten", "g", "f", ("axis", 1L)), Node("Gemm", "f w3 b3", "output", ("transB", 1L)))
            .With("w0", Weights(8, 3, 7, 7)).With("b0", Weights(8)).With("w1", Weights(8, 8, 3, 3)).With("w2", Weights(8, 8, 3, 3))
            .With("s", Weights(8)).With("m", Weights(8)).With("v", Weights(8)).With("u", Literal.FromDoubles(new(DType.F32, [8]), i => 0.5 + i))
            .With("w3", Weights(10, 8)).With("b3", Weights(10)), opset: 13),
        [Weights(1, 3, 32, 32)], [Weights(2, 3, 32, 32)]);

    [RuntimeFact]
    public void A_mobile_network_with_channel_attention() => Agrees(
        Model(Graph("input: f32[batch, 3, 24, 24]", "output",
            Node("Conv", "input w0 b0", "c0", ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 })), Node("HardSwish", "c0", "h0"),
            Node("Conv", "h0 w1 b0", "c1", ("group", 8L), ("pads", new long[] { 2, 2, 2, 2 })), Constant("low", Literal.Scalar(DType.F32, 0)),
            Constant("six", Literal.Scalar(DType.F32, 6)), Node("Clip", "c1 low six", "r1"),
            Node("ReduceMean", "r1", "s0", ("axes", new long[] { 2, 3 }), ("keepdims", 1L)), Node("Conv", "s0 w2 b2", "s1"), Node("Relu", "s1", "s2"),
            Node("Conv", "s2 w3 b0", "s3"), Node("HardSigmoid", "s3", "s4", ("alpha", 1 / 6f)), Node("Mul", "r1 s4", "m"),
            Node("GlobalAveragePool", "m", "g"), Node("Shape", "g", "shape"), Number("zero", 0), Node("Gather", "shape zero", "n", ("axis", 0L)), List("first", 0),
            Node("Unsqueeze", "n first", "n1"), List("rest", -1), Node("Concat", "n1 rest", "flat", ("axis", 0L)), Node("Reshape", "g flat", "f"),
            Node("Gemm", "f w4 b4", "logits", ("transB", 1L)), Node("Softmax", "logits", "output", ("axis", 1L)))
            .With("w0", Weights(8, 3, 3, 3)).With("b0", Weights(8)).With("w1", Weights(8, 1, 5, 5)).With("w2", Weights(4, 8, 1, 1)).With("b2", Weights(4))
            .With("w3", Weights(8, 4, 1, 1)).With("w4", Weights(5, 8)).With("b4", Weights(5)), opset: 14),
        [Weights(1, 3, 24, 24)], [Weights(3, 3, 24, 24)]);

    // A head of boxes and scores on two scales, with the suppression that "end to end" exports have.
    [RuntimeFact]
    public void A_detector_with_suppression() => Agrees(
        Model(Graph("images: f32[1, 3, 16, 16]", "chosen kept picked",
            Node("Conv", "images w0 b0", "c0", ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 })), Node("Sigmoid", "c0", "g0"), Node("Mul", "c0 g0", "a0"),
            Node("Conv", "a0 w1 b0", "c1", ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 })), Node("Sigmoid", "c1", "g1"), Node("Mul", "c1 g1", "a1"),
            Node("Resize", "a1 _ twice", "up", ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor")),
            Node("Concat", "up a0", "both", ("axis", 1L)), Node("Conv", "both w2 b2", "head"), List("flat", 1, 7, 64), Node("Reshape", "head flat", "h"),
            Node("Split", "h parts", "raw scores", ("axis", 1L)), Node("Sigmoid", "scores", "likely"), Node("Transpose", "raw", "t", ("perm", new long[] { 0, 2, 1 })),
            Node("Exp", "t", "boxes"), Node("NonMaxSuppression", "boxes likely most covers least", "chosen", ("center_point_box", 1L)),
            List("box", 2), List("end", 3), List("axis", 1), Node("Slice", "chosen box end axis", "at"), Node("Squeeze", "at axis", "index"), Number("zero", 0),
            Node("Gather", "boxes zero", "image", ("axis", 0L)), Node("Gather", "image index", "kept", ("axis", 0L)), Node("GatherND", "likely chosen", "picked"))
            .With("w0", Weights(4, 3, 3, 3)).With("b0", Weights(4)).With("w1", Weights(4, 4, 3, 3)).With("w2", Weights(7, 8, 1, 1)).With("b2", Weights(7))
            .With("twice", new(new(DType.F32, [4]), new float[] { 1, 1, 2, 2 })).With("parts", new(new(DType.I64, [2]), new long[] { 4, 3 }))
            .With("most", new(new(DType.I64, [1]), new long[] { 5 })).With("covers", new(new(DType.F32, [1]), new[] { 0.45f })).With("least", new(new(DType.F32, [1]), new[] { 0.25f }))),
        [Weights(1, 3, 16, 16)], [Weights(1, 3, 16, 16)]);

    [RuntimeFact]
    public void A_transformer_encoder_as_it_is_exported() => Agrees(
        Model(Graph("input_ids: i64[batch, sequence]; attention_mask: i64[batch, sequence]", "last",
            [Node("Gather", "words input_ids", "e0", ("axis", 0L)), Node("Shape", "input_ids", "s"), Number("one", 1), Number("zero", 0), Node("Gather", "s one", "length"),
            Node("Range", "zero length one", "places"), Node("Gather", "positions places", "e1"), Node("Add", "e0 e1", "e"), Node("LayerNormalization", "e g b", "x", ("epsilon", 1e-5f)),
            List("a1", 1), List("a2", 2), Node("Unsqueeze", "attention_mask a1", "m1"), Node("Unsqueeze", "m1 a2", "m2"), Node("Cast", "m2", "m3", ("to", 1L)),
            Constant("f1", Literal.Scalar(DType.F32, 1)), Node("Sub", "f1 m3", "m4"), Constant("lowest", Literal.Scalar(DType.F32, float.MinValue)), Node("Mul", "m4 lowest", "mask"),
            Node("Gather", "s zero", "rows"), List("a0", 0), Node("Unsqueeze", "rows a0", "r1"), Node("Unsqueeze", "length a0", "l1"), List("heads", 2, 4),
            Node("Concat", "r1 l1 heads", "split", ("axis", 0L)),
            .. Projection("q", new long[] { 0, 2, 1, 3 }), .. Projection("k", new long[] { 0, 2, 3, 1 }), .. Projection("v", new long[] { 0, 2, 1, 3 }),
            Node("MatMul", "qt kt", "qk"), Constant("root", Literal.Scalar(DType.F32, 2)), Node("Div", "qk root", "qs"), Node("Add", "qs mask", "qm"), Node("Softmax", "qm", "p", ("axis", -1L)),
            Node("MatMul", "p vt", "pv"), Node("Transpose", "pv", "pvt", ("perm", new long[] { 0, 2, 1, 3 })), List("width", 8), Node("Concat", "r1 l1 width", "joined", ("axis", 0L)),
            Node("Reshape", "pvt joined", "o0"), Node("MatMul", "o0 wo", "o1"), Node("Add", "o1 x", "o2"), Node("LayerNormalization", "o2 g b", "y", ("epsilon", 1e-5f)),
            Node("MatMul", "y w1", "h0"), Constant("rt2", Literal.Scalar(DType.F32, Math.Sqrt(2))), Node("Div", "h0 rt2", "h1"), Node("Erf", "h1", "h2"), Node("Add", "h2 f1", "h3"),
            Node("Mul", "h0 h3", "h4"), Constant("half", Literal.Scalar(DType.F32, 0.5)), Node("Mul", "h4 half", "h5"), Node("MatMul", "h5 w2", "h6"), Node("Add", "h6 y", "last")])
            .With("words", Weights(11, 8)).With("positions", Weights(9, 8)).With("g", Weights(8)).With("b", Weights(8)).With("wq", Weights(8, 8)).With("wk", Weights(8, 8))
            .With("wv", Weights(8, 8)).With("wo", Weights(8, 8)).With("w1", Weights(8, 16)).With("w2", Weights(16, 8))),
        [Ids(11, 1, 4), Ones(1, 4)], [Ids(11, 3, 7), Mask(3, 7)]);

    private static NodeProto[] Projection(string name, long[] order) =>
    [
        Node("MatMul", $"x w{name}", $"{name}0"), Node("Reshape", $"{name}0 split", $"{name}1"), Node("Transpose", $"{name}1", $"{name}t", ("perm", order)),
    ];

    private static Literal Ones(params long[] shape) => Literal.FromLongs(new(DType.I64, new Shape(shape)), _ => 1);

    private static Literal Mask(long rows, long columns) => Literal.FromLongs(new(DType.I64, [rows, columns]), i => i % columns < columns - (i / columns) ? 1 : 0);

    [RuntimeFact]
    public void A_transformer_encoder_after_the_optimiser() => Agrees(
        Optimised(Graph("input_ids: i32[batch, sequence]; segment_ids: i32[batch, sequence]; input_mask: i32[batch, sequence]", "last",
            Node("EmbedLayerNormalization", "input_ids segment_ids words positions segments g b input_mask", "x lengths", ("epsilon", 1e-5f)),
            Node("Attention", "x wqkv bqkv lengths", "o0", ("num_heads", 2L)), Node("MatMul", "o0 wo", "o1"),
            Node("SkipLayerNormalization", "o1 x g b b", "y", ("epsilon", 1e-5f)), Node("MatMul", "y w1", "h0"), Node("BiasGelu", "h0 b1", "h1"),
            Node("MatMul", "h1 w2", "h2"), Node("SkipLayerNormalization", "h2 y g b", "z", ("epsilon", 1e-5f)), Node("FusedMatMul", "z words", "last", ("transB", 1L), ("alpha", 0.5f)))
            .With("words", Weights(11, 8)).With("positions", Weights(9, 8)).With("segments", Weights(2, 8)).With("g", Weights(8)).With("b", Weights(8))
            .With("wqkv", Weights(8, 24)).With("bqkv", Weights(24)).With("wo", Weights(8, 8)).With("w1", Weights(8, 16)).With("b1", Weights(16)).With("w2", Weights(16, 8))),
        [Whole(Ids(11, 2, 5)), Whole(Literal.Zeros(new(DType.I64, [2, 5]))), Whole(Mask(2, 5))], [Whole(Ids(11, 1, 3)), Whole(Ones(1, 3)), Whole(Ones(1, 3))]);

    private static Literal Whole(Literal longs) => Literal.FromLongs(new(DType.I32, longs.Type.Shape), longs.GetLong);

    // Causal attention over a past that grows.
    [RuntimeFact]
    public void A_decoder_with_a_past() => Agrees(
        Model(Graph("input_ids: i64[batch, sequence]; past_key: f32[batch, 2, past, 4]; past_value: f32[batch, 2, past, 4]", "logits present_key present_value",
            Node("Gather", "words input_ids", "x"), Node("LayerNormalization", "x g b", "n", ("epsilon", 1e-5f)),
            Node("Shape", "n", "s"), Number("zero", 0), Number("one", 1), Node("Gather", "s zero", "rows"), Node("Gather", "s one", "now"), List("a0", 0), Node("Unsqueeze", "rows a0", "r1"), Node("Unsqueeze", "now a0", "l1"),
            List("eight", 8), List("wide", -1, 8), Node("Reshape", "n wide", "n2"), Node("Gemm", "n2 wqkv bqkv", "m2"), List("all", 24), Node("Concat", "r1 l1 all", "back", ("axis", 0L)), Node("Reshape", "m2 back", "qkv"),
            List("thirds", 8, 8, 8), Node("Split", "qkv thirds", "q k v", ("axis", 2L)), List("heads", 2, 4), Node("Concat", "r1 l1 heads", "split", ("axis", 0L)),
            Node("Reshape", "q split", "q1"), Node("Transpose", "q1", "q2", ("perm", new long[] { 0, 2, 1, 3 })), Node("Reshape", "k split", "k1"), Node("Transpose", "k1", "k2", ("perm", new long[] { 0, 2, 1, 3 })),
            Node("Reshape", "v split", "v1"), Node("Transpose", "v1", "v2", ("perm", new long[] { 0, 2, 1, 3 })),
            Node("Concat", "past_key k2", "present_key", ("axis", -2L)), Node("Concat", "past_value v2", "present_value", ("axis", -2L)),
            Node("Transpose", "present_key", "kt", ("perm", new long[] { 0, 1, 3, 2 })), Node("MatMul", "q2 kt", "qk"), Constant("root", Literal.Scalar(DType.F32, 2)), Node("Div", "qk root", "qs"),
            Node("Shape", "present_key", "ks"), Number("two", 2), Node("Gather", "ks two", "total"), Node("Sub", "total now", "before"),
            Node("Unsqueeze", "total a0", "t1"), Node("Unsqueeze", "before a0", "p1"), List("two1", 2), List("three1", 3), Node("Slice", "causal p1 t1 two1", "c0"), Node("Slice", "c0 a0 t1 three1", "c1"),
            Constant("hidden", Literal.Scalar(DType.F32, -10000)), Node("Where", "c1 qs hidden", "qm"), Node("Softmax", "qm", "p", ("axis", 3L)), Node("MatMul", "p present_value", "pv"),
            Node("Transpose", "pv", "pvt", ("perm", new long[] { 0, 2, 1, 3 })), Node("Concat", "r1 l1 eight", "joined", ("axis", 0L)), Node("Reshape", "pvt joined", "o"),
            Node("Add", "o x", "y"), Constant("c3", Literal.Scalar(DType.F32, 3)), Node("Pow", "y c3", "y3"), Constant("c4", Literal.Scalar(DType.F32, 0.044715)), Node("Mul", "y3 c4", "y4"), Node("Add", "y y4", "y5"),
            Constant("c7", Literal.Scalar(DType.F32, 0.7978846)), Node("Mul", "y5 c7", "y6"), Node("Tanh", "y6", "y7"), Constant("f1", Literal.Scalar(DType.F32, 1)), Node("Add", "y7 f1", "y8"), Node("Mul", "y y8", "y9"),
            Node("Transpose", "words", "wt", ("perm", new long[] { 1, 0 })), Node("MatMul", "y9 wt", "logits"))
            .With("words", Weights(11, 8)).With("g", Weights(8)).With("b", Weights(8)).With("wqkv", Weights(8, 24)).With("bqkv", Weights(24))
            .With("causal", Literal.FromLongs(new(DType.Bool, [1, 1, 16, 16]), i => i % 16 <= i / 16 % 16 ? 1 : 0))),
        [Ids(11, 2, 3), Weights(2, 2, 4, 4), Weights(2, 2, 4, 4)], [Ids(11, 1, 1), Weights(1, 2, 9, 4), Weights(1, 2, 9, 4)], [Ids(11, 1, 4), Weights(1, 2, 0, 4), Weights(1, 2, 0, 4)]);

    [RuntimeFact]
    public void A_quantised_network_between_pairs_of_nodes()
    {
        static NodeProto[] Pair(string name) => [Node("QuantizeLinear", $"{name} s z", $"{name}q"), Node("DequantizeLinear", $"{name}q s z", $"{name}d")];
        Agrees(
            Model(Graph("x: f32[batch, 3, 8, 8]", "y",
                [.. Pair("x"), Node("DequantizeLinear", "w ws wz", "wd", ("axis", 0L)), Node("Conv", "xd wd", "c", ("pads", new long[] { 1, 1, 1, 1 })), Node("Relu", "c", "r"),
                .. Pair("r"), Node("GlobalAveragePool", "rd", "g"), .. Pair("g"), Node("Flatten", "gd", "f"), Node("MatMul", "f v", "y")])
                .With("s", Literal.Scalar(DType.F32, 0.0213)).With("z", Literal.Scalar(DType.U8, 117)).With("w", Literal.FromLongs(new(DType.I8, [4, 3, 3, 3]), i => (i * 37 % 255) - 127))
                .With("ws", new(new(DType.F32, [4]), new[] { 0.003f, 0.002f, 0.004f, 0.001f })).With("wz", Literal.Zeros(new(DType.I8, [4]))).With("v", Weights(4, 5)), opset: 13),
            [Weights(1, 3, 8, 8)], [Weights(2, 3, 8, 8)]);
    }

    [RuntimeFact]
    public void A_quantised_network_of_integers() => Agrees(
        Optimised(Graph("x: f32[batch, 3, 8, 8]", "y",
            Node("QuantizeLinear", "x s z", "q"), Node("QLinearConv", "q s z w ws wz s z", "c", ("pads", new long[] { 1, 1, 1, 1 })), Node("QLinearLeakyRelu", "c s z s z", "l", ("alpha", 0.1f)),
            Node("QLinearAdd", "l s z c s z s z", "a"), Node("QLinearGlobalAveragePool", "a s z s z", "g", ("channels_last", 0L)), Node("DequantizeLinear", "g s z", "d"),
            Node("Flatten", "d", "f"), Node("DynamicQuantizeMatMul", "f v vs vz b", "y"))
            .With("s", Literal.Scalar(DType.F32, 0.0213)).With("z", Literal.Scalar(DType.U8, 117)).With("w", Literal.FromLongs(new(DType.U8, [3, 3, 3, 3]), i => i * 37 % 255))
            .With("ws", Literal.Scalar(DType.F32, 0.0031)).With("wz", Literal.Scalar(DType.U8, 120)).With("v", Literal.FromLongs(new(DType.I8, [3, 5]), i => (i * 29 % 255) - 127))
            .With("vs", Literal.Scalar(DType.F32, 0.01)).With("vz", Literal.Scalar(DType.I8, 0)).With("b", Weights(5))),
        [Weights(1, 3, 8, 8)]);
}
