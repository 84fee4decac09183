using static TensorGraph.Tests.Onnx;

namespace TensorGraph.Tests;

/// <summary>Models whose answer depends on sizes, positions or weights that are only known in a call: the right answer or an error, nothing else.</summary>
public sealed class ImportCheckTests
{
    private static Literal Floats(params float[] values) => new(new(DType.F32, [values.Length]), values);

    private static Literal Numbers(Shape shape) => Literal.FromDoubles(new(DType.F32, shape), i => i + 1);

    private static Literal Longs(Shape shape, params long[] values) => new(new(DType.I64, shape), values);

    private static void Agrees(OnnxFormat.ModelProto model, params Literal[] call) =>
        Agreement.Same(ImportedModel.Run(model, call), OnnxRuntime.Run(model, call), $"{model.Graph.Node[0].OpType}", 1e-5);

    private static void Fails(string id, OnnxFormat.ModelProto model, params Literal[] call) => Expect.Error(id, () => ImportedModel.Run(model, call));

    [RuntimeFact]
    public void What_lies_between_integers() => Agrees(
        Model(Graph("x: u8[1, 1, 1, 2]", "y", Node("Resize", "x _ s", "y", ("mode", "linear"), ("coordinate_transformation_mode", "asymmetric"))).With("s", Floats(1, 1, 1, 2))),
        new Literal(new(DType.U8, [1, 1, 1, 2]), new byte[] { 0, 100 }));

    [Fact]
    public void An_expansion_to_another_size_fails()
    {
        var model = Model(Graph("x: f32[n]", "y", List("s", 4), Node("Expand", "x s", "y")));
        Assert.Equal([1f, 2, 3, 4], (float[])ImportedModel.Run(model, Floats(1, 2, 3, 4)).Single().Data);
        Fails(DiagnosticIds.SizesDiffer, model, Floats(1, 2, 3));
        Fails(DiagnosticIds.SizesDiffer, model, Floats(1));
        Fails(DiagnosticIds.NotFromOnnx, Model(Graph("x: f32[3]", "y", List("s", 4), Node("Expand", "x s", "y"))), Floats(1, 2, 3));
        var other = Model(Graph("x: f32[n]; z: f32[m]", "y", Node("Shape", "z", "s"), Node("Expand", "x s", "y")));
        Fails(DiagnosticIds.SizesDiffer, other, Floats(1), Floats(1, 2, 3));
    }

    [Fact]
    public void Positions_out_of_their_axis_fail()
    {
        var taken = Model(Graph("x: f32[2, 3]; i: i64[n, 2]", "y", Node("GatherND", "x i", "y")));
        Assert.Equal([3f], (float[])ImportedModel.Run(taken, Numbers([2, 3]), Longs([1, 2], 0, -1)).Single().Data);
        Fails(DiagnosticIds.OutOfRange, taken, Numbers([2, 3]), Longs([1, 2], 0, 4));
        Fails(DiagnosticIds.OutOfRange, taken, Numbers([2, 3]), Longs([1, 2], -3, 0));
        Assert.Empty(ImportedModel.Run(taken, Numbers([2, 3]), Longs([0, 2])).Single().Data);
        Fails(DiagnosticIds.OutOfRange, Model(Graph("x: f32[2, 3]; i: i64[1, 2]; u: f32[1]", "y", Node("ScatterND", "x i u", "y"))), Numbers([2, 3]), Longs([1, 2], 0, 3), Floats(9));
        Fails(DiagnosticIds.OutOfRange, Model(Graph("x: f32[2, 3]; i: i64[1, 1]; u: f32[1, 1]", "y", Node("ScatterElements", "x i u", "y", ("axis", 1L)))), Numbers([2, 3]), Longs([1, 1], 5), Numbers([1, 1]));
        Fails(DiagnosticIds.NotFromOnnx, Model(Graph("x: f32[2, 3]; i: i64[3, 1]; u: f32[3, 1]", "y", Node("ScatterElements", "x i u", "y", ("axis", 1L)))), Numbers([2, 3]), Longs([3, 1], 0, 0, 0), Numbers([3, 1]));
    }

    [Fact]
    public void Parts_that_are_not_all_of_an_axis_fail()
    {
        var halves = Model(Graph("x: f32[n]", "a b", Node("Split", "x", "a b")), opset: 13);
        Assert.Equal(2, ImportedModel.Run(halves, Floats(1, 2, 3, 4))[1].Count);
        Fails(DiagnosticIds.SizesDiffer, halves, Floats(1, 2, 3, 4, 5));
        Fails(DiagnosticIds.SizesDiffer, Model(Graph("x: f32[n]", "a b", List("s", 2, 3), Node("Split", "x s", "a b")), opset: 13), Floats(1, 2, 3, 4, 5, 6));
    }

    [Fact]
    public void A_branch_follows_a_weight_and_what_shapes_a_graph_is_no_weight()
    {
        var model = ModelFile.Import(Model(Graph("x: f32[n]", "y", Constant("h", Floats(0.5f)), Node("Greater", "t h", "c"), Node("Squeeze", "c", "d"), Node("If", "d", "y",
            ("then_branch", Graph("", "a", Node("Neg", "x", "a"))), ("else_branch", Graph("", "b", Node("Identity", "x", "b"))))).With("t", Floats(1))));
        Assert.Equal([-3f], (float[])ImportedModel.Run(model, Floats(3)).Single().Data);
        model.Variables["t"].Assign(Tensor.From(Floats(0)));
        Assert.Equal([3f], (float[])ImportedModel.Run(model, Floats(3)).Single().Data);
        var resized = ModelFile.Import(Model(Graph("x: f32[1, 1, 2, 2]", "y", Node("Resize", "x _ s", "z"), Node("Mul", "z w", "y")).With("s", Floats(1, 1, 2, 2)).With("w", Floats(2))));
        Assert.Equal(["w"], resized.Variables.Keys);
    }

    [Theory]
    [InlineData(10, "TopK", "x k", "y z")]
    [InlineData(12, "Dropout", "x _ b", "y")]
    [InlineData(13, "Pad", "x p f", "y")]
    [InlineData(20, "DFT", "c _ k", "y")]
    public void An_empty_list_in_place_of_a_number_is_refused(long opset, string name, string inputs, string outputs)
    {
        var graph = Graph("x: f32[3]; c: f32[1, 4, 2]", outputs, Node(name, inputs, outputs)).With("k", Longs([0])).With("b", Literal.Zeros(new(DType.Bool, [0])))
            .With("f", Floats()).With("p", Longs([2], 1, 1));
        Fails(DiagnosticIds.NotFromOnnx, Model(graph, opset), Numbers([3]), Numbers([1, 4, 2]));
    }

    [Fact]
    public void A_transposed_convolution_that_is_asked_for_more_than_it_gives_is_refused() => Fails(
        DiagnosticIds.NotFromOnnx, Model(Graph("x: f32[1, 1, 3, 3]", "y", Node("ConvTranspose", "x w b", "y", ("strides", new long[] { 2, 2 }), ("output_shape", new long[] { 9, 8 })))
            .With("w", Numbers([1, 2, 3, 3])).With("b", Floats(5, 6))), Numbers([1, 1, 3, 3]));

    [Fact]
    public void A_scale_for_each_row()
    {
        var model = Model(Graph("x: u8[2, 1]", "y", Node("QLinearMatMul", "x s z w t z t z", "y")).With("s", Floats(1, 10)).With("z", Literal.Scalar(DType.U8, 0))
            .With("w", new Literal(new(DType.U8, [1, 3]), new byte[] { 1, 2, 3 })).With("t", Literal.Scalar(DType.F32, 1)));
        Assert.Equal([1, 2, 3, 10, 20, 30], (byte[])ImportedModel.Run(model, new Literal(new(DType.U8, [2, 1]), new byte[] { 1, 1 })).Single().Data);
    }

    [RuntimeTheory]
    [InlineData("align_corners")]
    [InlineData("pytorch_half_pixel")]
    public void An_open_size_that_turns_out_to_be_one(string transform)
    {
        var model = Model(Graph("x: f32[1, 1, 4, 4]; like: f32[1, 1, h, w]", "y", Node("Shape", "like", "s"),
            Node("Resize", "x _ _ s", "y", ("mode", "linear"), ("coordinate_transformation_mode", transform))));
        Agrees(model, Numbers([1, 1, 4, 4]), Numbers([1, 1, 1, 6]));
        Agrees(model, Numbers([1, 1, 4, 4]), Numbers([1, 1, 3, 1]));
    }
}
