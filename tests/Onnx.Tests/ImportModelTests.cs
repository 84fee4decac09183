using static TensorGraph.Tests.Onnx;

namespace TensorGraph.Tests;

/// <summary>Models of several nodes: control flow, sequences, sizes as data, functions.</summary>
public sealed class ImportModelTests
{
    private static Literal Floats(params float[] values) => new(new(DType.F32, [values.Length]), values);

    private static Literal Matrix(long rows, long columns) => Literal.FromDoubles(new(DType.F32, [rows, columns]), i => (i % 5) - 1.5);

    private static Literal Whole(long number) => Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => number);

    private static Literal Flag(bool value) => Literal.Scalar(DType.Bool, value ? 1 : 0);

    private static void Agrees(OnnxFormat.ModelProto model, params Literal[][] calls)
    {
        var imported = ModelFile.Import(model);
        foreach (var call in calls)
            Agreement.Same(ImportedModel.Run(imported, call), OnnxRuntime.Run(model, call), $"call of {string.Join(", ", call.Select(each => $"{each.Type}"))}", 1e-5);
    }

    [RuntimeFact]
    public void Shapes_that_nodes_compute() => Agrees(
        Model(Graph("x: f32[n, m, 6]", "y",
            Node("Shape", "x", "s"), Number("zero", 0), Number("one", 1), Node("Gather", "s zero", "n"), Node("Gather", "s one", "m"),
            Node("Mul", "n m", "nm"), List("axes", 0), Node("Unsqueeze", "nm axes", "first"), List("rest", 2, 3),
            Node("Concat", "first rest", "shape", ("axis", 0L)), Node("Reshape", "x shape", "y"))),
        [Literal.Zeros(new(DType.F32, [2, 3, 6]))], [Literal.Zeros(new(DType.F32, [1, 4, 6]))]);

    [RuntimeFact]
    public void Shapes_that_are_inputs() => Agrees(
        Model(Graph("x: f32[n, 6]; s: i64[2]", "y z", Node("Reshape", "x s", "y"), Node("Expand", "one s", "z")).With("one", Floats(1))),
        [Matrix(2, 6), new(new(DType.I64, [2]), new long[] { 4, 3 })], [Matrix(1, 6), new(new(DType.I64, [2]), new long[] { 1, 6 })]);

    [RuntimeFact]
    public void Sizes_by_way_of_floats() => Agrees(
        Model(Graph("x: f32[1, 1, h, w]", "y",
            Node("Shape", "x", "s"), List("two", 2), List("four", 4), Node("Slice", "s two four", "hw"), Node("Cast", "hw", "f", ("to", 1L)),
            Constant("scale", Floats(2, 2)), Node("Mul", "f scale", "g"), Node("Floor", "g", "k"), Node("Cast", "k", "size", ("to", 7L)),
            List("one", 1, 1), Node("Concat", "one size", "sizes", ("axis", 0L)), Node("Resize", "x _ _ sizes", "y", ("mode", "nearest")))),
        [Literal.FromDoubles(new(DType.F32, [1, 1, 3, 2]), i => i)]);

    [RuntimeFact]
    public void Branches() => Agrees(
        Model(Graph("c: bool[]; x: f32[n]", "y",
            Node("If", "c", "y", ("then_branch", Graph("", "a", Node("Neg", "x", "a"))), ("else_branch", Graph("", "b", Node("Add", "x x", "b")))))),
        [Flag(true), Floats(1, 2)], [Flag(false), Floats(3)]);

    [RuntimeFact]
    public void Branches_of_different_sizes() => Agrees(
        Model(Graph("c: bool[]; x: f32[n, 2]", "z",
            Node("If", "c", "y", ("then_branch", Graph("", "a", Node("Concat", "x x", "a", ("axis", 0L)))),
                ("else_branch", Graph("", "b", List("p", 1, 0, 2, 0), Node("Pad", "x p", "b")))),
            Node("Mul", "y y", "z"))),
        [Flag(true), Matrix(3, 2)], [Flag(false), Matrix(3, 2)], [Flag(false), Matrix(1, 2)]);

    [RuntimeFact]
    public void A_known_condition_takes_one_branch() => Agrees(
        Model(Graph("x: f32[n, 1]", "y",
            Node("Shape", "x", "s"), Number("i", 1), Node("Gather", "s i", "m"), Number("one", 1), Node("Equal", "m one", "c"),
            Node("If", "c", "y", ("then_branch", Graph("", "a", List("ax", 1), Node("Squeeze", "x ax", "a"))),
                ("else_branch", Graph("", "b", Node("Identity", "x", "b")))))),
        [Matrix(3, 1)]);

    [RuntimeFact]
    public void Loops_by_number() => Agrees(
        Model(Graph("m: i64[]; x: f32[2]", "y rows",
            Node("Loop", "m _ x", "y rows", ("body", Graph("i: i64[]; c: bool[]; s: f32[2]", "d t u",
                Node("Identity", "c", "d"), Node("Cast", "i", "f", ("to", 1L)), Node("Add", "s f", "t"), Node("Mul", "t t", "u")))))),
        [Whole(3), Floats(1, 2)], [Whole(1), Floats(1, 2)]);

    [RuntimeFact]
    public void Loops_by_condition() => Agrees(
        Model(Graph("m: i64[]; x: f32[n]", "y rows",
            Constant("limit", Literal.Scalar(DType.F32, 20)), Constant("true", Flag(true)),
            Node("Loop", "m true x", "y rows", ("body", Graph("i: i64[]; c: bool[]; s: f32[n]", "d t u",
                Node("Add", "s s", "t"), List("axes", 0), Node("ReduceSum", "t axes", "u", ("keepdims", 0L)), Node("Less", "u limit", "d")))))),
        [Whole(100), Floats(1, 2)], [Whole(2), Floats(1, 2)], [Whole(9), Floats(30)]);

    [RuntimeFact]
    public void Loops_in_loops_and_branches()
    {
        var branch = Node("If", "is", "q", ("then_branch", Graph("", "a", Node("Add", "r x", "a"))), ("else_branch", Graph("", "b", Node("Neg", "r", "b"))));
        var inner = Graph("j: i64[]; d: bool[]; r: f32[]", "d2 q", Node("Identity", "d", "d2"), Node("Less", "j i", "is"), branch);
        var outer = Graph("i: i64[]; c: bool[]; s: f32[]", "c2 t", Node("Identity", "c", "c2"), Node("Loop", "i _ s", "t", ("body", inner)));
        Agrees(Model(Graph("m: i64[]; x: f32[]", "y", Node("Loop", "m _ x", "y", ("body", outer)))), [Whole(4), Literal.Scalar(DType.F32, 1.5)]);
    }

    [RuntimeTheory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1, 0)]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    public void Scans(long direction, long output, long axis) => Agrees(
        Model(Graph("h: f32[2]; x: f32[n, 2]", "y rows",
            Node("Transpose", "x", "t"), Node("Identity", axis == 1 ? "t" : "x", "seq"),
            Node("Scan", "h seq", "y rows", ("num_scan_inputs", 1L), ("scan_input_axes", new[] { axis }), ("scan_output_axes", new[] { axis }),
                ("scan_input_directions", new[] { direction }), ("scan_output_directions", new[] { output }),
                ("body", Graph("s: f32[2]; r: f32[2]", "u v", Node("Add", "s r", "u"), Node("Mul", "u r", "v")))))),
        [Floats(1, 2), Matrix(3, 2)], [Floats(1, 2), Matrix(1, 2)]);

    [RuntimeFact]
    public void Sequences() => Agrees(
        Model(Graph("x: f32[4]; i: i64[]", "y n at stack",
            Node("SequenceEmpty", "", "e"), Node("SplitToSequence", "x", "l", ("keepdims", 1L)), Node("SequenceInsert", "l one i", "m"),
            Node("SequenceErase", "m i", "l2"), Number("minus", -1), Node("SequenceErase", "l2 minus", "k"), Node("SequenceInsert", "k one", "j"),
            Node("ConcatFromSequence", "j", "y", ("axis", 0L)), Node("SequenceLength", "j", "n"), Node("SequenceAt", "m i", "at"),
            Node("SequenceInsert", "e x", "e1"), Node("SequenceInsert", "e1 x", "e2"),
            Node("ConcatFromSequence", "e2", "stack", ("axis", 1L), ("new_axis", 1L))).With("one", Floats(9))),
        [Floats(1, 2, 3, 4), Whole(2)], [Floats(1, 2, 3, 4), Whole(0)], [Floats(1, 2, 3, 4), Whole(-2)]);

    [RuntimeFact]
    public void Functions_of_the_model()
    {
        var model = Model(Graph("x: f32[n]", "y", Node("Scaled", "x", "y", ("by", 0.5f))));
        model.Graph.Node[0].Domain = "own";
        model.OpsetImport.Add(new OnnxFormat.OperatorSetIdProto { Domain = "own", Version = 1 });
        var elu = Node("Elu", "a", "b");
        elu.Attribute.Add(new OnnxFormat.AttributeProto { Name = "alpha", RefAttrName = "by", Type = OnnxFormat.AttributeProto.Types.AttributeType.Float });
        model.Functions.Add(new OnnxFormat.FunctionProto
        {
            Name = "Scaled", Domain = "own", Input = { "v" }, Output = { "w" }, Attribute = { "by" }, Node = { Node("Neg", "v", "a"), elu, Node("Add", "b v", "w") },
            OpsetImport = { new OnnxFormat.OperatorSetIdProto { Domain = "", Version = 17 } },
        });
        Agrees(model, [Floats(1, -2, 3)]);
    }

    [RuntimeFact]
    public void Text_is_joined() => Agrees(
        Model(Graph("x: string[n]", "y", Node("StringConcat", "x x", "y")), 20), [new Literal(new(DType.String, [2]), new[] { "a", "bc" })]);

    [Fact]
    public void A_size_gets_a_number_and_inputs_without_names_of_sizes_are_open()
    {
        var model = Model(Graph("x: f32[batch_size, 3]", "y", Node("Relu", "x", "y")));
        Assert.Equal("graph(x: f32[batch_size, 3]) -> y: f32[batch_size, 3]", $"{ModelFile.Import(model).Signatures["graph"]}");
        Assert.Equal("graph(x: f32[7, 3]) -> y: f32[7, 3]", $"{ModelFile.Import(model, sizes: new Dictionary<string, long> { ["batch_size"] = 7 }).Signatures["graph"]}");
        model.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new() { DimParam = "past + 1" };
        model.Graph.Input[0].Type.TensorType.Shape.Dim[1] = new();
        Assert.Equal("graph(x: f32[past___1, x_1]) -> y: f32[past___1, x_1]", $"{ModelFile.Import(model).Signatures["graph"]}");
    }

    [Fact]
    public void Weights_are_variables_that_train()
    {
        var model = ModelFile.Import(Model(Graph("x: f32[n, 3]", "y", Node("MatMul", "x w", "y")).With("w", Matrix(3, 2))));
        var w = model.Variables["w"];
        var signature = model.Signatures["graph"];
        var x = Tensor.From(Matrix(4, 3));
        using var tape = new GradientTape();
        var loss = signature.Call(new Dictionary<string, Tensor> { ["x"] = x })["y"].Sum();
        Assert.Equal([3, 2], tape.Gradient(loss, w)!.Shape.ToArray());
    }

    [Fact]
    public async Task Many_threads_call_one_model()
    {
        var model = ModelFile.Import(Model(Graph("x: f32[n, 3]", "y", Node("MatMul", "x w", "y")).With("w", Matrix(3, 2))));
        var expected = ImportedModel.Run(model, Matrix(4, 3))[0];
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ImportedModel.Run(model, Matrix(4, 3))[0])));
        Assert.All(results, result => Assert.Equal(expected, result));
    }
}
