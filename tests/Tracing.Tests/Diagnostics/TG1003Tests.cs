namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG1003, a call that does not fit a signature.</summary>
public sealed partial class TG1003Tests
{
    [Fact]
    public void Shows_the_inputs_and_the_declared_signature()
    {
        Assert.Equal([2f, 3f], Next(new float[] { 1, 2 }).ToArray<float>());

        GraphException error = Expect.ErrorHere(DiagnosticIds.SignatureMismatch, () => Next(Ops.Ones(2, 2)), ["'x'", "f32[2, 2]", "f32[?]"]);
        Assert.IsType<SignatureMismatchException>(error);
    }

    [Fact]
    public void Names_the_parameter_of_a_concrete_function_what_it_got_and_what_it_wants()
    {
        ConcreteFunction text = GraphFunction.Of(Double).GetConcreteFunction(TensorSpec.Parse("string"));

        Assert.Equal("aa", text.Call("a")[0].Item<string>());
        Assert.Equal("bb", text.Call(new Dictionary<string, Tensor> { ["a"] = "b" })[0].Item<string>());
        Expect.ErrorHere(DiagnosticIds.SignatureMismatch, () => text.Call(1), ["'a'", "i32", "string"]);
        Expect.ErrorHere(DiagnosticIds.SignatureMismatch, () => text.Call("a", "b"), ["takes 1", "got 2"]);
        Expect.ErrorHere(DiagnosticIds.SignatureMismatch, () => text.Call(new Dictionary<string, Tensor> { ["b"] = "b" }), ["'b'"]);
    }

    [GraphFunction(InputSignature = ["f32[?]"])]
    private static Tensor Next(Tensor x) => x + 1;

    [GraphFunction]
    private static Tensor Double(Tensor a) => a + a;
}
