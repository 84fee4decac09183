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

    // Evaluate first, then train; a new optimiser; a new layer; more of the model.
    [Fact]
    public void Later_calls_may_create_what_is_new()
    {
        var (traced, _) = Modes.Both(() =>
        {
            var model = new Model();
            List<Tensor> results = [model.Step(Ops.Ones(2), false), model.Step(Ops.Ones(2), true), model.Step(Ops.Ones(2), true)];
            model.Add();
            results.AddRange([model.Step(Ops.Ones(2), true), model.Step(Ops.Ones(3), true), model.Step(Ops.Ones(2), true)]);
            return results.ToArray();
        });
        Assert.Equal([2f, 6, 6, 24, 24, 24], traced.Select(result => result.ToArray<float>()[0]));
    }

    [Fact]
    public void A_static_function_may_create_for_each_of_its_arguments() => Modes.Both(() =>
    {
        Box first = new(), second = new();
        return new[] { OfArgument(first, 1f), OfArgument(second, 2f), OfArgument(first, 3f), OfArgument(second, 4f) };
    });

    [Fact]
    public void What_is_created_on_every_call_is_found_at_the_first_later_trace() => Expect.ErrorHere(
        DiagnosticIds.VariableCreation,
        () =>
        {
            LateCareless(Ops.Ones(2), false);
            LateCareless(Ops.Ones(2), true);
        },
        [nameof(LateCareless), "still null"]);

    public sealed class Box
    {
        public Variable? Weight { get; set; }
    }

    public sealed partial class Model
    {
        private Variable? _weight, _more, _factor;
        private bool _hasMore;

        public void Add() => _hasMore = true;

        [GraphFunction]
        public Tensor Step(Tensor x, bool training)
        {
            _weight ??= new Variable(2f);
            x *= _weight;
            if (_hasMore)
            {
                _more ??= new Variable(4f);
                x *= _more;
            }

            if (!training) return x;
            _factor ??= new Variable(3f);
            return x * _factor;
        }
    }

    [GraphFunction]
    private static Tensor OfArgument(Box box, Tensor x)
    {
        box.Weight ??= new Variable(5f);
        return x * box.Weight;
    }

    [GraphFunction]
    private static Tensor LateCareless(Tensor x, bool creates) => creates ? x * new Variable(2f) : x;

    [GraphFunction]
    private static Tensor Careless(Tensor x) => x * new Variable(2f);

    [GraphFunction]
    private static Tensor Careful(Tensor x)
    {
        s_kept ??= new Variable(2f);
        return x * s_kept;
    }
}
