namespace TensorGraph.Tests.Diagnostics;

/// <summary>Messages say the facts in the words of the code that they are about.</summary>
public sealed partial class MessageTests
{
    private static readonly Tensor Missing = null!;

    [Fact]
    public void A_missing_operand_is_named()
    {
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Ops.Neg(Missing), ["neg: the operand is null"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Ops.Add(1f, Missing), ["add: the right operand is null beside f32[]"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => _ = Missing * Ops.Ones(2), ["mul: the left operand is null beside f32[2]"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Ops.Where(true, 1f, Missing), ["argument 'b' is null"]);
    }

    [Fact]
    public void An_assertion_shows_values_that_its_text_does_not_name()
    {
        Modes.Fails("TG3002", () => Positive(-1f).ToArray<float>(), "assertion failed: not positive: -1, [1, 1], at MessageTests.cs:");
        Modes.Fails("TG3002", () => PositiveInText(-1f).ToArray<float>(), "assertion failed: -1 is not positive: [1, 1], at MessageTests.cs:");
        Modes.Fails("TG3002", () => PositiveWithoutText(-1f).ToArray<float>(), "assertion failed: -1, at MessageTests.cs:");
    }

    [Fact]
    public void A_value_that_is_read_while_tracing_does_not_ask_for_a_graph_function()
    {
        var error = Expect.ErrorHere(DiagnosticIds.SymbolicAsValue, () => Read(1f), ["read: the symbolic tensor", "each time the graph runs", "Ops.HostCall"]);
        Assert.DoesNotContain("[GraphFunction]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_out_of_range_is_called_a_label()
    {
        Modes.Fails("TG2004", () => Cross(Ops.Ones(2, 3), new[] { 1, 7 }).ToArray<float>(),
            "sparse_softmax_cross_entropy: label 7 is out of range for axis 1 of f32[2, 3]", "Labels go from 0 to 2.");
        Modes.Fails("TG2004", () => Take(Ops.Ones(2, 3), new[] { 7 }).ToArray<float>(),
            "gather: position 7 is out of range for axis 0 of f32[2, 3]", "Positions go from 0 to 1.");
    }

    [GraphFunction]
    private static Tensor Cross(Tensor scores, Tensor labels) => Ops.SparseSoftmaxCrossEntropy(scores, labels);

    [GraphFunction]
    private static Tensor Take(Tensor x, Tensor positions) => Ops.Gather(x, positions);

    [GraphFunction]
    private static Tensor Read(Tensor x) => x * x.Item<float>();

    [GraphFunction]
    private static Tensor Positive(Tensor x)
    {
        Ops.Assert(x > 0, "not positive", x, Ops.Ones(2));
        return x;
    }

    [GraphFunction]
    private static Tensor PositiveInText(Tensor x)
    {
        Ops.Assert(x > 0, "{0} is not positive", x, Ops.Ones(2));
        return x;
    }

    [GraphFunction]
    private static Tensor PositiveWithoutText(Tensor x)
    {
        Ops.Assert(x > 0, "", x);
        return x;
    }
}
