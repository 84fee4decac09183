#pragma warning disable TG7101 // How often a block is traced is what one of these methods prints.

namespace TensorGraph.Tests;

/// <summary>Results of loops and branches of a graph: state of every form, zero iterations, values from outside, errors and effects.</summary>
[Collection(DefaultGenerator.Name)]
public sealed partial class LoopSemanticsTests
{
    private static readonly int[] s_lengths = [0, 1, 2, 3, 4];

    [Fact]
    public void State_that_is_swapped_kept_passed_on_and_made_anew()
    {
        var (results, _) = Modes.Both(() => s_lengths.Select(n => Permuted(n, 1, 2, 3)).ToArray());
        Assert.Equal("(2, 7, 3, 9, 7)", results[3].ToString());
        Assert.Equal("(1, 2, 3, 1, 3)", results[0].ToString());
        AssertOneTrace((Func<Tensor, Tensor, Tensor, Tensor, (Tensor, Tensor, Tensor, Tensor, Tensor)>)Permuted);
    }

    [Fact]
    public void Many_variables_rotate()
    {
        Tensor[] items = [1, 2, 3, 4, 5, 6, 7, 8];
        var (results, _) = Modes.Both(() => new[] { 0, 1, 7, 8, 11 }.Select(n => Rotated(items[0], items[1], items[2], items[3], items[4], items[5], items[6], items[7], n)).ToArray());
        Assert.Equal(["18", "21", "87", "18", "43"], results.Select(result => result.ToString()));
    }

    [Theory]
    [InlineData("tuple", "(1, 1) (1, 2) (3, 5)")]
    [InlineData("record", "1 1 1 2 3 5")]
    [InlineData("dictionary", "1 1 1 2 3 5")]
    [InlineData("array", "1 1 1 2 3 5")]
    public void Fibonacci_in_state_of_every_form(string form, string expected)
    {
        var (text, _) = Modes.Both(() => string.Join(' ', new[] { 0, 1, 3 }.Select(n => form switch
        {
            "tuple" => InTuple(n).ToString(),
            "record" => InRecord(n) is var pair ? $"{pair.First} {pair.Second}" : "",
            "dictionary" => string.Join(' ', InDictionary(n).Values),
            _ => string.Join<Tensor>(' ', InArray(n)),
        })));
        Assert.Equal(expected, text);
    }

    [Fact]
    public void Nested_loops_fill_a_triangle()
    {
        Tensor square = Ops.Iota(9).Cast(DType.F32).Reshape(3, 3);
        var (results, _) = Modes.Both(() => s_lengths[..4].Select(n => Triangle(square, n)).ToArray());
        Assert.Equal("[[0, 0, 0], [3, 4, 0], [6, 7, 8]]", results[3].ToString());
        Assert.Equal("[[0, 0, 0], [0, 0, 0], [0, 0, 0]]", results[0].ToString());
        AssertOneTrace((Func<Tensor, Tensor, Tensor>)Triangle);
    }

    [Fact]
    public void Conditions_of_several_parts_stop_where_they_first_fail()
    {
        var (results, _) = Modes.Both(() => new[] { Shrunk(new[] { 1f, 4f }), Shrunk(new[] { 0.02f, 8f }), Shrunk(new[] { 0f, 0f }) });
        Assert.Equal(["65.5", "202.50002", "0"], results.Select(result => result.ToString()));
        Assert.Equal(["2", "2", "0"], Modes.Both(() => new[] { FirstZero(new[] { 1, 2, 0, 3 }), FirstZero(new[] { 1, 2 }), FirstZero(new[] { 0 }) }).Result.Select(result => result.ToString()));
    }

    [Fact]
    public void Conditions_that_are_constants() => Assert.Equal("101", Modes.Both(() => KnownConditions(1)).Result.ToString());

    [Fact]
    public void Ranges_that_are_empty_reversed_or_negative_make_no_turn()
    {
        var (results, _) = Modes.Both(() => new[] { AddRange(1, 0, 4), AddRange(1, 4, 0), AddRange(1, 3, 3), AddRange(1, -2, 1), CountDown(0, 3), CountDown(0, -3) });
        Assert.Equal(["7", "1", "1", "-2", "321", "0"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void Ends_of_a_range_have_one_dtype_and_are_scalars()
    {
        foreach (bool imperatively in new[] { true, false })
        {
            Modes.Run(() => Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => AddRange(1, 0, 3f), ["range", "I32", "F32"]), imperatively);
            Modes.Run(() => Expect.ErrorHere(DiagnosticIds.RankMismatch, () => AddRange(1, 0, new[] { 1, 2 }), ["range", "i32[2]"]), imperatively);
        }
    }

    [Fact]
    public void Values_from_outside_are_read_in_each_turn()
    {
        var (results, _) = Modes.Both(() => s_lengths.Select(n => WithOuter(n, 5)).ToArray());
        Assert.Equal(["10", "219", "428", "637", "846"], results.Select(result => result.ToString()));
        AssertOneTrace((Func<Tensor, Tensor, Tensor>)WithOuter);
    }

    [Fact]
    public void A_recurrence_over_rows_forward_and_backward()
    {
        var (results, _) = Modes.Both(() => new[] { Running(new[] { 3, 1, 4, 1, 5 }), Running(Ops.Zeros(0).Cast(DType.I32)), Backward(new[] { 1, 2, 3 }), Backward(Ops.Zeros(0).Cast(DType.I32)) });
        Assert.Equal(["[3, 4, 8, 9, 14]", "[]", "[3, 8, 17]", "[]"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void Unrolled_and_not_unrolled_are_equal()
    {
        foreach (int n in s_lengths)
        {
            var (results, _) = Modes.Both(() => new[] { Powers(2, n), PowersUnrolled(2, n) });
            Assert.Equal(results[0].ToString(), results[1].ToString());
        }

        var unrolled = GraphFunction.Of((Func<Tensor, int, Tensor>)PowersUnrolled);
        Assert.Equal(s_lengths.Length, unrolled.TraceCount);
        Assert.True(unrolled.ConcreteFunctions[0].NodeCount > unrolled.ConcreteFunctions[^1].NodeCount);
        AssertOneTrace((Func<Tensor, Tensor, Tensor>)Powers);
    }

    [Fact]
    public void Each_block_is_traced_once()
    {
        var run = Modes.Run(() => new[] { Announced(3), Announced(0), Announced(5) }, imperatively: false);
        Assert.Equal(["4", "0", "6"], run.Result.Select(result => result.ToString()));
        Assert.Equal(["condition", "body", "then", "else"], run.Lines);
        Assert.Equal(run.Result.Select(result => result.ToString()), Modes.Run(() => new[] { Announced(3), Announced(0), Announced(5) }, imperatively: true).Result.Select(result => result.ToString()));
    }

    [Fact]
    public void Effects_of_loops_conditions_and_operands_keep_their_order()
    {
        var (result, lines) = Modes.Both(() => Effects(4, new Variable(0f)));
        Assert.Equal("2", result.ToString());
        Assert.Equal(["start 4", "even 1", "end 0", "odd 1", "even 2", "end 2", "odd 2", "done 2"], lines);
        Assert.Equal(["1", "10", "0", "1", "0", "-5", "-4", "-500", "0", "1", "2"], Modes.Both(() => new[] { ShortCircuit(1), ShortCircuit(0), ShortCircuit(-5), CountsWithEffect(2) }).Lines);
    }

    [Fact]
    public void Finally_runs_in_each_turn_whatever_ends_it()
    {
        var (results, lines) = Modes.Both(() => new[] { WithFinally(5), WithFinally(0) });
        Assert.Equal(["402", "0"], results.Select(result => result.ToString()));
        Assert.Equal(["finally 0", "finally 1", "finally 2", "finally 3"], lines);
    }

    [Fact]
    public void A_throw_in_a_loop_stops_there_with_what_was_stored()
    {
        var (text, _) = Modes.Both(() =>
        {
            var v = new Variable(0f);
            string before = ThrowsAtTwo(2, v).ToString();
            var error = Assert.ThrowsAny<Exception>(() => ThrowsAtTwo(5, v).Item<float>());
            return $"{before} {(error.InnerException ?? error).Message} {v.Value}";
        });
        Assert.Equal("22 at 2 45", text);
    }

    [Fact]
    public void Random_numbers_are_drawn_only_where_the_graph_comes_by()
    {
        Modes.Both(() =>
        {
            Ops.SetSeed(3);
            return new[] { DrawsWhereEven(4), DrawsWhereEven(3), DrawsInBranch(true), DrawsInBranch(false), Ops.RandomUniform(new Shape()) };
        });
    }

    [Fact]
    public void A_branch_may_be_a_constant()
    {
        var (results, _) = Modes.Both(() => new[] { ConstantOr(true, 5f), ConstantOr(false, 5f) });
        Assert.Equal(["4", "7"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void Integers_wrap_around_in_a_loop_as_outside() => Assert.Equal("-2147483646", Modes.Both(() => Wraps(10)).Result.ToString());

    private static void AssertOneTrace(Delegate function) => Assert.Equal(1, GraphFunction.Of(function).TraceCount);

    internal sealed record Pair(Tensor First, Tensor Second);

    [GraphFunction]
    private static (Tensor, Tensor, Tensor, Tensor, Tensor) Permuted(Tensor n, Tensor a, Tensor b, Tensor kept)
    {
        Tensor d = a, e = b + 1, outer = kept * 2;
        while (n > 0)
        {
            (a, b) = (b, a);
            Tensor passed = d;
            d = e;
            e = passed + outer;
            n -= 1;
            if (n == 1)
                (d, a) = (a, d);
        }

        return (a, b, kept, d, e);
    }

    [GraphFunction]
    private static Tensor Rotated(Tensor a, Tensor b, Tensor c, Tensor d, Tensor e, Tensor f, Tensor g, Tensor h, Tensor n)
    {
        while (n > 0)
        {
            (a, b, c, d, e, f, g, h) = (b, c, d, e, f, g, h, a);
            n -= 1;
        }

        return a * 10 + h;
    }

    [GraphFunction]
    private static (Tensor, Tensor) InTuple(Tensor n)
    {
        (Tensor A, Tensor B) pair = (1, 1);
        while (n > 0)
        {
            pair = (pair.B, pair.A + pair.B);
            n -= 1;
        }

        return pair;
    }

    [GraphFunction]
    private static Pair InRecord(Tensor n)
    {
        var pair = new Pair(1, 1);
        while (n > 0)
        {
            pair = pair with { First = pair.Second, Second = pair.First + pair.Second };
            n -= 1;
        }

        return pair;
    }

    [GraphFunction]
    private static Dictionary<string, Tensor> InDictionary(Tensor n)
    {
        var state = new Dictionary<string, Tensor> { ["b"] = 1, ["a"] = 1 };
        while (n > 0)
        {
            (state["b"], state["a"]) = (state["a"], state["b"] + state["a"]);
            n -= 1;
        }

        return state;
    }

    [GraphFunction]
    private static Tensor[] InArray(Tensor n)
    {
        Tensor[] state = [1, 1];
        while (n > 0)
        {
            (state[0], state[1]) = (state[1], state[0] + state[1]);
            n -= 1;
        }

        return state;
    }

    [GraphFunction]
    private static Tensor Triangle(Tensor square, Tensor n)
    {
        Tensor result = Ops.Zeros(9);
        Tensor i = 0;
        while (i < n)
        {
            Tensor j = 0;
            while (j <= i)
            {
                result = Ops.ScatterAdd(result, (i * 3 + j).Reshape(1), square[i][j].Reshape(1));
                j += 1;
            }

            i += 1;
        }

        return result.Reshape(3, 3);
    }

    [GraphFunction]
    private static Tensor Shrunk(Tensor x)
    {
        Tensor turns = 0;
        while (x.Sum() > 1f && turns < 10 && !(x[0] < 0.01f))
        {
            x = x * 0.5f;
            turns += 1;
        }

        return x.Sum() * 100 + turns.Cast(DType.F32);
    }

    [GraphFunction]
    private static Tensor FirstZero(Tensor items)
    {
        Tensor i = 0;
        while (i < items.Shape[0].Value && items[i] != 0)
            i += 1;
        return i;
    }

    [GraphFunction]
    private static Tensor KnownConditions(Tensor x)
    {
        Tensor never = false;
        while (never)
            x = x + 1;
        while (Ops.Less(2, 1))
            x = x + 10;
        do
        {
            x = x + 100;
        }
        while (never);
        return x;
    }

    [GraphFunction]
    private static Tensor AddRange(Tensor x, Tensor start, Tensor limit)
    {
        foreach (Tensor i in Ops.Range(start, limit))
            x = x + i;
        return x;
    }

    [GraphFunction]
    private static Tensor CountDown(Tensor x, Tensor n)
    {
        for (Tensor i = n; i > 0; i -= 1)
            x = x * 10 + i;
        return x;
    }

    [GraphFunction]
    private static Tensor WithOuter(Tensor n, Tensor x)
    {
        Tensor large = Ops.Iota(200).Cast(DType.I32), twice = x * 2;
        Tensor total = twice;
        Func<Tensor, Tensor> add = item => item + twice;
        while (n > 0)
        {
            total = add(total) + large.Max();
            n -= 1;
        }

        return total;
    }

    [GraphFunction]
    private static Tensor Running(Tensor items)
    {
        Tensor sum = 0;
        var sums = new TensorArray(DType.I32, []);
        foreach (Tensor item in items)
        {
            sum += item;
            sums.Add(sum);
        }

        return sums.Stack();
    }

    [GraphFunction]
    private static Tensor Backward(Tensor items)
    {
        Tensor state = 0;
        var states = new TensorArray(DType.I32, []);
        for (Tensor i = Ops.Size(items, 0) - 1; i >= 0; i -= 1)
        {
            state = state * 2 + items[i];
            states.Add(state);
        }

        return states.Stack();
    }

    [GraphFunction]
    private static Tensor Powers(Tensor x, Tensor n)
    {
        Tensor result = 1;
        for (Tensor i = 0; i < n; i += 1)
            result = result * x + i;
        return result;
    }

    [GraphFunction]
    private static Tensor PowersUnrolled(Tensor x, int n)
    {
        Tensor result = 1;
        for (int i = 0; i < n; i++)
            result = result * x + i;
        return result;
    }

    [GraphFunction]
    private static Tensor Announced(Tensor n)
    {
        Tensor i = 0;
        while (Announce("condition", i) < n)
        {
            i = Announce("body", i) + 1;
            if (i > 2)
                i = Announce("then", i) + 1;
            else
                i = Announce("else", i);
        }

        return i;
    }

    private static Tensor Announce(string place, Tensor x)
    {
        Console.WriteLine(place);
        return x;
    }

    private static Tensor Shown(Tensor x)
    {
        Ops.Print(x);
        return x;
    }

    [GraphFunction]
    private static Tensor Effects(Tensor n, Variable v)
    {
        Ops.Print("start", n);
        for (Tensor i = 0; i < n; i += 1)
        {
            if (i % 2 == 0)
            {
                v.AssignAdd(1f);
                Ops.Print("even", v);
            }
            else
            {
                Ops.Print("odd", v);
                continue;
            }

            Ops.Print("end", i);
        }

        Ops.Print("done", v);
        return v.Value;
    }

    [GraphFunction]
    private static Tensor ShortCircuit(Tensor x)
    {
        if (Shown(x) > 0 || Shown(x + 1) > 0)
            return Shown(x * 10);
        return Shown(x * 100);
    }

    [GraphFunction]
    private static Tensor CountsWithEffect(Tensor n)
    {
        Tensor i = 0;
        while (Shown(i) < n)
            i += 1;
        return i;
    }

    [GraphFunction]
    private static Tensor WithFinally(Tensor n)
    {
        Tensor sum = 0;
        for (Tensor i = 0; i < n; i += 1)
        {
            try
            {
                if (i == 1)
                    continue;
                if (i == 3)
                    break;
                sum += i;
            }
            finally
            {
                Ops.Print("finally", i);
                sum += 100;
            }
        }

        return sum;
    }

    [GraphFunction]
    private static Tensor ThrowsAtTwo(Tensor n, Variable v)
    {
        for (Tensor i = 0; i < n; i += 1)
        {
            v.AssignAdd(1f);
            if (i == 2)
                throw new InvalidOperationException($"at {i}");
            v.AssignAdd(10f);
        }

        return v.Value;
    }

    [GraphFunction]
    private static Tensor DrawsWhereEven(Tensor n)
    {
        Tensor sum = 0f;
        while (n > 0)
        {
            if (n % 2 == 0)
                sum += Ops.RandomUniform(new Shape());
            n -= 1;
        }

        return sum;
    }

    [GraphFunction]
    private static Tensor DrawsInBranch(Tensor condition)
    {
        Tensor drawn = condition ? Ops.RandomUniform(new Shape()) : Ops.RandomUniform(new Shape(2)).Sum() + 10f;
        return drawn + Ops.RandomUniform(new Shape());
    }

    [GraphFunction]
    private static Tensor ConstantOr(Tensor condition, Tensor x)
    {
        Tensor first = condition ? 3f : x, second = condition ? 1f : 2f;
        return first + second;
    }

    [GraphFunction]
    private static Tensor Wraps(Tensor n)
    {
        Tensor i = 2147483640;
        Tensor turns = 0;
        while (i > 0 && turns < n)
        {
            i += 5;
            turns += 1;
        }

        return i;
    }
}
