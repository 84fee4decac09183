using TensorGraph.Backends;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Tests.Forks;

/// <summary>Independent parts of a graph run side by side. Behaviour 6.7.</summary>
[WithAllPasses]
public sealed class ForkTests
{
    // Large enough for the host to take long over it.
    private static readonly TensorType Numbers = new(DType.I32, [4096]);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    /// <summary>A variable that no device knows, so that a graph reads it by this code.</summary>
    private sealed class Probe(string name, Func<Literal> read) : Resource(name, ResourceKind.Variable, Numbers)
    {
        public override Literal? HostValue
        {
            get => read();
            set => throw new NotSupportedException();
        }
    }

    [Fact]
    public void Two_independent_branches_run_at_the_same_time()
    {
        using var both = new Barrier(2);
        bool first = false, second = false;
        Executable plan = Compile(Two(
            () => Value(both.SignalAndWait(Long), 1, out first),
            () => Value(both.SignalAndWait(Long), 2, out second)));

        Literal sum = plan.Run([])[0].ToLiteral();

        Assert.Contains("fork of 2 groups", plan.Dump(), StringComparison.Ordinal);
        Assert.True(first && second, "each waits for the other one to run");
        Assert.Equal(Literal.FromLongs(Numbers, _ => 3), sum);
    }

    [Fact]
    public void Both_branches_have_the_settings_of_the_caller()
    {
        using var both = new Barrier(2);
        var setting = new AsyncLocal<int>();
        Literal Read()
        {
            both.SignalAndWait(Long);
            return Literal.FromLongs(Numbers, _ => setting.Value);
        }

        Executable plan = Compile(Two(Read, Read));
        for (int i = 0; i < 5; i++)
        {
            setting.Value = i;
            Assert.Equal(Literal.FromLongs(Numbers, _ => 2 * i), plan.Run([])[0].ToLiteral());
        }
    }

    [Fact]
    public void One_thread_or_the_flag_runs_them_one_after_the_other()
    {
        Graph graph = Two(() => Literal.Zeros(Numbers), () => Literal.Zeros(Numbers));
        Assert.DoesNotContain("fork", Compile(graph, threads: 1).Dump(), StringComparison.Ordinal);
        using (Flags.Set("PASSES", "-fork"))
            Assert.DoesNotContain("fork", Compile(graph).Dump(), StringComparison.Ordinal);
        Assert.Contains("fork", Compile(graph).Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_a_hand_over_does_not_pay_for_stays_in_order()
    {
        Graph small = Make(b =>
        {
            Value x = b.Parameter(new TensorType(DType.F32, [8, 8]));
            return [b.Dot(x, x, [1], [0]), b.Dot(x, x, [0], [1])];
        });
        Assert.DoesNotContain("fork", Compile(small).Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public void Kernels_that_share_their_work_among_all_threads_stay_in_order()
    {
        Graph large = Make(b =>
        {
            Value x = b.Parameter(new TensorType(DType.F32, [1024, 1024]));
            return [b.Dot(x, x, [1], [0]), b.Dot(x, x, [0], [1])];
        });
        Assert.DoesNotContain("fork", Compile(large).Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_others_can_see_keeps_the_order_of_the_program()
    {
        var variable = new VariableResource("v", Numbers) { Value = Devices.Managed.From(Literal.Zeros(Numbers)) };
        Attrs var = Attrs.Of("var", variable);
        var failing = new Probe("p", () => throw new InvalidOperationException("before the assignment"));
        Executable plan = Compile(Make(b =>
        {
            Value p = b.Emit(OpDefs.ReadVariable, Attrs.Of("var", failing), [])[0];
            Value q = b.Emit(OpDefs.ReadVariable, Attrs.Of("var", new Probe("q", () => Literal.FromLongs(Numbers, _ => 1))), [])[0];
            b.Emit(OpDefs.AssignVariable, var, [q]);
            return [p];
        }));

        Assert.Contains("fork", plan.Dump(), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => plan.Run([]));
        Assert.Equal(Literal.Zeros(Numbers), variable.HostValue);
    }

    [Fact]
    public void Of_several_failures_the_first_one_in_the_program_counts()
    {
        using var failed = new ManualResetEventSlim();
        Executable plan = Compile(Make(b =>
        {
            Value positions = b.Emit(OpDefs.ReadVariable, Attrs.Of("var", new Probe("p", () =>
            {
                failed.Wait(Long);
                return Literal.FromLongs(Numbers, _ => 99);
            })), [])[0];
            Value gathered = b.Emit(OpDefs.Gather, Attrs.Of("axis", 0L), [b.Constant(Literal.Zeros(new(DType.F32, [4]))), positions])[0];
            Value late = b.Emit(OpDefs.ReadVariable, Attrs.Of("var", new Probe("q", () =>
            {
                failed.Set();
                throw new InvalidOperationException("after the other one in the program");
            })), [])[0];
            return [gathered, late];
        }));

        for (int i = 0; i < 20; i++)
        {
            failed.Reset();
            GraphException error = Assert.Throws<GraphException>(() => plan.Run([]));
            Assert.Equal(DiagnosticIds.OutOfRange, error.Id);
        }
    }

    [Fact]
    public void A_failure_leaves_no_memory_behind()
    {
        bool fails = false;
        var device = new ManagedDevice { Threads = 2 };
        Executable plan = device.Compile(Two(
            () => Literal.FromLongs(Numbers, _ => 1),
            () => fails ? throw new InvalidOperationException("now") : Literal.FromLongs(Numbers, _ => 2)));
        foreach (TensorData result in plan.Run([])) result.Release();
        long live = device.LiveBytes;
        for (int i = 0; i < 50; i++)
        {
            fails = i % 2 == 0;
            if (fails) Assert.Equal("now", Assert.Throws<InvalidOperationException>(() => plan.Run([])).Message);
            else foreach (TensorData result in plan.Run([])) result.Release();
            Assert.Equal(live, device.LiveBytes);
        }
    }

    [Fact]
    public void A_cancelled_run_starts_no_further_command()
    {
        using var source = new CancellationTokenSource();
        Executable plan = Compile(Make(b =>
        {
            Value positions = b.Emit(OpDefs.ReadVariable, Attrs.Of("var", new Probe("p", () =>
            {
                source.Cancel();
                return Literal.FromLongs(Numbers, _ => 99);
            })), [])[0];
            Value gathered = b.Emit(OpDefs.Gather, Attrs.Of("axis", 0L), [b.Constant(Literal.Zeros(new(DType.F32, [4]))), positions])[0];
            Value other = b.Emit(OpDefs.ReadVariable, Attrs.Of("var", new Probe("q", () => Literal.Zeros(Numbers))), [])[0];
            return [gathered, other];
        }));

        Assert.Contains("fork", plan.Dump(), StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => plan.Run([], source.Token));
    }

    [Fact]
    public void A_branch_may_use_the_workers_itself()
    {
        Graph graph = Make(b =>
        {
            Value x = b.Parameter(new TensorType(DType.F32, [256, 256]));
            Value Power(double scale) => LoopSamples.Repeat(
                b, b.Constant(Literal.Scalar(DType.I64, 20)), [b.Mul(x, scale)], (v, _) => [b.Dot(v[0], x, [1], [0])])[0];
            return [Power(1), Power(2)];
        });
        TensorData x = Devices.Managed.From(Literal.FromDoubles(new(DType.F32, [256, 256]), i => i % 7 / 900.0));
        Literal[][] found = [.. new[] { 1, 2, 4 }.Select(threads =>
        {
            var device = new ManagedDevice { Threads = threads };
            Executable plan = device.Compile(graph);
            return Array.ConvertAll(plan.Run([device.From(x.ToLiteral())]), result => result.ToLiteral());
        })];

        Assert.Equal(found[0], found[1]);
        Assert.Equal(found[0], found[2]);
    }

    [Fact]
    public void The_peak_of_a_run_has_what_all_its_threads_take()
    {
        var device = new ManagedDevice { Threads = 2 };
        using var both = new Barrier(2);
        Executable plan = device.Compile(Two(
            () => Value(both.SignalAndWait(Long), 1, out _), () => Value(both.SignalAndWait(Long), 2, out _)));
        plan.Run([]);
        Assert.InRange(device.MemoryStatistics.PeakByGraph["test"], 3 * (4L * 4096), 5 * (4L * 4096));
    }

    private static Literal Value(bool isMet, long value, out bool met)
    {
        met = isMet;
        return Literal.FromLongs(Numbers, _ => value);
    }

    private static Graph Two(Func<Literal> first, Func<Literal> second) => Make(b =>
    {
        Value Read(string name, Func<Literal> read) => b.Emit(OpDefs.ReadVariable, Attrs.Of("var", new Probe(name, read)), [])[0];
        return [b.Add(Read("first", first), Read("second", second))];
    });

    private static Graph Make(Func<GraphBuilder, Value[]> body)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        return build.Finish("test", body(build));
    }

    // A device of its own: workers that another test uses do not come.
    private static Executable Compile(Graph graph, int threads = 2) => new ManagedDevice { Threads = threads }.Compile(graph);
}
