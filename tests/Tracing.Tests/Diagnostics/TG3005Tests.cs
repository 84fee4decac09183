namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG3005, a step of a scan that changes C# state.</summary>
public sealed partial class TG3005Tests
{
    private static readonly Tensor s_items = new[] { 1f, 4f, 9f };
    private static Tensor s_field = 0f;

    [Fact]
    public void A_tensor_kept_in_a_local_is_refused() =>
        Expect.ErrorHere(DiagnosticIds.StepChangesState, () => Differences(s_items), ["scan", "keeps a tensor for its next call", "foreach"]);

    [Fact]
    public void A_tensor_kept_in_a_field_is_refused() => Expect.ErrorHere(DiagnosticIds.StepChangesState, () => Field(s_items), ["keeps a tensor"]);

    [Fact]
    public void A_number_that_counts_is_refused() => Expect.ErrorHere(DiagnosticIds.StepChangesState, () => Count(s_items), ["something else"]);

    [Fact]
    public void A_variable_chosen_by_turns_is_refused() => Expect.ErrorHere(DiagnosticIds.StepChangesState, () => Alternate(s_items), ["something else"]);

    [Fact]
    public void A_function_to_combine_is_held_to_the_same() =>
        Expect.ErrorHere(DiagnosticIds.StepChangesState, () => Combine(s_items), ["associative_scan", "something else"]);

    [Fact]
    public void Changes_that_make_no_difference_are_not()
    {
        var lines = new List<string>();
        Assert.Equal([2f, 8f, 18f], Logged(s_items, lines).ToArray<float>());
        Assert.Equal(["step", "step"], lines);
    }

    [GraphFunction]
    private static Tensor Differences(Tensor items)
    {
        Tensor before = 0f;
        return Ops.Scan(default(ValueTuple), items, (none, x) =>
        {
            Tensor difference = x - before;
            before = x;
            return (none, difference);
        }).Outputs;
    }

    [GraphFunction]
    private static Tensor Field(Tensor items) => Ops.Scan(default(ValueTuple), items, (none, x) =>
    {
        Tensor sum = x + s_field;
        s_field = sum;
        return (none, sum);
    }).Outputs;

    [GraphFunction]
    private static Tensor Count(Tensor items)
    {
        int count = 0;
        return Ops.Scan(default(ValueTuple), items, (none, x) => (none, x + count++)).Outputs;
    }

    private static readonly Variable s_first = new(1f), s_second = new(2f);

    [GraphFunction]
    private static Tensor Alternate(Tensor items)
    {
        bool even = false;
        return Ops.Scan(default(ValueTuple), items, (none, x) =>
        {
            even = !even;
            return (none, x + (even ? s_first : s_second));
        }).Outputs;
    }

    [GraphFunction(InputSignature = ["f32[n]"])]
    private static Tensor Combine(Tensor items)
    {
        int count = 0;
        return Ops.AssociativeScan(items, (a, b) => a + b + count++);
    }

    [GraphFunction]
    private static Tensor Logged(Tensor items, List<string> lines) => Ops.Scan(default(ValueTuple), items, (none, x) =>
    {
        lines.Add("step");
        return (none, x * 2);
    }).Outputs;
}
