namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG7003, a variable that is created on a later call.</summary>
public sealed partial class TG7003Tests
{
    private static Variable? s_kept;

    [Fact]
    public void Names_the_function()
    {
        GraphException error = Expect.ErrorHere(
            DiagnosticIds.VariableCreation,
            () =>
            {
                Careless(Ops.Ones(2));
                Careless(Ops.Ones(3));
            },
            [nameof(Careless), "still null"]);
        Assert.IsType<VariableCreationException>(error);
    }

    [Fact]
    public void A_variable_created_while_its_field_is_null_is_fine()
    {
        Assert.Equal([2f, 2f], Careful(Ops.Ones(2)).ToArray<float>());
        Assert.Equal([2f, 2f, 2f], Careful(Ops.Ones(3)).ToArray<float>());
        Assert.Equal(2f, s_kept!.Value.Item<float>());
    }

    [GraphFunction]
    private static Tensor Careless(Tensor x) => x * new Variable(2f);

    [GraphFunction]
    private static Tensor Careful(Tensor x)
    {
        s_kept ??= new Variable(2f);
        return x * s_kept;
    }
}
