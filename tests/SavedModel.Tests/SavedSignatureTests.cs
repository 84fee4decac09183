namespace TensorGraph.Tests;

/// <summary>Calls of a loaded signature.</summary>
public sealed class SavedSignatureTests : TemporaryFolder
{
    private SavedSignature Both()
    {
        var function = GraphFunction.Of(Programs.Both).GetConcreteFunction(TensorSpec.Parse("f32[n]"), TensorSpec.Parse("f32[n]"));
        SavedModel.Save(At("m"), [new("both", function) { Outputs = ["sum", "difference"] }]);
        return SavedModel.Load(At("m")).Signatures["both"];
    }

    [Fact]
    public void Outputs_have_their_names_in_order()
    {
        var results = Both().Call(new Dictionary<string, Tensor> { ["b"] = new float[] { 1, 2 }, ["a"] = new float[] { 5, 5 } });
        Assert.Equal(["sum", "difference"], results.Keys);
        Assert.Equal([4f, 3f], results["difference"].ToArray<float>());
    }

    [Fact]
    public void An_input_that_does_not_fit_is_an_error()
    {
        var signature = Both();
        Tensor two = new float[] { 1, 2 };
        void Fails(string fact, params (string Name, Tensor Value)[] inputs) => Expect.ErrorHere(
            DiagnosticIds.SignatureMismatch, () => signature.Call(inputs.ToDictionary(input => input.Name, input => input.Value)), ["both(a: f32[n], b: f32[n])", fact]);
        Fails("input 'b' is missing", ("a", two));
        Fails("has no input 'c'", ("a", two), ("b", two), ("c", two));
        Fails("input 'b' got i32[2], it wants f32[n]", ("a", two), ("b", new[] { 1, 2 }));
        Fails("input 'a' got f32[], it wants f32[n]", ("a", 1f), ("b", two));
        Fails("size 'n' is 2 in input 'a' and 3 in 'b'", ("a", two), ("b", new float[] { 1, 2, 3 }));
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => signature.Call(new Dictionary<string, Tensor> { ["a"] = two, ["b"] = null! }), ["'b'"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => signature.Call(null!), ["inputs"]);
    }

    [Fact]
    public async Task Many_threads_call_it_at_the_same_time()
    {
        var signature = Both();
        var results = await Task.WhenAll(Enumerable.Range(1, 64).Select(i => signature.CallAsync(new Dictionary<string, Tensor>
        {
            ["a"] = Ops.Ones(i) * (float)i,
            ["b"] = Ops.Ones(i),
        })));
        Assert.All(results.Index(), result => Assert.Equal(Enumerable.Repeat(result.Index + 2f, result.Index + 1), result.Item["sum"].ToArray<float>()));
        await Assert.ThrowsAsync<SignatureMismatchException>(() => signature.CallAsync(new Dictionary<string, Tensor>()));
    }
}
