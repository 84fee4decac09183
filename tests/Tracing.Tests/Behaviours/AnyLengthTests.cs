using static TensorGraph.Tests.CentralDifferences;

namespace TensorGraph.Tests;

/// <summary>Row C24: tensors whose first axis changes from turn to turn, and loops with a limit.</summary>
public sealed partial class AnyLengthTests
{
    [Fact]
    public void A_tensor_grows_shrinks_and_doubles_in_a_loop()
    {
        for (int turns = 0; turns <= 4; turns++)
            Modes.Both(() => (Growing(Ops.Ones(1, 2), turns), Shrinking(Items(6), turns), Doubling(Items(3), turns)));
        Assert.Equal(1, GraphFunction.Of(Doubling).TraceCount);
    }

    [Fact]
    public void In_branches_nested_loops_and_after_an_early_exit()
    {
        foreach (double limit in new[] { -5.0, 0.3, 1, 2.5, 100 })
            Modes.Both(() => (Filtered(Items(9), limit), Nested(Items(4), limit), Early(Items(3), limit)));
    }

    [Fact]
    public void Of_arrays_fields_and_tuples() => Modes.Both(() => (InArray(Items(2)), new Holder().Run(Items(3)), Pair(Items(2))));

    [Fact]
    public void Gradients()
    {
        foreach (int turns in new[] { 0, 1, 3 })
        {
            double[] x = Items(3).ToArray<double>(), expected = Differences(at => Weighted(at, turns), x);
            foreach (bool imperatively in new[] { true, false })
                Agree(expected, Modes.Run(() => Gradient(x, turns), imperatively).Result, $"{turns} turns, imperatively: {imperatively}");
        }
    }

    [Fact]
    public void Other_axes_and_types_stay()
    {
        Modes.Run<object?>(
            () =>
            {
                var error = Assert.Throws<GraphException>(() => Widening(Ops.Ones(2, 2), 3));
                Assert.Equal("TG3001", error.Id);
                Assert.Contains("'x'", error.Message, StringComparison.Ordinal);
                Assert.Equal("TG2003", Assert.Throws<GraphException>(() => Ops.AnyLength(1f)).Id);
                error = Assert.Throws<GraphException>(() => Unmarked(Ops.Ones(2), 3));
                Assert.Contains("Ops.AnyLength", error.Message, StringComparison.Ordinal);
                return null;
            },
            imperatively: false);
    }

    [Fact]
    public void A_limit_of_turns_is_a_part_of_the_condition()
    {
        foreach (int limit in new[] { 0, 1, 3, 1000 })
        {
            var ((root, turns), _) = Modes.Both(() => Root(2.0, limit));
            Assert.True(turns.Item<int>() <= limit);
            Assert.Equal(limit >= 1000, Math.Abs(root.Item<double>() - Math.Sqrt(2)) < 1e-9);
        }
    }

    private static Tensor Items(int count) => Tensor.From([.. Enumerable.Range(0, count).Select(i => Math.Cos(i))]);

    [GraphFunction]
    private static Tensor Growing(Tensor x, Tensor turns)
    {
        x = Ops.AnyLength(x);
        foreach (Tensor i in Ops.Range(turns))
            x = Ops.Concat([x, x.Sum(0).Reshape(1, 2) + i.Cast(DType.F32)]);
        return x;
    }

    [GraphFunction]
    private static Tensor Shrinking(Tensor x, Tensor turns)
    {
        x = Ops.AnyLength(x);
        while (turns > 0)
        {
            x = x[1..] * 2;
            turns -= 1;
        }

        return x;
    }

    [GraphFunction]
    private static Tensor Doubling(Tensor x, Tensor turns)
    {
        x = Ops.AnyLength(x);
        Tensor y = x;
        for (Tensor i = 0; i < turns; i += 1)
        {
            x = Ops.Concat([x, y]);
            y = x;
        }

        return x + y;
    }

    [GraphFunction]
    private static Tensor Filtered(Tensor x, Tensor limit)
    {
        Tensor kept = Ops.AnyLength(Ops.Zeros(0).Cast(DType.F64));
        foreach (Tensor item in x)
        {
            if (item > limit)
                continue;
            if (item < 0)
                kept = Ops.Concat([kept, item.Reshape(1)]);
            else
                kept = Ops.Concat([item.Reshape(1), kept, item.Reshape(1)]);
        }

        return kept;
    }

    [GraphFunction]
    private static Tensor Nested(Tensor x, Tensor limit)
    {
        x = Ops.AnyLength(x);
        Tensor i = 0;
        while (i < 3)
        {
            while (x.Sum() < limit)
                x = Ops.Concat([x, x[..1] + 1]);
            x = x[..^1];
            i += 1;
        }

        return x;
    }

    [GraphFunction]
    private static Tensor Early(Tensor x, Tensor limit)
    {
        x = Ops.AnyLength(x);
        foreach (Tensor i in Ops.Range(5))
        {
            x = Ops.Concat([x, Ops.Ones(1).Cast(DType.F64)]);
            if (x.Sum() > limit)
                return x * 10;
        }

        return x;
    }

    [GraphFunction]
    private static Tensor InArray(Tensor x)
    {
        Tensor[] parts = [Ops.AnyLength(x), x];
        foreach (Tensor i in Ops.Range(3))
        {
            parts[0] = Ops.Concat([parts[0], parts[1]]);
            parts[1] = parts[1] * 2;
        }

        return parts[0];
    }

    [GraphFunction]
    private static (Tensor, Tensor) Pair(Tensor x)
    {
        (Tensor Long, Tensor Count) pair = (Ops.AnyLength(x), 0L);
        while (pair.Count < 4)
            pair = (Ops.Concat([pair.Long, x]), pair.Count + 1);
        return pair;
    }

    [GraphFunction]
    private static Tensor Weighted(Tensor x, Tensor turns)
    {
        Tensor y = Ops.AnyLength(x);
        foreach (Tensor i in Ops.Range(turns))
            y = Ops.Concat([y * x[0], Ops.Tanh(y[1..])]);
        return (y * y * y).Sum();
    }

    [GraphFunction]
    private static Tensor Gradient(Tensor x, Tensor turns)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Weighted(x, turns), x)!;
    }

    [GraphFunction]
    private static Tensor Widening(Tensor x, Tensor turns)
    {
        x = Ops.AnyLength(x);
        foreach (Tensor i in Ops.Range(turns))
            x = Ops.Concat([x, x], axis: 1);
        return x;
    }

    [GraphFunction]
    private static Tensor Unmarked(Tensor x, Tensor turns)
    {
        foreach (Tensor i in Ops.Range(turns))
            x = Ops.Concat([x, x]);
        return x;
    }

    [GraphFunction]
    private static (Tensor, Tensor) Root(Tensor a, Tensor limit)
    {
        Tensor x = a, turns = 0;
        while (Ops.Abs((x * x) - a) > 1e-12 && turns < limit)
        {
            x = (x + (a / x)) / 2;
            turns += 1;
        }

        return (x, turns);
    }

    private sealed partial class Holder
    {
        private Tensor _rows = Ops.Zeros(0).Cast(DType.F64);

        [GraphFunction]
        public Tensor Run(Tensor x)
        {
            _rows = Ops.AnyLength(x);
            while (_rows.Sum() < 9)
                _rows = Ops.Concat([_rows, _rows]);
            Tensor result = _rows;
            _rows = Ops.Zeros(0).Cast(DType.F64);
            return result;
        }
    }
}
