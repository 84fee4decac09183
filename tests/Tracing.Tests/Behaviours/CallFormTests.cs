namespace TensorGraph.Tests;

/// <summary>However a call is written, the same arguments are one signature; and what a function returns has the structure that it gives it.</summary>
public sealed partial class CallFormTests
{
    [Fact]
    public void Positions_names_and_defaults_are_one_signature()
    {
        Modes.Both(() => new[] { Scaled(3f, 5f), Scaled(y: 5f, x: 3f), Scaled(3f, y: 5f), Scaled(3f, 5f, 2), Scaled(scale: 2, x: 3f, y: 5f) });
        Assert.Equal(1, GraphFunction.Of(Scaled).TraceCount);
        Modes.Both(() => new[] { Scaled(3f, 5f, 4), Scaled(scale: 4, y: 5f, x: 3f) });
        Assert.Equal(2, GraphFunction.Of(Scaled).TraceCount);
    }

    [Fact]
    public void The_number_of_further_arguments_counts_and_not_how_they_are_given()
    {
        Modes.Both(() => new[] { Joined(1f), Joined(1f, 2f), Joined(1f, [2f]), Joined(1f, new Tensor[] { 3f }), Joined(x: 1f, more: [4f, 5f]), Joined(1f, 6f, 7f), Joined(1f, []) });
        Assert.Equal(3, GraphFunction.Of(Joined).TraceCount);
    }

    [Fact]
    public void Many_arguments()
    {
        Tensor[] all = [.. Enumerable.Range(0, 600).Select(i => (Tensor)(float)i)];
        Modes.Both(() => (Summed(all), Last(all)));
    }

    [Fact]
    public void Lists_of_as_many_tensors_and_another_structure_are_other_signatures()
    {
        Modes.Both(() => new[] { Nested([[1f], [2f, 3f]]), Nested([[1f, 2f], [3f]]), Nested([[], [1f, 2f, 3f]]), Nested([[4f], [5f, 6f]]) });
        Assert.Equal(3, GraphFunction.Of(Nested).TraceCount);
    }

    [Fact]
    public void A_value_behind_object_counts_with_its_type()
    {
        Modes.Both(() => string.Join(' ', new object?[] { 1, 1L, 1f, 1.0, true, '1', "1", null, 1 }.Select(value => Typed(1f, value))));
        Assert.Equal(8, GraphFunction.Of(Typed).TraceCount);
    }

    [Fact]
    public void Objects_count_by_identity_whatever_their_Equals_says()
    {
        Same one = new(2), other = new(3);
        Modes.Both(() => new[] { ByObject(1f, one), ByObject(1f, other), ByObject(2f, one) });
        Assert.Equal(2, GraphFunction.Of(ByObject).TraceCount);
    }

    [Fact]
    public void A_signature_without_tensors()
    {
        var model = new Empty();
        Modes.Both(() => new[] { model.Nothing(), model.WithDefault(), model.WithDefault(3), model.WithDefault() });
        Assert.Equal(2, GraphFunction.Of(model.WithDefault).TraceCount);
    }

    [Fact]
    public void Results_that_are_missing_or_the_same()
    {
        var (missing, twice, again, given) = Modes.Both(() => Mixed(3f)).Result;
        Assert.Null(missing);
        Assert.Equal((6f, 6f, 3f), (twice.Item<float>(), again.Item<float>(), given.Item<float>()));
    }

    [Fact]
    public void A_spec_and_a_tensor_ask_for_the_same_concrete_function()
    {
        var function = GraphFunction.Of(Square);
        var concrete = function.GetConcreteFunction(new TensorSpec(DType.F32, [2, 2]));
        Assert.Same(concrete, function.GetConcreteFunction(Ops.Ones(2, 2)));
        Square(Ops.Zeros(2, 2));
        Assert.Equal(1, function.TraceCount);
        Assert.NotSame(concrete, function.GetConcreteFunction(new TensorSpec(DType.F64, [2, 2])));
    }

    [Fact]
    public void A_concrete_function_outlives_its_object_and_keeps_what_it_was_traced_with()
    {
        var (concrete, model) = OfForgotten();
        for (int i = 0; i < 10 && model.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(model.IsAlive);
        Assert.Equal(22f, concrete.Call(4f)[0].Item<float>());
    }

    [Fact]
    public void A_run_that_fails_is_forgotten()
    {
        Modes.Both(() => string.Join(' ', new[] { 0f, 1f, 0f, 2f, 0f }.Select(x => Record.Exception(() => OnlyZero(x))?.Message ?? "fine")));
        Assert.Equal(1, GraphFunction.Of(OnlyZero).TraceCount);
    }

    [Fact]
    public void The_switch_to_plain_CSharp_and_back_loses_no_trace()
    {
        Assert.Equal("9 16 25", string.Join(' ', new[] { false, true, false }.Select((imperatively, i) => Modes.Run(() => Square(i + 3f), imperatively).Result)));
        Assert.Equal(9f, Square(3f).Item<float>());
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static (ConcreteFunction, WeakReference) OfForgotten()
    {
        var model = new Empty { Factor = 3 };
        return (GraphFunction.Of(model.Times).GetConcreteFunction(new TensorSpec(DType.F32, [])), new(model));
    }

    [GraphFunction]
    private static Tensor Scaled(Tensor x, Tensor y, int scale = 2) => (x - y) * scale;

    [GraphFunction]
    private static Tensor Joined(Tensor x, params Tensor[] more) => Ops.Stack([x, .. more]);

    [GraphFunction]
    private static Tensor Summed(params Tensor[] all) => all.Aggregate((a, b) => a + b);

    [GraphFunction]
    private static Tensor Last(params Tensor[] all) => Ops.Stack(all)[^1];

    [GraphFunction]
    private static Tensor Nested(List<List<Tensor>> rows)
    {
        Tensor all = 0f;
        foreach (var row in rows)
            all = (all * 1000) + row.Aggregate((Tensor)1f, (a, b) => (a * 10) + b);
        return all;
    }

    [GraphFunction]
    private static Tensor Typed(Tensor x, object? value) => x * (value?.GetType().Name.Length ?? 100);

    [GraphFunction]
    private static Tensor ByObject(Tensor x, Same factor) => x * factor.Value;

    [GraphFunction]
    private static (Tensor? Missing, Tensor Twice, Tensor Again, Tensor Given) Mixed(Tensor x)
    {
        Tensor twice = x * 2;
        return (null, twice, twice, x);
    }

    [GraphFunction]
    private static Tensor Square(Tensor x) => x * x;

    [GraphFunction]
    private static Tensor OnlyZero(Tensor x)
    {
        if (x > 0)
            throw new InvalidOperationException($"not zero but {x}");
        return x;
    }

    internal sealed class Same(int value)
    {
        public int Value => value;

        public override bool Equals(object? obj) => obj is Same;

        public override int GetHashCode() => 1;
    }

    internal sealed partial class Empty
    {
        private readonly Variable _shift = new(10f);

        public float Factor { get; init; } = 2;

        [GraphFunction(InputSignature = [])]
        public Tensor Nothing() => _shift + 1;

        [GraphFunction(InputSignature = [])]
        public Tensor WithDefault(int n = 2) => _shift * n;

        [GraphFunction]
        public Tensor Times(Tensor x) => (x * Factor) + _shift;
    }
}
