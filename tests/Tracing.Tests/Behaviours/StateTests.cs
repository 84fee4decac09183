#pragma warning disable TG7101 // The point of some of these methods is what happens while they are traced.
namespace TensorGraph.Tests;

/// <summary>Behaviours 3.*: host effects and state.</summary>
[Collection(DefaultGenerator.Name)]
public sealed partial class StateTests
{
    [Fact]
    public void Row_3_1_console_prints_while_tracing_Ops_Print_on_every_run()
    {
        string[] lines = Modes.Run(() => new[] { Traced(1), Traced(1), Traced(2) }, imperatively: false).Lines;
        Assert.Equal(["Traced with 1", "Executed with 1", "Executed with 1", "Traced with 2", "Executed with 2"], lines);
        Assert.Equal(2, GraphFunction.Of((Func<int, Tensor>)Traced).TraceCount);
    }

    [Fact]
    public void Row_3_2_a_host_call_runs_every_time_in_order()
    {
        var list = new List<float>();
        var (result, _) = Modes.Both(() =>
        {
            list.Clear();
            for (int i = 0; i < 3; i++)
                Append(list, (float)i);
            return string.Join(' ', list);
        });
        Assert.Equal("0 1 2", result);
    }

    // C# code in a branch or loop may assign what the graph reads after it, and read what it assigned before.
    [Theory]
    [InlineData(0f), InlineData(1f)]
    public void Row_3_2_variables_are_read_after_a_host_call_in_a_branch_that_assigns_them(float c)
    {
        var variable = new Variable(0.5f);
        (float, float) After()
        {
            variable.Assign(0.5f);
            return (ReadAfterCall(variable, c).Item<float>(), ReadInLoop(variable, c).Item<float>());
        }

        Assert.Equal(c == 1 ? (10.25f, 11.25f) : (0.5f, 1.5f), Modes.Both(After).Result);
        Assert.Equal(c == 1 ? 7.25f : 7, Modes.Both(() => AssignedBeforeCall(variable, c).Item<float>()).Result);
    }

    [Fact]
    public void Row_3_2_an_exception_in_a_host_call_reaches_the_caller()
    {
        var error = Assert.ThrowsAny<Exception>(() => Thrower(1));
        Assert.Contains("from the host", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(3f, Modes.Both(() => HostValue(2f)).Result.Item<float>());
    }

    [Fact]
    public void Row_3_3_an_enumerator_stands_still_when_the_graph_runs()
    {
        string Totals()
        {
            var total = new Variable(0);
            IEnumerator<int> numbers = new List<int> { 5, 6, 7 }.GetEnumerator();
            return string.Join(' ', Enumerable.Range(0, 3).Select(_ => AddNext(total, numbers).Item<int>()));
        }

        Assert.Equal("5 11 18", Modes.Run(Totals, imperatively: true).Result);
        Assert.Equal("5 10 15", Modes.Run(Totals, imperatively: false).Result);
    }

    [Fact]
    public void Row_3_5_effects_keep_program_order()
    {
        var (result, lines) = Modes.Both(() =>
        {
            Variable a = new(1f, "a"), b = new(10f, "b");
            Tensor y = Interleaved(a, b);
            return new[] { y, a.Value, b.Value };
        });
        Assert.Equal(["40", "4", "30"], result.Select(tensor => tensor.ToString()));
        Assert.Equal(["a 2 b 10", "b 20", "a 3", "both 4 30"], lines);
    }

    [Fact]
    public void Row_3_6_a_variable_on_every_call_is_an_error()
    {
        Assert.Equal("TG7003", Assert.Throws<VariableCreationException>(() => AlwaysNew(1f)).Id);
        Assert.Equal("TG7003", Assert.Throws<VariableCreationException>(() => FromArgument(new Holder(), 1f)).Id);
    }

    [Fact]
    public void Row_3_6_a_variable_created_once_is_lifted_out()
    {
        Modes.Both(() =>
        {
            var counter = new Counter();
            return new[] { counter.Add(1f), counter.Add(2f), counter.Add(3f) };
        });
        var traced = new Counter();
        traced.Add(1f);
        traced.Add(1f);
        var function = GraphFunction.Of(traced.Add);
        Assert.Equal(1, function.TraceCount);
        Assert.DoesNotContain(function.ConcreteFunctions[0].Graph.Entry.AllNodes(), node => node.Op.Name == "iota");
    }

    [Fact]
    public void Row_3_7_random_numbers_are_new_on_each_call_and_follow_the_seed()
    {
        var (result, _) = Modes.Both(() =>
        {
            Ops.SetSeed(42);
            return new[] { Noise(), Noise(), Ops.RandomUniform(new Shape(3)), Noise() };
        });
        Assert.Equal(4, result.Select(tensor => tensor.ToString()).Distinct().Count());
        Assert.Equal(1, GraphFunction.Of((Func<Tensor>)Noise).TraceCount);
        Assert.All(result.Take(2).SelectMany(tensor => tensor.ToArray<float>()), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Row_3_7_random_initial_values_draw_once()
    {
        Modes.Both(() =>
        {
            Ops.SetSeed(7);
            var model = new RandomModel();
            return new[] { model.Call(), model.Call(), Ops.RandomUniform(new Shape(2)) };
        });
    }

    [Fact]
    public void Row_3_8_one_switch_runs_everything_as_plain_csharp()
    {
        var (_, lines) = Modes.Run(() => new[] { Traced(31), Traced(31) }, imperatively: true);
        Assert.Equal(["Traced with 31", "Executed with 31", "Traced with 31", "Executed with 31"], lines);
        Assert.DoesNotContain(GraphFunction.Of((Func<int, Tensor>)Traced).ConcreteFunctions, concrete => concrete.SignatureText.Contains("31", StringComparison.Ordinal));
    }

    [Fact]
    public void Row_3_8_with_the_switch_the_users_own_method_is_on_the_stack()
    {
        string[] imperative = Modes.Run(() => Stacked(1), imperatively: true).Lines, traced = Modes.Run(() => Stacked(1), imperatively: false).Lines;
        Assert.Equal((nameof(Stacked), $"__{nameof(Stacked)}_Traced"), (imperative[0], traced[0]));
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)Stacked).TraceCount);
    }

    [Fact]
    public void A_result_keeps_its_value_when_the_variable_changes_later()
    {
        Modes.Both(() =>
        {
            var v = new Variable(new[] { 1f, 2f });
            Tensor before = v.Value, returned = ReadThenAssign(v);
            v.Assign(new[] { 7f, 8f });
            return new[] { before, returned, v.Value };
        });
    }

    [GraphFunction]
    private static Tensor Traced(int x)
    {
        Console.WriteLine($"Traced with {x}");
        Ops.Print("Executed with", x);
        return x;
    }

    [GraphFunction]
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static Tensor Stacked(Tensor x)
    {
        Console.WriteLine(new System.Diagnostics.StackTrace().GetFrame(0)!.GetMethod()!.Name);
        return x;
    }

    [GraphFunction]
    private static Tensor ReadAfterCall(Variable variable, Tensor c)
    {
        Tensor a = c * 0.25f;
        if (a > 0.1f)
            Ops.HostCall(_ => variable.Assign(10f), c);
        return variable + a;
    }

    [GraphFunction]
    private static Tensor ReadInLoop(Variable variable, Tensor c)
    {
        variable.Assign(0.5f);
        for (Tensor i = 0; i < 2; i++)
        {
            Tensor a = i.Cast(DType.F32) * 0.25f * c;
            if (a > 0.1f)
                Ops.HostCall(_ => variable.Assign(variable.Value * 0.5f + 10f), c);
            variable.Assign(variable + i.Cast(DType.F32));
        }

        return variable;
    }

    [GraphFunction]
    private static Tensor AssignedBeforeCall(Variable variable, Tensor c)
    {
        Tensor a = c * 0.25f, seen = a * 0;
        variable.Assign(7 + a);
        if (a > 0.1f)
            seen = Ops.HostCall(_ => [variable.Value], [new(DType.F32, Shape.Scalar)], c)[0];
        variable.Assign(3f);
        return a > 0.1f ? seen : 7f;
    }

    [GraphFunction]
    private static void Append(List<float> list, Tensor x) => Ops.HostCall(value => list.Add(value.Item<float>()), x);

    [GraphFunction]
    private static void Thrower(Tensor x) => Ops.HostCall(_ => throw new InvalidOperationException("from the host"), x);

    [GraphFunction]
    private static Tensor HostValue(Tensor x) => Ops.HostCall(values => [values[0] + 1], [new(DType.F32, Shape.Scalar)], x)[0];

#pragma warning disable TG7102 // That the value is frozen is what the test shows.
    [GraphFunction]
    private static Tensor AddNext(Variable total, IEnumerator<int> numbers)
    {
        numbers.MoveNext();
        total.AssignAdd(numbers.Current);
        return total.Value;
    }
#pragma warning restore TG7102

    [GraphFunction]
    private static Tensor Interleaved(Variable a, Variable b)
    {
        a.AssignAdd(1f);
        Ops.Print("a", a, "b", b);
        b.Assign(b.Value * a);
        Ops.Print("b", b);
        a.AssignAdd(1f);
        Ops.Print("a", a);
        Tensor old = b.Value;
        b.AssignAdd(10f);
        a.AssignAdd(1f);
        Ops.Print("both", a, b);
        return old * 2;
    }

    [GraphFunction]
    private static Tensor AlwaysNew(Tensor x) => new Variable(1f).Value + x;

    [GraphFunction]
    private static Tensor FromArgument(Holder holder, Tensor x)
    {
        holder.Value ??= new Variable(x * 2);
        return holder.Value;
    }

    [GraphFunction]
    private static Tensor Noise() => Ops.RandomNormal(new Shape(3));

    [GraphFunction]
    private static Tensor ReadThenAssign(Variable v)
    {
        Tensor old = v.Value;
        v.Assign(old * 10);
        return old;
    }

    internal sealed class Holder
    {
        public Variable? Value { get; set; }
    }

    internal sealed partial class Counter
    {
        private Variable? _total;

        [GraphFunction]
        public Tensor Add(Tensor x)
        {
            _total ??= new Variable(Ops.Cast(Ops.Iota(4), DType.F32).Sum(), "total");
            _total.AssignAdd(x);
            return _total.Value;
        }
    }

    internal sealed partial class RandomModel
    {
        private Variable? _weight;

        [GraphFunction]
        public Tensor Call()
        {
            _weight ??= new Variable(Ops.RandomNormal(new Shape(2)), "weight");
            return _weight.Value + 0;
        }
    }
}
