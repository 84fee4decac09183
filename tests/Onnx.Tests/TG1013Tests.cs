using static TensorGraph.Tests.Onnx;

namespace TensorGraph.Tests;

public sealed class TG1013Tests : TemporaryFolder
{
    private void Refused(OnnxFormat.ModelProto model, params string[] facts)
    {
        using (var file = File.Create(At("m.onnx")))
            Google.Protobuf.MessageExtensions.WriteTo(model, file);
        Expect.Error(DiagnosticIds.NotFromOnnx, () => OnnxModel.Load(At("m.onnx")), facts);
    }

    private static OnnxFormat.ModelProto One(string op, params (string Name, object Value)[] attributes) =>
        Model(Graph("x: f32[n, 3]", "y", Node(op, "x", "y", attributes)));

    [Fact]
    public void An_operator_is_named_with_its_node()
    {
        var model = One("MaxUnpool");
        model.Graph.Node[0].Name = "decoder/unpool";
        Refused(model, "operator MaxUnpool (node 'decoder/unpool')", "there is no rule for it", "docs/onnx.md lists");
        Refused(One("MaxUnpool"), "operator MaxUnpool (the node of 'y')");
    }

    [Fact]
    public void An_operator_of_another_domain_is_refused()
    {
        var model = One("Relu");
        model.Graph.Node[0].Domain = "com.example";
        Refused(model, "operator com.example.Relu", "the model has no function for it");
    }

    [Fact]
    public void What_would_change_the_result_is_refused()
    {
        Refused(One("Relu", ("alpha", 1f)), "attribute 'alpha' does not import");
        Refused(One("Softmax", ("axis", 1f)), "attribute 'axis' is Float, and should be Int");
        Refused(Model(Graph("x: f32[n, 3]", "y", Node("Relu", "x x", "y"))), "Relu", "takes 1 input");
        Refused(Model(Graph("x: f32[n, 3]", "y", Node("Softmax", "x x", "y"))), "input 1, 'x', does not import");
        Refused(Model(Graph("x: f32[n, 3]", "z", Node("Softmax", "x", "y z"))), "output 1, 'z', does not import");
        Refused(One("Softmax", ("axis", 2L)), "axis 2 is none of 2");
        Refused(Model(Graph("x: f32[n, 3]", "y", Node("Dropout", "x r t", "y"))
            .With("r", Literal.Scalar(DType.F32, 0.5)).With("t", Literal.Scalar(DType.Bool, 1))), "it is in training mode");
    }

    [Fact]
    public void Places_of_other_forms_are_refused()
    {
        Refused(Regions(("sampling_ratio", -1L)), "it takes -1 samples in each of 1×1 cells");
        Refused(Regions(("sampling_ratio", 1L << 62), ("output_height", 4L)), "samples in each of 4×1 cells");
        Refused(Regions(("sampling_ratio", long.MaxValue)), "it takes 9223372036854775807 samples");
        Refused(Regions(("output_width", long.MaxValue)), "it takes 0 samples in each of 1×9223372036854775807 cells");
        Refused(Model(Graph("x: u8[1, 2, 5, 5]; g: f32[1, 3, 3, 2]", "y", Node("GridSample", "x g", "y")), opset: 16), "it takes elements between those of an image u8[1, 2, 5, 5]");
        Refused(Model(Graph("x: string[4]; i: i64[2]; u: string[2]", "y", Node("ScatterElements", "x i u", "y", ("reduction", "mul"))), opset: 18), "its reduction of text is 'mul'");
        Refused(Regions(("sampling_ratio", 2L), ("coordinate_transformation_mode", "corners")), "its coordinates are corners");
        Refused(Regions(("sampling_ratio", 2L), ("mode", "sum")), "its mode is 'sum'");
        Refused(Grid("g: f32[1, 3, 3, 3]"), "a grid f32[1, 3, 3, 3] of f32[1, 2, 5, 5]");
        Refused(Grid("g: f32[2, 3, 3, 2]"), "sizes 2 and 1 do not go together");
        Refused(Grid("g: f32[1, 3, 3, 2]", ("mode", "area")), "its mode is 'area'");
        Refused(Grid("g: f32[1, 3, 3, 2]", ("padding_mode", "wrap")), "its padding_mode is 'wrap'");
        Refused(Model(Graph("x: f32[4]; i: i64[2]; u: f32[2]", "y", Node("ScatterElements", "x i u", "y", ("reduction", "mean"))), opset: 18), "its reduction is 'mean'");

        static OnnxFormat.ModelProto Regions(params (string Name, object Value)[] attributes) => Model(
            Graph("x: f32[1, 2, 5, 5]; r: f32[3, 4]; b: i64[3]", "y", Node("RoiAlign", "x r b", "y", attributes)), opset: 16);

        static OnnxFormat.ModelProto Grid(string grid, params (string Name, object Value)[] attributes) => Model(
            Graph($"x: f32[1, 2, 5, 5]; {grid}", "y", Node("GridSample", "x g", "y", attributes)), opset: 16);
    }

    [Fact]
    public void Regions_of_more_samples_than_an_image_has_elements_are_refused()
    {
        var model = Model(Graph("x: f32[1, 1, 5, 5]; r: f32[m, 4]; b: i64[m]", "y", Node("RoiAlign", "x r b", "y")), opset: 16);
        Literal[] call = [Literal.Zeros(new(DType.F32, [1, 1, 5, 5])), new(new(DType.F32, [1, 4]), new[] { 0f, 0, 1e9f, 5 }), new(new(DType.I64, [1]), new[] { 0L })];
        Expect.Error(DiagnosticIds.AssertionFailed, () => ImportedModel.Run(model, call), "RoiAlign: a region takes 1000000000 samples");
        Refused(Model(Graph("x: f32[1, 1, 5, 5]; b: i64[1]", "y", Node("RoiAlign", "x r b", "y")).With("r", call[1]), opset: 16), "a region takes 1000000000 samples of an axis of 5");
    }

    [Theory]
    [InlineData(0L, float.NaN)]
    [InlineData(0L, float.PositiveInfinity)]
    [InlineData(2L, float.NaN)]
    public void Regions_that_are_not_finite_are_refused(long ratio, float side)
    {
        var model = Model(Graph("x: f32[1, 1, 5, 5]; r: f32[m, 4]; b: i64[m]", "y", Node("RoiAlign", "x r b", "y", ("sampling_ratio", ratio))), opset: 16);
        Literal[] call =
        [
            Literal.Zeros(new(DType.F32, [1, 1, 5, 5])), new(new(DType.F32, [2, 4]), new[] { side, 0, 5, 5, 1, 1, 4, 2 }),
            new(new(DType.I64, [2]), new[] { 0L, 0 }),
        ];
        Expect.Error(DiagnosticIds.AssertionFailed, () => ImportedModel.Run(model, call), "RoiAlign: a region is not finite");
    }

    [Fact]
    public void Attention_of_other_forms_is_refused()
    {
        Refused(Attention("m: i32[3]", "x w b m", "y"), "sizes 3 and 2 do not go together");
        Refused(Attention("m: i32[1, 3]", "x w b m", "y"), "sizes 1 and 2 do not go together");
        Refused(Attention("m: i32[3]", "x w b", "y p", 4, 4, 6), "keys of 4 and values of 6 are no one tensor of the past");
        Refused(Attention("p: f32[2, 2, 2, 1, 2]", "x w b _ p", "y", 4, 4, 6), "keys of 4 and values of 6 are no one tensor of the past");
        Refused(Attention("m: i32[3]", "x w b", "y", -4, -4, 22), "qkv_hidden_sizes is [-4, -4, 22]");

        static OnnxFormat.ModelProto Attention(string more, string inputs, string outputs, params long[] sizes)
        {
            long width = sizes.Length == 0 ? 12 : sizes.Sum();
            var node = Node("Attention", inputs, outputs, sizes.Length == 0 ? [("num_heads", 2L)] : [("num_heads", 2L), ("qkv_hidden_sizes", sizes)]);
            node.Domain = OperatorRules.Contributed;
            var model = Model(Graph($"x: f32[2, 3, 4]; w: f32[4, {width}]; b: f32[{width}]; {more}", outputs, node));
            model.OpsetImport.Add(new OnnxFormat.OperatorSetIdProto { Domain = OperatorRules.Contributed, Version = 1 });
            return model;
        }
    }

    [Fact]
    public void A_setting_that_is_computed_is_refused()
    {
        var model = Model(Graph("x: f32[n, 3]; k: i64[1]", "y", Node("CumSum", "x k", "y")));
        Refused(model, "input 1, 'k', is computed, and must be a constant");
    }

    [Fact]
    public void Types_and_versions_that_graphs_do_not_have_are_refused()
    {
        Refused(One("Cast", ("to", 12L)), "no elements of type uint32");
        Refused(Model(Graph("x: f32[n]", "y", Node("Relu", "x", "y")), opset: 6), "it uses opset 6; opsets 7 to 21 import");
        Refused(Model(Graph("x: f32[n]", "y", Node("Relu", "x", "y")), opset: 99), "it uses opset 99");
        Refused(Model(Graph("x: f32[n]", "y", Node("Upsample", "x", "y")), opset: 13), "opset 13 has no such form of it");
        var model = One("Relu");
        model.Graph.Input[0].Type.TensorType.Shape = null;
        Refused(model, "input 'x' does not say how many axes it has");
        Expect.Error(DiagnosticIds.NotFromOnnx, () => ModelFile.Import(One("Relu"), sizes: new Dictionary<string, long> { ["m"] = 2 }), "no input has a size 'm'");
    }

    [Fact]
    public void A_loop_that_changes_the_shape_of_what_it_carries_is_refused()
    {
        var body = Graph("i: i64[]; c: bool[]; s: f32[2]", "d t", Node("Identity", "c", "d"), Node("Concat", "s s", "t", ("axis", 0L)));
        Refused(Model(Graph("m: i64[]; x: f32[2]", "y", Node("Loop", "m _ x", "y", ("body", body)))), "it carries f32[2], which is f32[4] after one iteration");
    }
}
