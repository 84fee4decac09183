namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG1005, a method that is not a graph function.</summary>
public sealed partial class TG1005Tests
{
    [Fact]
    public void Names_the_method()
    {
        Expect.ErrorHere(DiagnosticIds.NotAGraphFunction, () => GraphFunction.Of(Plain), [nameof(Plain), "[GraphFunction]", "partial"]);
        Expect.ErrorHere(DiagnosticIds.NotAGraphFunction, () => GraphFunction.Compile(Plain), [nameof(Plain)]);
        Expect.ErrorHere(DiagnosticIds.NotAGraphFunction, () => GraphFunction.Of((Tensor x) => Marked(x)), ["[GraphFunction]"]);
    }

    [Fact]
    public void A_marked_method_is_one() => Assert.Equal(0, GraphFunction.Of(Marked).TraceCount);

    private static Tensor Plain(Tensor x) => x;

    [GraphFunction]
    private static Tensor Marked(Tensor x) => x + 1;
}
