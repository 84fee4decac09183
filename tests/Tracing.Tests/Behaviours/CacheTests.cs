#pragma warning disable TG7103 // How many traces fail is what one of these tests changes.
using System.Runtime.CompilerServices;

namespace TensorGraph.Tests;

/// <summary>Behaviours 2.7, 2.9, 2.10: whose graphs these are, for how long, and with several threads.</summary>
[Collection(ProcessState.Name)]
public sealed partial class CacheTests
{
    [Fact]
    public async Task Threads_with_different_signatures_each_get_their_own_answer()
    {
        Func<int, Tensor>[] calls = [i => Scaled(i, 1), i => Scaled((double)i, 1), i => Scaled(i, 2), i => Scaled((float)i, 3)];
        string[] expected = [.. Enumerable.Range(0, 16).Select(i => (i * new[] { 1, 1, 2, 3 }[i % 4]).ToString(System.Globalization.CultureInfo.InvariantCulture))];
        Tensor[] results = await Together(16, i => calls[i % 4](i));
        Assert.Equal(expected, results.Select(result => result.ToString()));
        Assert.Equal(4, GraphFunction.Of((Func<Tensor, int, Tensor>)Scaled).TraceCount);
    }

    [Fact]
    public async Task Threads_may_call_while_another_one_traces()
    {
        Slow(1, 0);
        Tensor[] results = await Together(8, i =>
        {
            Tensor x = i;
            for (int n = 0; n < 50; n++)
                x = Slow(x, i % 4);
            return x;
        });
        Assert.Equal(Enumerable.Range(0, 8).Select(i => i + 50 * (i % 4)), results.Select(result => result.Item<int>()));
        Assert.Equal(4, GraphFunction.Of((Func<Tensor, int, Tensor>)Slow).TraceCount);
    }

    [Fact]
    public async Task Threads_that_trace_functions_which_call_each_other_do_not_wait_for_ever()
    {
        Tensor[] results = await Together(8, i => i % 2 == 0 ? Even(1f, 3) : Odd(1f, 3));
        Assert.All(results, result => Assert.Equal("4", result.ToString()));
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, int, Tensor>)Even).TraceCount);
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, int, Tensor>)Odd).TraceCount);
    }

    [Fact]
    public async Task Threads_that_ask_for_a_concrete_function_get_the_same_one()
    {
        var function = GraphFunction.Of((Func<Tensor, int, Tensor>)Asked);
        var found = new System.Collections.Concurrent.ConcurrentBag<ConcreteFunction>();
        await Together(16, i =>
        {
            found.Add(function.GetConcreteFunction(TensorSpec.Parse("f32[?]"), 2));
            return Asked(Ops.Ones(i), 2);
        });
        Assert.Single(found.Distinct());
        Assert.Equal(1, function.TraceCount);
    }

    [Fact]
    public async Task Threads_that_change_one_variable_lose_no_whole_assignment()
    {
        var v = new Variable(0f);
        await Together(16, i =>
        {
            for (int n = 0; n < 20; n++)
                Store(v, 7f);
            return v.Value;
        });
        Assert.Equal("7", v.Value.ToString());
    }

    [Fact]
    public async Task Threads_on_new_instances_get_their_instances_graph()
    {
        Tensor[] results = await Together(8, i => new Owner(i).Add(10));
        Assert.Equal(Enumerable.Range(10, 8), results.Select(result => result.Item<int>()));
    }

    [Fact]
    public async Task A_trace_that_fails_on_one_thread_fails_only_there()
    {
        Failures.Left = 3;
        string[] results = [.. (await Together(8, _ =>
        {
            try
            {
                return Flaky(2);
            }
            catch (InvalidOperationException failure)
            {
                return (Tensor)failure.Message;
            }
        })).Select(result => result.ToString())];
        Assert.Equal(3, results.Count(text => text.Contains("fails", StringComparison.Ordinal)));
        Assert.Equal(5, results.Count(text => text == "3"));
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)Flaky).TraceCount);
    }

    [Fact]
    public void A_function_called_on_another_thread_during_a_trace_runs_by_itself()
    {
        var (result, _) = Modes.Both(() => StartsATask(3f));
        Assert.Equal(9f, result.Item<float>());
    }

    [Fact]
    public void A_host_call_may_run_a_graph_function() => Assert.Equal(6f, Modes.Both(() => CallsBack(3f)).Result.Item<float>());

    [Fact]
    public void Failing_traces_are_not_kept_however_they_fail()
    {
        var function = GraphFunction.Of((Func<Tensor, int, Tensor>)Fails);
        for (int i = 0; i < 3; i++)
        {
            Assert.Throws<InvalidOperationException>(() => Fails(Ops.Ones(2), 1));
            Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => Fails(Ops.Ones(2), 2), ["f32[2]"]);
            Expect.Error(DiagnosticIds.SymbolicAsValue, () => Fails(Ops.Ones(2), 3));
            Assert.Equal(i == 0 ? 0 : 1, function.ConcreteFunctions.Count);
            Assert.Equal("[2, 2]", Fails(Ops.Ones(2), 0).ToString());
        }

        Assert.Equal((1, 0), (function.TraceCount, function.Retraces.Count));
        // The imperative context is as it was.
        Assert.Equal("3", ((Tensor)1 + 2).ToString());
    }

    [Fact]
    public void Old_concrete_functions_go_when_there_are_too_many()
    {
        int before = GraphFunctions.ConcreteFunctionLimit;
        GraphFunctions.ConcreteFunctionLimit = 3;
        try
        {
            for (int i = 0; i < 10; i++)
                Repeat(1, i);
            var function = GraphFunction.Of((Func<Tensor, int, Tensor>)Repeat);
            Assert.Equal(3, function.ConcreteFunctions.Count);
            Assert.Equal(10, function.TraceCount);
        }
        finally
        {
            GraphFunctions.ConcreteFunctionLimit = before;
        }
    }

    [Fact]
    public void The_least_recently_used_trace_goes_first()
    {
        int before = GraphFunctions.ConcreteFunctionLimit;
        GraphFunctions.ConcreteFunctionLimit = 3;
        try
        {
            foreach (int n in new[] { 1, 2, 3, 1, 4 })
                Assert.Equal(n, Times(1, n).Item<int>());
            var function = GraphFunction.Of((Func<Tensor, int, Tensor>)Times);
            Assert.Equal(["x: i32[], n: 4", "x: i32[], n: 1", "x: i32[], n: 3"], function.ConcreteFunctions.Select(concrete => concrete.SignatureText));
            Times(1, 3);
            Assert.Equal(4, function.TraceCount);
            Times(1, 2);
            Assert.Equal(5, function.TraceCount);
            Assert.DoesNotContain(function.ConcreteFunctions, concrete => concrete.SignatureText.EndsWith(": 1", StringComparison.Ordinal));
        }
        finally
        {
            GraphFunctions.ConcreteFunctionLimit = before;
        }
    }

    [Fact]
    public void The_limit_counts_for_each_instance()
    {
        int before = GraphFunctions.ConcreteFunctionLimit;
        GraphFunctions.ConcreteFunctionLimit = 2;
        try
        {
            Owner one = new(1), two = new(2);
            foreach (var owner in new[] { one, two })
            {
                owner.Add(1);
                owner.Add(1f);
            }

            Assert.Equal((2, 2), (GraphFunction.Of(one.Add).ConcreteFunctions.Count, GraphFunction.Of(two.Add).ConcreteFunctions.Count));
        }
        finally
        {
            GraphFunctions.ConcreteFunctionLimit = before;
        }
    }

    [Fact]
    public void A_collected_argument_frees_its_graph_at_the_next_trace()
    {
        var argument = CallWithNewOwner();
        Collect(argument);
        Assert.False(argument.IsAlive);
        var kept = new Owner(5);
        Assert.Equal(15, AddOwner(10, kept).Item<int>());
        Assert.Single(GraphFunction.Of((Func<Tensor, Owner, Tensor>)AddOwner).ConcreteFunctions);
        GC.KeepAlive(kept);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference CallWithNewOwner()
        {
            var owner = new Owner(3);
            Assert.Equal(13, AddOwner(10, owner).Item<int>());
            return new WeakReference(owner);
        }
    }

    [Fact]
    public void Instances_that_come_and_go_leave_nothing_behind()
    {
        var owners = Enumerable.Range(0, 40).Select(CallOnNewOwner).ToArray();
        Collect(owners[^1]);
        Assert.True(owners.Count(owner => owner.IsAlive) <= 1, "only the last one may still be held");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference CallOnNewOwner(int i)
        {
            var owner = new Owner(i);
            Assert.Equal(i + 1, owner.Add(1).Item<int>());
            return new WeakReference(owner);
        }
    }

    [Fact]
    public void Generic_classes_and_overrides_do_not_share()
    {
        var (result, _) = Modes.Both(() =>
        {
            Base[] all = [new(), new Derived(), new Plain()];
            return string.Join(' ', all.Select(item => item.Step(1)).Append(new Derived().Step(2)).Append(new Generic<int>().Add(1)).Append(new Generic<string>().Add(1)).Append(new Generic<int>().Both<string>(1)));
        });
        Assert.Equal("2 20 2 30 6 7 507", result);
    }

    private static void Collect(WeakReference last)
    {
        for (int i = 0; i < 10 && last.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static async Task<Tensor[]> Together(int count, Func<int, Tensor> call)
    {
        using var start = new Barrier(count);
        return await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return call(i);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }

    [GraphFunction]
    private static Tensor Repeat(Tensor x, int times) => x * times;

    [GraphFunction]
    private static Tensor Scaled(Tensor x, int n)
    {
        SleepWhileTracing();
        return x * n;
    }

    [GraphFunction]
    private static Tensor Asked(Tensor x, int n)
    {
        SleepWhileTracing();
        return x.Sum() * n;
    }

    [GraphFunction]
    private static void Store(Variable v, Tensor x) => v.Assign(x);

    [GraphFunction]
    private static Tensor Slow(Tensor x, int n)
    {
        SleepWhileTracing();
        return x + n;
    }

    [GraphFunction]
    private static Tensor Even(Tensor x, int n)
    {
        SleepWhileTracing();
        return n == 0 ? x : Odd(x + 1, n - 1);
    }

    [GraphFunction]
    private static Tensor Odd(Tensor x, int n)
    {
        SleepWhileTracing();
        return n == 0 ? x : Even(x + 1, n - 1);
    }

    [GraphFunction]
    private static Tensor Flaky(Tensor x)
    {
        Failures.Next();
        return x + 1;
    }

    [GraphFunction]
    private static Tensor StartsATask(Tensor x)
    {
        var other = Task.Run(() => Doubled(3f));
        return x + other.GetAwaiter().GetResult();
    }

    [GraphFunction]
    private static Tensor Doubled(Tensor x) => x * 2;

    [GraphFunction]
    private static Tensor CallsBack(Tensor x) => Ops.HostCall(values => [Doubled(values[0])], [new(DType.F32, Shape.Scalar)], x)[0];

    [GraphFunction]
    private static Tensor Fails(Tensor x, int mode)
    {
        if (mode == 1)
            throw new InvalidOperationException("no");
        if (mode == 2)
            x = x.Reshape(7);
        if (mode == 3)
            x = x * x.Sum().Item<float>();
        return x + 1;
    }

    [GraphFunction]
    private static Tensor Times(Tensor x, int n) => x * n;

    [GraphFunction]
    private static Tensor AddOwner(Tensor x, Owner owner) => x + owner.Number;

    private static void SleepWhileTracing() => Thread.Sleep(5);

    internal sealed partial class Owner(int number)
    {
        public int Number { get; } = number;

        [GraphFunction]
        public Tensor Add(Tensor x) => x + Number;
    }

    internal partial class Base
    {
        [GraphFunction]
        public virtual Tensor Step(Tensor x) => x + 1;
    }

    internal sealed partial class Derived : Base
    {
        [GraphFunction]
        public override Tensor Step(Tensor x) => base.Step(x) * 10;
    }

    internal sealed class Plain : Base;

    internal sealed partial class Generic<T>
    {
        [GraphFunction]
        public Tensor Add(Tensor x) => x + typeof(T).Name.Length;

        [GraphFunction]
        public Tensor Both<TOther>(Tensor x) => x + (typeof(T).Name.Length * 100) + typeof(TOther).Name.Length;
    }

    private static class Failures
    {
        public static int Left { get; set; }

        public static void Next()
        {
            Thread.Sleep(5);
            // Once it fails no more it changes nothing, or each call would be traced anew.
            if (Left == 0)
                return;
            Left--;
            throw new InvalidOperationException("fails");
        }
    }
}
