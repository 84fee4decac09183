namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG1002, null where a value is needed.</summary>
public sealed partial class TG1002Tests
{
    [Fact]
    public void Is_raised_instead_of_a_null_reference()
    {
        Tensor missing = null!;

        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Ops.Neg(missing), ["null"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Ops.Add(1f, missing), ["null"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => _ = missing * 2, ["null"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Tensor.From((Array)null!), ["values", "null"]);
    }

    [Fact]
    public void Is_raised_for_an_argument_of_a_graph_function() =>
        Expect.Error(DiagnosticIds.NullArgument, () => Twice(null!), "null");

    [GraphFunction]
    private static Tensor Twice(Tensor x) => x + x;
}
