namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG3006, an op in a function for all entries of a batch that can't be there.</summary>
[Collection(DefaultGenerator.Name)]
public sealed partial class TG3006Tests
{
    private static readonly Variable s_count = new(0f);

    [Fact]
    public void A_random_number_is_refused() =>
        Expect.ErrorHere(DiagnosticIds.NotBatched, () => Noisy(Ops.Ones(3, 2)), ["vmap: advance_random has an effect"]);

    [Fact]
    public void A_print_is_refused() => Expect.ErrorHere(DiagnosticIds.NotBatched, () => Printed(Ops.Ones(3, 2)), ["vmap: print has an effect"]);

    [Fact]
    public void An_assignment_is_refused() =>
        Expect.ErrorHere(DiagnosticIds.NotBatched, () => Counted(Ops.Ones(3, 2)), ["vmap: assign_variable has an effect"]);

    [Fact]
    public void A_size_that_depends_on_the_entry_is_refused() =>
        Expect.ErrorHere(DiagnosticIds.NotBatched, () => Picked(Ops.Ones(3, 2)), ["vmap", "depends on the entry"]);

    [Fact]
    public void Variables_may_be_read() => Assert.Equal("[1, 1]", Modes.Both(() => Read(Ops.Ones(2))).Result.ToString());

    [GraphFunction]
    private static Tensor Noisy(Tensor x) => Ops.Vmap(x, entry => entry + Ops.RandomNormal([2]));

    [GraphFunction]
    private static Tensor Printed(Tensor x) => Ops.Vmap(x, entry =>
    {
        Ops.Print("entry", entry);
        return entry;
    });

    [GraphFunction]
    private static Tensor Counted(Tensor x) => Ops.Vmap(x, entry =>
    {
        s_count.AssignAdd(1f);
        return entry;
    });

    [GraphFunction]
    private static Tensor Picked(Tensor x) => Ops.Vmap(x, entry => Ops.Sum(Ops.BooleanMask(entry, entry > 0)));

    [GraphFunction]
    private static Tensor Read(Tensor x) => Ops.Vmap(x, entry => entry + s_count);
}
