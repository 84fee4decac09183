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

    // The elements that the mask leaves are as many as before, or not.
    [Fact]
    public void A_loop_that_carries_another_size_than_before_fails()
    {
        var body = Graph("i: i64[]; c: bool[]; s: f32[n]", "d t", Node("Identity", "c", "d"), Node("Compress", "s mask", "r", ("axis", 0L)), Node("Neg", "r", "t"));
        foreach (string count in new[] { "m: i64[]; ", "" })
        {
            var graph = Graph($"{count}x: f32[n]; mask: bool[n]", "y", Node("Loop", count == "" ? "three _ x" : "m _ x", "y", ("body", body)));
            var model = count == "" ? Model(graph.With("three", Literal.Scalar(DType.I64, 3))) : Model(graph);
            Literal[] Call(params byte[] mask) =>
                [.. count == "" ? Array.Empty<Literal>() : [Literal.Scalar(DType.I64, 3)], Floats(1, 2), new(new(DType.Bool, [2]), Array.ConvertAll(mask, bit => bit != 0))];
            Assert.Equal([-1f, -2], (float[])ImportedModel.Run(model, Call(1, 1)).Single().Data);
            Expect.Error(DiagnosticIds.SizesDiffer, () => ImportedModel.Run(model, Call(0, 1)), "in this call they are 2 and 1, in (Loop)");
        }
    }

    // Without columns or without rows there are no elements, whatever the other size becomes.
    [Theory]
    [InlineData(0, 2, 0), InlineData(1, 0, 2), InlineData(0, 2, 3), InlineData(1, 3, 2)]
    public void A_loop_that_carries_another_size_than_before_fails_where_the_other_is_0(int axis, long rows, long columns)
    {
        var body = Graph(
            "i: i64[]; c: bool[]; s: f32[n, k]", "d t", Node("Identity", "c", "d"), Node("Compress", "s mask", "r", ("axis", (long)axis)), Node("Neg", "r", "t"));
        var model = Model(Graph("m: i64[]; x: f32[n, k]; mask: bool[l]", "y", Node("Loop", "m _ x", "y", ("body", body))));
        long masked = axis == 0 ? rows : columns;
        Literal[] Call(params byte[] mask) =>
        [
            Literal.Scalar(DType.I64, 3), Literal.FromDoubles(new(DType.F32, [rows, columns]), i => i), new(new(DType.Bool, [masked]), Array.ConvertAll(mask, bit => bit != 0)),
        ];
        byte[] all = [.. Enumerable.Repeat((byte)1, (int)masked)];
        Assert.Equal([rows, columns], ImportedModel.Run(model, Call(all)).Single().Type.Shape.ToArray());
        all[0] = 0;
        Expect.Error(DiagnosticIds.SizesDiffer, () => ImportedModel.Run(model, Call(all)), $"in this call they are {masked} and {masked - 1}, in (Loop)");
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
    public void Positions_are_named_after_their_operator()
    {
        static void Names(string name, OnnxFormat.ModelProto model, params Literal[] call) =>
            Expect.Error(DiagnosticIds.OutOfRange, () => ImportedModel.Run(model, call), $"{name}: position 4 is out of range for an axis of size 3", "Positions go from 0 to 2.");

        Names("GatherND", Model(Graph("x: f32[2, 3]; i: i64[n, 2]", "y", Node("GatherND", "x i", "y"))), Numbers([2, 3]), Longs([1, 2], 0, 4));
        Names("ScatterND", Model(Graph("x: f32[3]; i: i64[1, 1]; u: f32[1]", "y", Node("ScatterND", "x i u", "y"))), Numbers([3]), Longs([1, 1], 4), Floats(9));
        Names("ScatterElements", Model(Graph("x: f32[3]; i: i64[1]; u: f32[1]", "y", Node("ScatterElements", "x i u", "y"))), Numbers([3]), Longs([1], 4), Floats(9));
        Expect.Error(DiagnosticIds.NotFromOnnx, () => ImportedModel.Run(Model(Graph("x: f32[2, 3]; i: i64[n, k]", "y", Node("GatherND", "x i", "y"))), Numbers([2, 3]), Longs([1, 2], 0, 0)),
            "how many axes its positions i64[n, k] count is not known");
    }

    [Fact]
    public void Updates_of_another_shape_than_the_positions_fail()
    {
        Fails(DiagnosticIds.NotFromOnnx, Model(Graph("x: f32[4]; i: i64[2]; u: f32[3]", "y", Node("ScatterElements", "x i u", "y"))), Numbers([4]), Longs([2], 0, 1), Numbers([3]));
        Fails(DiagnosticIds.NotFromOnnx, Model(Graph("x: f32[4]; i: i64[2]; u: f32[2, 1]", "y", Node("ScatterElements", "x i u", "y"))), Numbers([4]), Longs([2], 0, 1), Numbers([2, 1]));
        Fails(DiagnosticIds.NotFromOnnx, Model(Graph("x: f32[4, 2]; i: i64[2, 1]; u: f32[1, 4]", "y", Node("ScatterND", "x i u", "y"))), Numbers([4, 2]), Longs([2, 1], 0, 1), Numbers([1, 4]));
        var elements = Model(Graph("x: f32[2, 4]; i: i64[n, m]; u: f32[a, b]", "y", Node("ScatterElements", "x i u", "y", ("axis", 1L))));
        Agrees(elements, Numbers([2, 4]), Longs([1, 2], 3, 0), Numbers([1, 2]));
        Fails(DiagnosticIds.SizesDiffer, elements, Numbers([2, 4]), Longs([1, 2], 3, 0), Numbers([2, 1]));
        var slices = Model(Graph("x: f32[4, 2]; i: i64[n, 1]; u: f32[a, b]", "y", Node("ScatterND", "x i u", "y")));
        Agrees(slices, Numbers([4, 2]), Longs([2, 1], 3, 0), Numbers([2, 2]));
        Fails(DiagnosticIds.SizesDiffer, slices, Numbers([4, 2]), Longs([2, 1], 3, 0), Numbers([1, 4]));
    }

    [Fact]
    public void Sizes_from_data_that_no_shape_has_fail()
    {
        var model = Model(Graph("x: f32[n, 4]; s: i64[2]", "y", Node("Reshape", "x s", "y")));
        foreach (var (first, second) in new[] { (-1L, -1L), (-2, -4), (3, -1), (0, 3), (1L << 32, 1L << 32), (-3, -1) })
            FailsAny(model, Numbers([2, 4]), Longs([2], first, second));
        FailsAny(model, Numbers([0, 4]), Longs([2], 0, -1));
        var rest = Model(Graph("x: f32[n, 4]; s: i64[1]", "y", List("m", -1), Node("Concat", "s m", "t", ("axis", 0L)), Node("Reshape", "x t", "y")));
        Agrees(rest, Numbers([2, 4]), Longs([1], 0));
        Agrees(rest, Numbers([2, 4]), Longs([1], 8));
        FailsAny(rest, Numbers([2, 4]), Longs([1], 3));
        FailsAny(rest, Numbers([2, 4]), Longs([1], -1));
        var wide = Model(Graph("x: f32[n, 1]; s: i64[2]", "y", Node("Expand", "x s", "y")));
        foreach (var (first, second) in new[] { (3L, 1L), (0, 1), (-1, 1), (1, -1) })
            FailsAny(wide, Numbers([2, 1]), Longs([2], first, second));

        static void FailsAny(OnnxFormat.ModelProto model, params Literal[] call)
        {
            var fault = Assert.ThrowsAny<GraphException>(() => ImportedModel.Run(model, call));
            Assert.Contains(fault.Id, new[] { DiagnosticIds.SizesDiffer, DiagnosticIds.OutOfRange });
        }
    }

    [Fact]
    public void Elements_that_can_not_be_counted_are_refused()
    {
        var model = Model(Graph("a: i64; b: i64; d: i64", "y", Node("Range", "a b d", "y")));
        foreach (var (start, limit, step) in new[] { (0L, 3L, 0L), (3, 3, 0), (long.MinValue, long.MaxValue, 1), (long.MaxValue, long.MinValue, -1), (0, long.MinValue, -1) })
        {
            Literal[] call = [Longs(Shape.Scalar, start), Longs(Shape.Scalar, limit), Longs(Shape.Scalar, step)];
            Expect.Error(DiagnosticIds.AssertionFailed, () => ImportedModel.Run(model, call), $"Range: the elements from {start} to {limit} by {step} can't be counted");
            Expect.Error(DiagnosticIds.NotFromOnnx, () => ImportedModel.Run(Model(Graph("", "y", Node("Range", "a b d", "y")).With("a", call[0]).With("b", call[1]).With("d", call[2]))),
                $"the elements from {start} to {limit} by {step} can't be counted");
        }

        var floats = Model(Graph("a: f32; b: f32; d: f32", "y", Node("Range", "a b d", "y")));
        foreach (var (start, limit, step) in new[] { (0f, 3f, 0f), (3, 3, 0), (0, 1e30f, 1), (0, float.PositiveInfinity, 1), (0, float.NaN, 1), (0, 3, float.NaN) })
            Fails(DiagnosticIds.AssertionFailed, floats, Literal.Scalar(DType.F32, start), Literal.Scalar(DType.F32, limit), Literal.Scalar(DType.F32, step));
    }

    [Fact]
    public void More_elements_than_an_axis_has_are_refused()
    {
        var model = Model(Graph("x: f32[2, n]; k: i64[1]", "y z", Node("TopK", "x k", "y z")));
        Agrees(model, Numbers([2, 3]), Longs([1], 3));
        foreach (long k in new[] { 4, -1, long.MaxValue })
            Expect.Error(DiagnosticIds.AssertionFailed, () => ImportedModel.Run(model, Numbers([2, 3]), Longs([1], k)), $"TopK: k is {k}, for an axis of 3 elements");
        foreach (long k in new[] { 4, -1 })
        {
            Expect.Error(DiagnosticIds.NotFromOnnx, () => ImportedModel.Run(Model(Graph("x: f32[2, 3]", "y z", List("k", k), Node("TopK", "x k", "y z"))), Numbers([2, 3])),
                $"k is {k}, for axis 1 of f32[2, 3]");
            Fails(DiagnosticIds.NotFromOnnx, Model(Graph("x: f32[2, 3]", "y z", Node("TopK", "x", "y z", ("k", k))), opset: 9), Numbers([2, 3]));
        }
    }

    // As PyTorch writes x.expand(batch, 3, -1): a size is compared with the mark −1, which it is not.
    [RuntimeFact]
    public void An_expansion_with_a_mark_keeps_the_names_of_sizes()
    {
        var model = Model(Graph("x: f32[batch, 1, 4]", "y", Node("Shape", "x", "s"), Number("zero", 0), Node("Gather", "s zero", "b"), List("one", 1), Node("Reshape", "b one", "b1"), List("rest", 3, -1),
            Node("Concat", "b1 rest", "want", ("axis", 0L)), Node("Shape", "want", "rank"), Node("ConstantOfShape", "rank", "ones", ("value", Longs([1], 1))), List("m1", -1), Node("Mul", "ones m1", "mark"),
            Node("Equal", "want mark", "eq"), Node("Where", "eq ones want", "final"), Node("Expand", "x final", "y")));
        Agrees(model, Numbers([2, 1, 4]));
        Agrees(model, Numbers([0, 1, 4]));
        Assert.Equal("f32[batch, 3, 4]", $"{ModelFile.Import(model).Signatures.Values.Single().Outputs.Values.Single()}");
    }

    // The end of a detector: the best boxes, those that do not overlap, and their part of the image with as many samples as they need.
    [RuntimeFact]
    public void A_detector_takes_its_regions_from_data()
    {
        var model = Model(Graph("boxes: f32[n, 4]; scores: f32[n]; image: f32[1, 2, 8, 8]", "y kept", Node("Shape", "scores", "all"), List("most", 3), Node("Concat", "all most", "two", ("axis", 0L)), List("zero", 0),
            Node("ReduceMin", "two zero", "k", ("keepdims", 1L)), Node("TopK", "scores k", "best at"), Node("Gather", "boxes at", "chosen"), Node("Unsqueeze", "chosen zero", "b"), List("both", 0, 1), Node("Unsqueeze", "best both", "s"),
            List("each", 10), Constant("overlap", Floats(0.5f)), Constant("least", Floats(0.1f)), Node("NonMaxSuppression", "b s each overlap least", "selected"), Number("last", 2), Node("Gather", "selected last", "kept", ("axis", 1L)),
            Node("Gather", "chosen kept", "regions"), Node("Shape", "kept", "count"), Node("ConstantOfShape", "count", "images", ("value", Longs([1], 0))),
            Node("RoiAlign", "image regions images", "y", ("output_height", 2L), ("output_width", 2L))), opset: 18);
        var image = Numbers([1, 2, 8, 8]);
        Agrees(model, new Literal(new(DType.F32, [4, 4]), new[] { 0f, 0, 3, 3, 0, 0, 3.1f, 3, 4, 4, 7, 7, 1, 5, 2, 7 }), Floats(0.9f, 0.8f, 0.7f, 0.2f), image);
        Agrees(model, new Literal(new(DType.F32, [1, 4]), new[] { 0f, 0, 3, 3 }), Floats(0.05f), image);
    }

    [RuntimeFact]
    public void An_open_axis_that_has_one_size_only()
    {
        var grid = Model(Graph("x: f32[1, 1, 3, 3]; g: f32[1, 2, 2, k]", "y", Node("GridSample", "x g", "y")), opset: 16);
        Agrees(grid, Numbers([1, 1, 3, 3]), Literal.FromDoubles(new(DType.F32, [1, 2, 2, 2]), i => (i * 0.3) - 1));
        Fails(DiagnosticIds.SizesDiffer, grid, Numbers([1, 1, 3, 3]), Numbers([1, 2, 2, 3]));
        var regions = Model(Graph("x: f32[1, 1, 3, 3]; r: f32[m, k]; b: i64[m]", "y", Node("RoiAlign", "x r b", "y", ("sampling_ratio", 1L))), opset: 16);
        Agrees(regions, Numbers([1, 1, 3, 3]), new Literal(new(DType.F32, [1, 4]), new[] { 0f, 0, 2, 1 }), Longs([1], 0));
        Fails(DiagnosticIds.SizesDiffer, regions, Numbers([1, 1, 3, 3]), Numbers([1, 5]), Longs([1], 0));
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
