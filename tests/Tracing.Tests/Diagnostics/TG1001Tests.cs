namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG1001, a symbolic tensor used as a C# value.</summary>
public sealed partial class TG1001Tests
{
    [Fact]
    public void Shows_the_tensor_and_the_function_that_is_traced() =>
        Expect.ErrorHere(DiagnosticIds.SymbolicAsValue, () => ReadWhileTracing(1f), ["f32", nameof(ReadWhileTracing), "Ops.Print"]);

    [Fact]
    public void Is_raised_by_a_condition_in_code_that_is_not_converted() =>
        Expect.ErrorHere(DiagnosticIds.SymbolicAsValue, () => DecideInALibrary(1f), ["a condition", nameof(DecideInALibrary)]);

    [Fact]
    public void A_concrete_tensor_is_read_as_a_value() => Assert.Equal(2f, ((Tensor)2f).Item<float>());

    [Fact]
    public void A_size_that_only_a_run_knows_has_no_name_in_it()
    {
        var error = Assert.ThrowsAny<GraphException>(() => ReadPart(new[] { 1f, -2, 3 }));
        Assert.Contains("f32[?]", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("_u", error.Message, StringComparison.Ordinal);
    }

    [GraphFunction]
    private static Tensor ReadPart(Tensor x) => x[x > 0].Item<float>();

    [GraphFunction]
    private static Tensor ReadWhileTracing(Tensor x) => x * x.Item<float>();

    [GraphFunction]
    private static Tensor DecideInALibrary(Tensor x) => Enumerable.Repeat(x > 0, 1).Any(Truth.Of) ? x : -x;

    // Stands for code of another project: a delegate to the operator itself, which no conversion sees.
    private static class Truth
    {
        public static readonly Func<Tensor, bool> Of = typeof(Tensor).GetMethod("op_True")!.CreateDelegate<Func<Tensor, bool>>();
    }
}
