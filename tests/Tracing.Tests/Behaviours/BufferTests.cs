namespace TensorGraph.Tests;

/// <summary>Arguments, results and views share memory only where nobody can see it, however often a graph runs.</summary>
[Collection(DefaultGenerator.Name)]
public sealed partial class BufferTests
{
    [Fact]
    public void Results_become_arguments_in_a_second_session_too()
    {
        var (results, _) = Modes.Both(() =>
        {
            Tensor x = 20;
            for (int i = 0; i < 4; i++)
                x = Step(x);
            Tensor y = 100;
            for (int i = 0; i < 3; i++)
                y = Step(y);
            return new[] { x, y };
        });
        Assert.Equal(["350", "814"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void Two_results_of_one_intermediate()
    {
        var (text, _) = Modes.Both(() =>
        {
            Tensor buffer = new[] { 0f, 1, 2 };
            var seen = new List<string>();
            for (int i = 0; i < 4; i++)
            {
                var (next, first) = Roll(buffer, new[] { 10f + i });
                seen.Add($"{first} {next}");
                buffer = next;
            }

            return string.Join("; ", seen);
        });
        Assert.Equal("[1] [1, 2, 10]; [2] [2, 10, 11]; [10] [10, 11, 12]; [11] [11, 12, 13]", text);
    }

    [Fact]
    public void A_large_buffer_that_shifts_into_itself()
    {
        const int Half = 1 << 16;
        var (text, _) = Modes.Both(() =>
        {
            Tensor buffer = Ops.Zeros(2 * Half);
            var seen = new List<string>();
            for (int i = 1; i <= 5; i++)
            {
                buffer = Shift(buffer, Ops.Full(new Shape(Half), i));
                seen.Add($"{buffer[..Half].Max()} {buffer[Half..].Min()}");
            }

            return string.Join("; ", seen);
        });
        Assert.Equal("0 1; 1 2; 2 3; 3 4; 4 5", text);
    }

    [Fact]
    public void Views_at_different_places_are_different_values_of_one_signature()
    {
        var (results, _) = Modes.Both(() =>
        {
            Tensor table = Ops.Reshape(Ops.Iota(100).Cast(DType.F32), 10, 10);
            return Enumerable.Range(1, 4).SelectMany(i => new[] { Increment(table[i..(i + 2)])[0][0], Increment(table.Transpose()[i..(i + 2)])[1][1] }).ToArray();
        });
        Assert.Equal(["11", "13", "21", "14", "31", "15", "41", "16"], results.Select(result => result.ToString()));
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)Increment).TraceCount);
    }

    [Fact]
    public void Padding_to_a_length_follows_the_size_of_the_argument()
    {
        var (results, _) = Modes.Both(() => Enumerable.Range(1, 6).Select(n => PadTo(Ops.Ones(n))).ToArray());
        Assert.Equal(Enumerable.Range(1, 6).Select(n => $"{2 * n} [10]"), results.Select(result => $"{result.Sum()} {result.Shape}"));
        Assert.Equal(2, GraphFunction.Of((Func<Tensor, Tensor>)PadTo).TraceCount);
    }

    [Fact]
    public void Selection_into_a_result_of_fixed_size()
    {
        var (results, _) = Modes.Both(() => new[]
        {
            Selected(new[] { 1, 2, 3, 4 }, new[] { true, false, true, false }), Selected(new[] { 5, 6, 7, 8 }, new[] { false, true, true, true }),
            Selected(new[] { 9, 8, 7, 6 }, new[] { true, true, true, true }), Selected(new[] { 1, 1, 1, 1 }, new[] { false, false, false, false }),
        });
        Assert.Equal(["[1, 3, -1, -1]", "[6, 7, 8, -1]", "[9, 8, 7, 6]", "[-1, -1, -1, -1]"], results.Select(result => result.ToString()));
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor, Tensor>)Selected).TraceCount);
    }

    [Fact]
    public void Arguments_pass_through_and_constants_return()
    {
        Tensor x = 4;
        var (results, _) = Modes.Both(() =>
        {
            var (first, second) = Twice(x);
            return new[] { first, second, Constant(), Constant(), Nothing(x) ?? (Tensor)(-1) };
        });
        Assert.Equal(["4", "4", "5", "5", "-1"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void A_size_that_depends_on_a_value_is_refused() =>
        Expect.Error(DiagnosticIds.SymbolicAsValue, () => ZerosOf(new[] { 1, 1 }), nameof(ZerosOf), "has no value");

    [Fact]
    public void A_failed_run_leaves_the_function_as_it_was()
    {
        Assert.Equal("1", Checked(1).ToString());
        for (int i = 0; i < 2; i++)
        {
            Assert.Contains("negative", Assert.ThrowsAny<Exception>(() => Checked(-1).Item<int>()).ToString(), StringComparison.Ordinal);
            Assert.Equal("2", Checked(2).ToString());
        }

        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)Checked).TraceCount);
    }

    [Fact]
    public void Effects_of_nested_functions_keep_their_order_and_dead_ones_happen()
    {
        var (results, lines) = Modes.Both(() =>
        {
            Ops.SetSeed(1);
            Variable v = new(1f), w = new(2f);
            Tensor before = ReadThenBump(v);
            Outer(v, w);
            Dead(5f, w);
            return new[] { before, v.Value, w.Value, Ops.RandomUniform(new Shape()) };
        });
        Assert.Equal(["1", "4", "5"], results[..3].Select(result => result.ToString()));
        Assert.Equal(["bump 2", "bump 3", "between 3 2", "bump 4"], lines);
    }

    [GraphFunction]
    private static Tensor Step(Tensor x)
    {
        Tensor y = x + 1;
        return y * 2;
    }

    [GraphFunction]
    private static (Tensor Next, Tensor First) Roll(Tensor buffer, Tensor frame)
    {
        Tensor next = Ops.Concat([buffer[1..], frame]);
        return (next, next[..1]);
    }

    [GraphFunction]
    private static Tensor Shift(Tensor buffer, Tensor added) => Ops.Concat([buffer[(1 << 16)..], added]);

    [GraphFunction]
    private static Tensor Increment(Tensor x) => x + 1f;

    [GraphFunction]
    private static Tensor PadTo(Tensor x) => Ops.Pad(x + 1f, new Shape([10 - x.Shape[0]]), new Shape(0));

    [GraphFunction]
    private static Tensor Selected(Tensor x, Tensor mask)
    {
        var kept = new TensorArray(DType.I32, []);
        foreach (Tensor i in Ops.Range(4))
        {
            if (mask[i])
                kept.Add(x[i]);
        }

        while (kept.Count < 4)
            kept.Add(-1);
        return kept.Stack().Reshape(4);
    }

    [GraphFunction]
    private static (Tensor, Tensor) Twice(Tensor x) => (x, x);

    [GraphFunction]
    private static Tensor Constant() => 5;

    [GraphFunction]
    private static Tensor? Nothing(Tensor x) => null;

    [GraphFunction]
    private static Tensor ZerosOf(Tensor x) => Ops.Zeros(x.Sum().Item<int>());

    [GraphFunction]
    private static Tensor Checked(Tensor x)
    {
        if (x < 0)
            throw new InvalidOperationException("negative");
        return x;
    }

    [GraphFunction]
    private static void Outer(Variable v, Variable w)
    {
        Bump(v);
        Ops.Print("between", v, w);
        Bump(v);
    }

    [GraphFunction]
    private static void Bump(Variable v)
    {
        v.AssignAdd(1f);
        Ops.Print("bump", v);
    }

    [GraphFunction]
    private static Tensor ReadThenBump(Variable v)
    {
        Tensor read = v.Value;
        Bump(v);
        v.AssignAdd(0f);
        return read;
    }

    [GraphFunction]
    private static Tensor Dead(Tensor x, Variable v)
    {
        Tensor unused = v.Value * Ops.RandomUniform(new Shape());
        v.Assign(x);
        return x + unused * 0;
    }
}
