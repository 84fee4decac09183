namespace TensorGraph.Tests;

public sealed class TG1012Tests : TemporaryFolder
{
    private void Refused(Delegate method, string spec, params string[] facts)
    {
        var function = GraphFunction.Of(method).GetConcreteFunction(TensorSpec.Parse(spec));
        Expect.Error(DiagnosticIds.NotInOnnx, () => OnnxModel.Save(At("m.onnx"), function), ["Programs.cs", .. facts]);
        Assert.False(File.Exists(At("m.onnx")));
    }

    [Fact]
    public void An_op_that_no_model_has_is_refused_with_its_line()
    {
        Refused(Programs.Printed, "f32[n]", "op 'print'", "no output of text");
        Refused(new Programs().Assigned, "f32[3]", "op 'assign_variable'", "no variables that a run assigns");
        Refused(Programs.Inverted, "f32[n, 3, 3]", "op 'solve'", "ONNX has no operator for it");
    }

    [Fact]
    public void Weights_of_more_than_a_file_can_hold_are_refused_before_they_are_read()
    {
        var parts = new ModelParts();
        var small = new TensorType(DType.F32, [2]);
        Assert.Equal("w", parts.Weight(new object(), "w", small, () => Literal.Zeros(small)));
        var large = new TensorType(DType.F32, [1000, 600000]);
        Expect.Error(DiagnosticIds.NotInOnnx, () => parts.Weight(new object(), "table", large, () => throw new InvalidTimeZoneException()),
            "more than 2 GB with 'table', f32[1000, 600000]");
    }

    [Fact]
    public void Outputs_have_one_name_each()
    {
        var function = GraphFunction.Of(Programs.Shared).GetConcreteFunction(TensorSpec.Parse("f32[n]"));
        Expect.Error(DiagnosticIds.NotInOnnx, () => OnnxModel.Save(At("m.onnx"), function, ["a"]), "gives 3 tensors and names 1");
        Expect.Error(DiagnosticIds.NotInOnnx, () => OnnxModel.Save(At("m.onnx"), function, ["a", "b", "a"]), "two outputs are called 'a'");
        Expect.Error(DiagnosticIds.NotInOnnx, () => OnnxModel.Save(At("m.onnx"), function, ["a", "b", ""]), "an output has no name");
    }
}
