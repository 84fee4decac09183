using static TensorGraph.Tests.CentralDifferences;

namespace TensorGraph.Tests;

/// <summary>Row C32: a function called along an axis with a state, imperatively and as one loop of the graph.</summary>
public sealed partial class ScanTests
{
    private static readonly Variable s_weight = new(0.7, "weight");
    private static readonly Variable s_count = new(0, "count", trainable: false);

    private static Tensor Items(int count) => Tensor.From([.. Enumerable.Range(0, count).Select(i => 0.4 - (0.3 * i))]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void State_and_outputs(bool reverse)
    {
        for (int n = 0; n <= 5; n++)
        {
            double sum = 0;
            double[] expected = new double[n];
            for (int i = 0; i < n; i++)
            {
                int at = reverse ? n - 1 - i : i;
                sum = (sum * 2) + (0.4 - (0.3 * at));
                expected[at] = sum;
            }

            var ((last, outputs), _) = Modes.Both(() => Doubling(Items(n), reverse));
            Assert.Equal(sum, last.Item<double>(), 12);
            Assert.Equal(expected, outputs.ToArray<double>());
        }
    }

    [Fact]
    public void One_trace_for_all_lengths_and_outputs_as_long_as_the_items()
    {
        foreach (int n in new[] { 3, 0, 1, 4, 2 })
            Modes.Both(() => Once(Items(n)));
        var function = GraphFunction.Of(Once).ConcreteFunctions[0];
        Assert.Equal(2, GraphFunction.Of(Once).TraceCount);
        Assert.Equal(function.Graph.Entry.Parameters[0].Types[0].Shape, function.Graph.Entry.Results[1].Shape);
        Assert.Contains(function.Graph.Entry.AllNodes(), node => node.Op == Ir.OpDefs.Scan);
    }

    [Fact]
    public void Structures_of_tensors() =>
        Modes.Both(() =>
        {
            Tensor x = new double[,] { { 1, 2 }, { -1, 0.5 }, { 3, -2 } };
            return Pairs(x, Items(3));
        });

    [Fact]
    public void A_step_may_decide_by_tensors_print_and_use_variables()
    {
        s_count.Assign(0);
        var (result, lines) = Modes.Both(() =>
        {
            s_count.Assign(0);
            return (Deciding(Items(4)), s_count.Value);
        });
        Assert.Equal(4, lines.Length);
        Assert.Equal(2, result.Item2.Item<int>());
    }

    [Fact]
    public void Arrays_of_the_method_around_it_grow_in_a_step() => Modes.Both(() => (Collecting(Items(5)), Collecting(Items(0))));

    [Fact]
    public void Types_of_outputs_without_entries_are_those_of_any_path() => Modes.Both(() => Deciding(Items(0)));

    [Fact]
    public void A_step_may_hold_loops_and_scans() => Modes.Both(() => Nested(Items(4), Items(3)));

    [Fact]
    public void Gradients_of_first_and_second_order()
    {
        foreach (int n in new[] { 1, 2, 5 })
        {
            Tensor x = Items(n);
            double[] first = Differences(Loss, x.ToArray<double>());
            double[] second = Differences(at => (Gradients(at).Item1 * Ops.Iota(n, DType.F64)).Sum(), x.ToArray<double>());
            double[] byWeight = Differences(at => WithWeight(at, () => Loss(x)), [0.7]);
            foreach (bool imperatively in new[] { true, false })
            {
                foreach (var (byItems, byVariable) in Modes.Run(() => new[] { Gradients(x), Outside(x) }, imperatively).Result)
                {
                    Agree(first, byItems, "by the items");
                    Agree(byWeight, byVariable.Reshape(1), "by the variable");
                }

                Agree(second, Modes.Run(() => GradientsOfGradient(x), imperatively).Result, "second order");
            }
        }
    }

    [Fact]
    public void Without_entries_the_step_does_not_run()
    {
        var (result, lines) = Modes.Both(() => Printing(Ops.Zeros(0, 3)));
        Assert.Empty(lines);
        Assert.Equal("f32[0, 3]", result.Type.ToString());
    }

    [Fact]
    public void Errors_say_what_is_wrong_both_ways()
    {
        Modes.Fails("TG3001", () => Drifting(Items(2)), "'state'", "f64[]", "f32[]");
        Modes.Fails("TG2003", () => Once(Items(2).Sum()), "'items'", "without an axis");
        Modes.Fails("TG2001", () => Apart(Items(2), Items(3)), "2 entries", "3");
        Modes.Fails("TG3001", () => Counting(Items(2)), "'initial'", "Int32");
        Modes.Run<object?>(
            () =>
            {
                var error = Assert.Throws<GraphException>(() => Ops.Scan((Tensor)0.0, Items(0), (s, x) => (s, Ops.Full([x.Item<long>()], 1))));
                Assert.Equal("TG3004", error.Id);
                return null;
            },
            imperatively: true);
    }

    [Fact]
    public void A_tensor_that_a_step_leaves_behind_is_an_error()
    {
        var error = Assert.Throws<GraphException>(() => Leaking(Items(2)));
        Assert.Equal("TG7002", error.Id);
        Assert.Contains("made by 'mul' at ScanTests.cs", error.Message, StringComparison.Ordinal);
    }

    private static Tensor WithWeight(Tensor weight, Func<Tensor> f)
    {
        Tensor before = s_weight.Value;
        s_weight.Assign(weight.Reshape());
        Tensor result = f();
        s_weight.Assign(before);
        return result;
    }

    public sealed record Cell(Tensor Hidden, (Tensor Memory, Tensor[] More) Rest);

    [GraphFunction]
    private static (Tensor, Tensor) Doubling(Tensor items, bool reverse) => Ops.Scan(
        (Tensor)0.0, items, (state, x) =>
        {
            Tensor next = (state * 2) + x;
            return (next, next);
        }, reverse);

    [GraphFunction]
    private static (Tensor, Tensor) Once(Tensor items) => Ops.Scan((Tensor)1.0, items, (state, x) => (state * x, state + x));

    [GraphFunction]
    private static (Tensor, Tensor, Tensor, Tensor, Tensor) Pairs(Tensor x, Tensor y)
    {
        var start = new Cell(Ops.Zeros(2).Cast(DType.F64), (1.0, [2.0, y.Sum()]));
        var (cell, (a, b)) = Ops.Scan(start, (x, y), (state, item) =>
        {
            var (row, number) = item;
            Tensor hidden = Ops.Tanh(state.Hidden + row) * number;
            return (new Cell(hidden, (state.Rest.Memory + number, [state.Rest.More[1], state.Rest.More[0] * number])), (hidden, state.Rest.More[1]));
        });
        return (cell.Hidden, cell.Rest.Memory + cell.Rest.More[0] + cell.Rest.More[1], a, b, start.Hidden);
    }

    [GraphFunction]
    private static Tensor Deciding(Tensor items) => Ops.Scan(
        (Tensor)0.0, items, (state, x) =>
        {
            if (x > 0)
            {
                state += x;
                s_count.AssignAdd(1);
            }
            else
            {
                state -= x * s_weight;
            }

            Ops.Print("state", state);
            return (state, state > 1 ? x : -x);
        }).Outputs;

    [GraphFunction]
    private static Tensor Collecting(Tensor items)
    {
        var positive = new TensorArray(DType.F64, []);
        Ops.Scan(default(ValueTuple), items, (none, x) =>
        {
            if (x > -0.5)
                positive.Add(x * 2);
            return (none, none);
        });
        return positive.Stack();
    }

    [GraphFunction]
    private static Tensor Nested(Tensor items, Tensor others) => Ops.Scan(
        (Tensor)1.0, items, (state, x) =>
        {
            Tensor turns = 0;
            while (turns < 3)
            {
                state = Ops.Tanh(state + x);
                turns += 1;
            }

            return (state, Ops.Scan(state, others, (inner, y) => (inner * y, inner + y)).Outputs);
        }).Outputs;

    [GraphFunction]
    private static Tensor Loss(Tensor x)
    {
        var (state, outputs) = Ops.Scan(s_weight.Value, (x, x * x), (s, item) => (Ops.Tanh((s * item.Item1) + s_weight), s * item.Item2 * x.Sum()));
        return (state * 2) + (outputs * outputs).Sum();
    }

    [GraphFunction]
    private static (Tensor, Tensor) Gradients(Tensor x)
    {
        using var tape = new GradientTape(persistent: true);
        tape.Watch(x);
        Tensor loss = Loss(x);
        return (tape.Gradient(loss, x)!, tape.Gradient(loss, s_weight)!);
    }

    private static (Tensor, Tensor) Outside(Tensor x)
    {
        using var tape = new GradientTape(persistent: true);
        tape.Watch(x);
        Tensor loss = Loss(x);
        return (tape.Gradient(loss, x)!, tape.Gradient(loss, s_weight)!);
    }

    [GraphFunction]
    private static Tensor GradientsOfGradient(Tensor x)
    {
        using var outer = new GradientTape();
        outer.Watch(x);
        Tensor first = Gradients(x).Item1;
        return outer.Gradient((first * Ops.Iota(x.Shape[0], DType.F64)).Sum(), x)!;
    }

    [GraphFunction]
    private static Tensor Printing(Tensor items) => Ops.Scan(default(ValueTuple), items, (none, x) =>
    {
        Ops.Print("row", x);
        return (none, x * 2);
    }).Outputs;

    [GraphFunction]
    private static Tensor Drifting(Tensor items) => Ops.Scan((Tensor)0.0, items, (state, x) => (x.Cast(DType.F32), x)).Outputs;

    [GraphFunction]
    private static Tensor Apart(Tensor a, Tensor b) => Ops.Scan((Tensor)0.0, (a, b), (state, item) => (state + item.Item1, item.Item2)).Outputs;

    [GraphFunction]
    private static Tensor Counting(Tensor items) => Ops.Scan(0, items, (state, x) => (state + 1, x)).Outputs;

    private static Tensor s_kept = 0f;

    // A local would be an error of the build.
    [GraphFunction]
    private static Tensor Leaking(Tensor items)
    {
        Ops.Scan(default(ValueTuple), items, (none, x) =>
        {
            s_kept = x * 2;
            return (none, x);
        });
        return s_kept + 1;
    }
}
