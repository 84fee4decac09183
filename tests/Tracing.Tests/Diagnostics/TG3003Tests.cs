namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG3003, a graph function that calls itself without end.</summary>
public sealed partial class TG3003Tests
{
    [Fact]
    public void Is_raised_instead_of_a_stack_overflow() =>
        Expect.Error(DiagnosticIds.EndlessRecursion, () => Forever(1f), nameof(Forever), "calls itself");

    [Fact]
    public void A_recursion_that_a_number_ends_is_fine() => Assert.Equal(8f, Double(1f, 3).Item<float>());

    [GraphFunction]
    private static Tensor Forever(Tensor x) => Forever(x / 2);

    [GraphFunction]
    private static Tensor Double(Tensor x, int times) => times == 0 ? x : Double(x + x, times - 1);
}
