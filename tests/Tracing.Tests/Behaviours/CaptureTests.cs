namespace TensorGraph.Tests;

/// <summary>The traps of capturing a program: each is right, or an error that says what to do.</summary>
public sealed partial class CaptureTests
{
    [Fact]
    public void A_result_keeps_its_values_when_the_graph_runs_again()
    {
        Tensor first = Scale(new[] { 1f, 2f }), second = Scale(new[] { 3f, 4f });
        Assert.Equal(new[] { 2f, 4f }, first.ToArray<float>());
        Assert.Equal(new[] { 6f, 8f }, second.ToArray<float>());
    }

    [Fact]
    public void A_result_can_be_the_next_argument()
    {
        Modes.Both(() =>
        {
            Tensor x = new[] { 1f, 2f };
            for (int i = 0; i < 5; i++)
                x = Scale(x);
            return x;
        });
    }

    [Fact]
    public void An_argument_can_be_the_result()
    {
        Tensor x = new[] { 1f, 2f };
        (Tensor same, Tensor twice) = PassOn(x);
        Scale(same);
        Assert.Equal(x.ToArray<float>(), same.ToArray<float>());
        Assert.Equal(new[] { 2f, 4f }, twice.ToArray<float>());
    }

    [Fact]
    public void One_tensor_twice_says_nothing_about_the_next_call()
    {
        Tensor x = 2f, y = 5f;
        Modes.Both(() => new[] { Difference(x, x), Difference(x, y), Difference(y, x), Difference(y, y) });
    }

    [Fact]
    public void A_variable_is_read_on_each_call()
    {
        var weight = new Variable(1f);
        Modes.Both(() =>
        {
            var results = new List<float>();
            for (int i = 1; i <= 3; i++)
            {
                weight.Assign((float)i);
                results.Add(Weighted(10f, weight).Item<float>());
            }

            return string.Join(' ', results);
        });
    }

    [Fact]
    public void Another_shape_or_dtype_gives_its_own_answer() =>
        Modes.Both(() => new[] { Mean(new[] { 1f, 2f, 3f }), Mean(new[] { 1f }), Mean(new[] { 1.0, 2.0 }), Mean(Ops.Ones(2, 3)) });

    [Fact]
    public void Host_numbers_and_branches_are_part_of_the_signature() =>
        Modes.Both(() => new[] { Configured(1f, 2, true), Configured(1f, 3, true), Configured(1f, 2, false), Configured(1f, 2, true) });

    [Fact]
    public void Instances_share_a_method_but_no_graph()
    {
        var two = new Scaler(2);
        var three = new Scaler(3);
        Modes.Both(() => new[] { two.Call(1f), three.Call(1f), two.Call(5f) });
    }

    [Fact]
    public void A_host_effect_happens_once_per_trace_a_host_call_each_time()
    {
        var seen = new List<string>();
        for (int i = 0; i < 3; i++)
            Noted(i, seen);
        Assert.Equal(["traced", "ran 0", "ran 1", "ran 2"], seen);
    }

    [Fact]
    public void A_value_cannot_be_read_into_CSharp_while_tracing()
    {
        foreach (Func<Tensor, Tensor> reads in (Func<Tensor, Tensor>[])[ReadsItem, ReadsCast, ReadsArray, ReadsDouble])
            Expect.Error(DiagnosticIds.SymbolicAsValue, () => GraphFunction.Compile(reads)(2f), "has no value");
    }

    [Fact]
    public void Containers_are_inputs_by_structure_not_by_identity()
    {
        var list = new List<Tensor> { 1f, 2f };
        var function = GraphFunction.Of(Weigh);
        Modes.Both(() =>
        {
            list[0] = 1f;
            Tensor before = Weigh(list, new() { ["a"] = 3f, ["b"] = 4f });
            list[0] = 7f;
            return new[] { before, Weigh(list, new() { ["a"] = 5f, ["b"] = 6f }), Weigh(new List<Tensor> { 1f, 2f }, new() { ["a"] = 3f, ["b"] = 4f }) };
        });
        Assert.Equal(1, function.TraceCount);
    }

    [Fact]
    public void Named_arguments_go_where_their_names_say() =>
        Modes.Both(() => new[] { Difference(7f, 2f), Difference(y: 2f, x: 7f), Difference(x: 2f, y: 7f), WithDefaults(1f), WithDefaults(1f, y: 3f), WithDefaults(1f, scale: 4) });

    [Fact]
    public void A_lambda_argument_is_compared_by_identity()
    {
        Func<Tensor, Tensor> twice = x => x * 2, square = x => x * x;
        Modes.Both(() => new[] { Applied(3f, twice), Applied(3f, square), Applied(5f, twice) });
    }

    [Fact]
    public void A_local_that_a_lambda_captures_is_no_constant()
    {
        float rate = 1;
        Tensor offset = 0f;
        Func<Tensor, Tensor> scale = x => x * rate + offset, nested = x => scale(x) + rate;
        var (results, _) = Modes.Both(() =>
        {
            rate = 1;
            offset = 0f;
            var first = new[] { Applied(10f, scale), Applied(10f, nested) };
            rate = 2;
            var second = new[] { Applied(10f, scale), Applied(10f, nested) };
            offset = 5f;
            return (Tensor[])[.. first, .. second, Applied(10f, scale), Applied(10f, scale)];
        });
        Assert.Equal(["10", "11", "20", "22", "25", "25"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void A_captured_constant_may_be_large_and_the_graphs_do_not_mix()
    {
        Tensor big = Ops.Ones(1000), other = Ops.Ones(1000) * 3;
        Modes.Both(() => new[] { Applied(1f, x => x * big.Sum()), Applied(1f, x => x * other.Sum()) });
    }

    [GraphFunction]
    private static Tensor Scale(Tensor x) => x * 2;

    [GraphFunction]
    private static (Tensor Same, Tensor Twice) PassOn(Tensor x) => (x, x * 2);

    [GraphFunction]
    private static Tensor Difference(Tensor x, Tensor y) => x * 10 - y;

    [GraphFunction]
    private static Tensor Weighted(Tensor x, Variable weight) => x * weight;

    [GraphFunction]
    private static Tensor Mean(Tensor x) => x.Sum() / (double)x.Shape.ElementCount.Value;

    [GraphFunction]
    private static Tensor Configured(Tensor x, int times, bool negate)
    {
        for (int i = 0; i < times; i++)
            x = x + x;
        return negate ? -x : x;
    }

    [GraphFunction]
    private static void Noted(Tensor x, List<string> seen)
    {
        seen.Add("traced");
        Ops.HostCall((Tensor t) => seen.Add($"ran {t}"), x);
    }

    [GraphFunction]
    private static Tensor ReadsItem(Tensor x) => x * x.Item<float>();

    [GraphFunction]
    private static Tensor ReadsCast(Tensor x) => x * (float)x;

    [GraphFunction]
    private static Tensor ReadsArray(Tensor x) => x * x.ToArray<float>()[0];

    [GraphFunction]
    private static Tensor ReadsDouble(Tensor x) => x * x.ToDouble();

    [GraphFunction]
    private static Tensor Weigh(List<Tensor> list, Dictionary<string, Tensor> named) => list[0] * 1000 + list[1] * 100 + named["a"] * 10 + named["b"];

    [GraphFunction]
    private static Tensor WithDefaults(Tensor x, int scale = 2, Tensor? y = null) => x * scale + (y ?? x);

    [GraphFunction]
    private static Tensor Applied(Tensor x, Func<Tensor, Tensor> function) => function(x);

    private sealed partial class Scaler(int factor)
    {
        [GraphFunction]
        public Tensor Call(Tensor x) => x * factor;
    }
}
