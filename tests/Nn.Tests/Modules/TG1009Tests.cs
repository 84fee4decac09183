namespace TensorGraph.Tests.Modules;

public sealed class TG1009Tests
{
    private sealed class Pair : Module
    {
        public Tensor Call(Tensor x, Tensor y)
        {
            using var scope = OpenScope();
            return x + y;
        }
    }

    [Fact]
    public void A_module_with_other_inputs_says_so()
    {
        var pair = new Pair();
        Assert.Equal([3f], pair.Call(new[] { 1f }, new[] { 2f }).ToArray<float>());
        Expect.ErrorHere(DiagnosticIds.NotCalledWithOneTensor, () => pair.Call(new[] { 1f }), ["pair", "a Pair is not called with one tensor"]);
    }
}
