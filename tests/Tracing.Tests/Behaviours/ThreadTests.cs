namespace TensorGraph.Tests;

/// <summary>Many threads at once, at everything that a function shares: each gets the imperative answer or its own error.</summary>
[Collection(ProcessState.Name)]
public sealed partial class ThreadTests
{
    private const int Threads = 6;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);

    // Sizes relax, graphs are thrown out and traced again, and tapes differentiate, all at the same time.
    [Fact]
    public void Calls_and_gradients_of_any_type_and_size_do_not_mix()
    {
        (Tensor X, Tensor Turns)[] arguments =
        [
            .. from dtype in new[] { DType.F32, DType.F64, DType.BF16 }
               from rows in new long[] { 0, 1, 3, 200 }
               from turns in new long[] { 0, 3 }
               select ((Ops.Iota(rows * 3).Reshape(rows, 3) % 5).Cast(dtype) / 4, (Tensor)turns),
        ];
        string[] values = [.. arguments.Select(pair => Imperatively(() => Values(pair.X, pair.Turns)))];
        string[] gradients = [.. arguments.Select(pair => Imperatively(() => Gradient(pair.X, pair.Turns)))];
        int limit = GraphFunctions.ConcreteFunctionLimit;
        GraphFunctions.ConcreteFunctionLimit = 3;
        try
        {
            Together(thread =>
            {
                var random = new Random(thread);
                for (int i = 0; i < 30; i++)
                {
                    int next = random.Next(arguments.Length);
                    if (random.Next(2) == 0)
                        Assert.Equal(values[next], Values(arguments[next].X, arguments[next].Turns));
                    else
                        Assert.Equal(gradients[next], Gradient(arguments[next].X, arguments[next].Turns));
                }
            });
        }
        finally
        {
            GraphFunctions.ConcreteFunctionLimit = limit;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Draws_from_one_generator_are_all_different(bool imperatively)
    {
        const int Draws = 100;
        var dice = new Dice();
        var seen = new System.Collections.Concurrent.ConcurrentBag<string>();
        GraphFunctions.RunImperatively = imperatively;
        try
        {
            Together(_ =>
            {
                for (int i = 0; i < Draws; i++)
                {
                    var (one, two) = dice.Roll(3L);
                    seen.Add(one.ToString());
                    seen.Add(two.ToString());
                }
            });
        }
        finally
        {
            GraphFunctions.RunImperatively = false;
        }

        Assert.Equal(2 * Threads * Draws, seen.Distinct().Count());
        // Four words are a block of the counter; each call draws three in its loop too.
        Assert.Equal(5L * Threads * Draws, dice.Generator.State.Value.ToArray<long>()[1]);
    }

    [Fact]
    public void Functions_that_call_each_other_through_the_host_end()
    {
        string ping = Imperatively(() => Text(Ping(Ops.Ones(2), 4L))), pong = Imperatively(() => Text(Pong(Ops.Ones(2), 4L)));
        Together(thread =>
        {
            for (int i = 0; i < 5; i++)
                Assert.Equal(thread % 2 == 0 ? ping : pong, Text(thread % 2 == 0 ? Ping(Ops.Ones(2), 4L) : Pong(Ops.Ones(2), 4L)));
        });
    }

    [Fact]
    public void Instances_come_and_go_while_their_functions_are_traced()
    {
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
                Collect();
        });
        collector.Start();
        Together(thread =>
        {
            for (int i = 0; i < 12; i++)
            {
                var model = new Model();
                Assert.Equal(600 * thread, model.Apply(Ops.Ones(300) * thread).Sum().ToDouble());
                model.Store(Ops.Ones(300) * thread);
                Assert.Equal(300 * thread * thread, model.Apply(Ops.Ones(300) * thread).Sum().ToDouble());
            }
        });
        stop.Cancel();
        collector.Join();
    }

    // The list was the one that the traces still added to.
    [Fact]
    public void The_causes_of_retraces_can_be_read_while_another_thread_traces()
    {
        var function = GraphFunction.Of((Func<Tensor, int, Tensor>)Times);
        Together(thread =>
        {
            for (int i = 0; i < 15; i++)
            {
                if (thread < 3)
                    Times(1f, (100 * thread) + i);
                else
                    Assert.True(function.Retraces.Count(retrace => retrace.Argument == "n") <= function.TraceCount + 1);
            }
        });
        Assert.Equal(44, function.Retraces.Count);
    }

    [Fact]
    public void A_warning_about_traces_counts_the_calls_of_all_threads()
    {
        var warnings = Diagnostics.Warnings.Of(() => Together(_ =>
        {
            for (int i = 0; i < 6; i++)
                new Scaled().Apply(1f, i);
        }));
        var warning = Assert.Single(warnings);
        int calls = int.Parse(System.Text.RegularExpressions.Regex.Match(warning.Problem, "in (\\d+) calls", System.Text.RegularExpressions.RegexOptions.None, s_longest).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(calls, 5, 10);
    }

    // A tape belongs to a flow of control: what was started while it was open sees it, what ran before does not.
    [Fact]
    public void A_tape_goes_along_to_threads_that_are_started_while_it_is_open()
    {
        Tensor x = new[] { 1f, 2f };
        using var isOpen = new ManualResetEventSlim();
        GradientTape? tape = null;
        Exception? error = null;
        var before = new Thread(() =>
        {
            isOpen.Wait();
            error = Record.Exception(() => tape!.Gradient(x * x, x));
        });
        before.Start();
        tape = new GradientTape(persistent: true);
        tape.Watch(x);
        Tensor y = x * x;
        string? there = null;
        var after = new Thread(() => there = tape.Gradient(y * x, x)!.ToString());
        after.Start();
        after.Join();
        Assert.Equal("[3, 12]", there);
        Assert.Equal("[2, 4]", tape.Gradient(y, x)!.ToString());
        isOpen.Set();
        before.Join();
        var found = Assert.IsType<GraphException>(error);
        Assert.Equal(DiagnosticIds.BadGradientTarget, found.Id);
        Assert.Contains("another flow of control", found.Problem, StringComparison.Ordinal);
        tape.Dispose();

        Assert.Equal("[2, 4]", (x * 2).ToString());
        using var next = new GradientTape();
        next.Watch(x);
        Assert.Equal("[2, 4]", next.Gradient(Square(x), x)!.ToString());
    }

    [Fact]
    public async Task A_tape_survives_await()
    {
        Tensor x = new[] { 1f, 2f };
        using var tape = new GradientTape();
        tape.Watch(x);
        await Task.Yield();
        Tensor y = x * x;
        await Task.Delay(1);
        Tensor[] parts = await Task.WhenAll(Task.Run(() => y * x), Task.Run(() => Square(y)));
        await Task.Yield();
        Assert.Equal("[7, 44]", tape.Gradient(parts[0] + parts[1], x)!.ToString());
    }

    private sealed partial class Dice
    {
        public RandomGenerator Generator { get; } = new(7);

        [GraphFunction]
        public (Tensor, Tensor) Roll(Tensor turns)
        {
            Tensor one = Generator.Bits([4]), sum = 0;
            foreach (Tensor i in Ops.Range(turns))
                sum += Generator.Bits([4]).Sum();
            return (one, Generator.Bits([4]) + (sum * 0));
        }
    }

    private static void Together(Action<int> run)
    {
        using var start = new Barrier(Threads);
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            if (Record.Exception(() => run(i)) is { } failure)
                failures.Enqueue(failure);
        }) { IsBackground = true })];
        foreach (var thread in threads)
            thread.Start();
        Assert.All(threads, thread => Assert.True(thread.Join(s_longest), "a thread waits for ever"));
        Assert.Empty(failures);
    }

    private static string Imperatively(Func<string> run) => Modes.Run(run, imperatively: true).Result;

    private static string Values(Tensor x, Tensor turns) => Text(Turns(x, turns));

    private static string Gradient(Tensor x, Tensor turns)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return Text(tape.Gradient(Turns(x, turns), x)!);
    }

    private static string Text(Tensor x) => $"{x.Type} {x}";

    private static void SleepWhileTracing() => Thread.Sleep(2);

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Thread.Sleep(1);
    }

    [GraphFunction(ReduceRetracing = true)]
    private static Tensor Turns(Tensor x, Tensor turns)
    {
        Tensor y = x * 2, i = 0L;
        while (i < turns)
        {
            if (i % 2 == 0)
                y = y + x;
            else
                y = (y * x) - 1;
            i = i + 1;
        }

        return y;
    }

    [GraphFunction]
    private static Tensor Square(Tensor x) => x * x;

    [GraphFunction]
    private static Tensor Times(Tensor x, int n) => x * n;

    // Through delegates, since a lambda in a traced method calls what it names imperatively.
    private static readonly Func<Tensor, Tensor, Tensor> s_ping = GraphFunction.Compile<Func<Tensor, Tensor, Tensor>>(Ping);
    private static readonly Func<Tensor, Tensor, Tensor> s_pong = GraphFunction.Compile<Func<Tensor, Tensor, Tensor>>(Pong);

    [GraphFunction]
    private static Tensor Ping(Tensor x, Tensor depth)
    {
        SleepWhileTracing();
        Tensor y = x + 1;
        if (depth > 0L)
            y = Ops.HostCall(values => [s_pong(Ops.Concat([values[0], values[0]], 0), values[1])[..(int)values[0].Shape[0].Value]], [x.Type], y, depth - 1L)[0];
        return y;
    }

    [GraphFunction]
    private static Tensor Pong(Tensor x, Tensor depth)
    {
        SleepWhileTracing();
        Tensor y = x * 2;
        if (depth > 0L)
            y = Ops.HostCall(values => [s_ping(values[0], values[1])], [x.Type], y, depth - 1L)[0];
        return y;
    }

    internal sealed partial class Model
    {
        private Variable? _weight;

        [GraphFunction]
        public Tensor Apply(Tensor x)
        {
            _weight ??= new Variable(Ops.Ones(300) * 2);
            return x * _weight;
        }

        [GraphFunction]
        public void Store(Tensor x)
        {
            _weight ??= new Variable(Ops.Ones(300));
            _weight.Assign(x);
        }
    }

    internal sealed partial class Scaled
    {
        [GraphFunction]
        public Tensor Apply(Tensor x, int n) => x * n;
    }
}
