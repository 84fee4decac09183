namespace TensorGraph.Tests.Streams;

/// <summary>C# code that a graph calls may itself call, read and wait, while other threads queue calls that wait for that graph.</summary>
public sealed partial class HostCodeTests
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);
    private static readonly int s_size = Device.Default == Devices.Interpreter ? 8 : 128;

    private readonly Variable _total = new(0f);
    private readonly Variable _other = new(5f);
    private Action _code = () => { };

    private static Tensor Mean => Ops.Ones(s_size, s_size) / s_size;

    // The queue's thread waits for the graph, whose code waited for a call behind it in the queue.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_reads_a_long_call_while_another_thread_waits_for_its_graph(bool isOneAtATime) => Ends(() =>
    {
        Tensor x = Mean;
        Tensor? later = null;
        double read = 0;
        _code = () =>
        {
            Apart(() => later = AfterTotal(x, 300L));
            read = Heavy(x, 300L).Max().ToDouble();
        };
        using (isOneAtATime ? Device.Current.CreateStream().Use() : null)
            Assert.Equal(1f, Step(1f).ToDouble());
        Assert.Equal(1.0 / s_size, read, 4);
        Assert.Equal(1f, later!.ToDouble(), 3);
    });

    // The other call has a place among the uses of both variables and has not begun: the code comes before it.
    [Fact]
    public void It_uses_a_variable_that_a_call_assigns_which_waits_for_its_graph() => Ends(() =>
    {
        Tensor x = Mean;
        double read = 0;
        _code = () =>
        {
            Apart(() => Move(x, 300L));
            read = _other.Value.ToDouble();
            _other.AssignAdd(10f);
        };
        Assert.Equal(1f, Step(1f).ToDouble());
        Assert.Equal(5, read);
        // The call saw the total of the step, and took the place of what the code assigned.
        Assert.Equal(1f, _other.Value.ToDouble(), 3);
    });

    [Fact]
    public void Threads_that_call_through_the_host_and_use_the_same_variables_end() => Ends(() =>
    {
        Tensor x = Mean;
        _code = () => Heavy(x, 20L).Max().ToDouble();
        using var stop = new CancellationTokenSource();
        var other = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                AfterTotal(x, 20L).ToDouble();
        });
        for (int i = 0; i < 30; i++)
            Assert.Equal(i + 1, Step(1f).ToDouble());
        stop.Cancel();
        other.Wait();
    });

    // Its tasks are not recorded either; they waited for the tape, and the tape for them.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Under_a_tape_it_waits_for_tasks(bool imperatively) => Ends(() =>
    {
        using var mode = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
        Tensor x = 3f;
        double seen = 0;
        _code = () => seen = Task.Run(() => (x * x).ToDouble()).Result;
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor y = Squared(x);
        Assert.Equal(6f, tape.Gradient(y, x)!.ToDouble());
        Assert.Equal(9, seen);
    });

    [Fact]
    public void Tasks_under_one_tape_that_assign_and_run_graphs_of_a_variable_end() => Ends(() =>
    {
        using var quiet = (TensorGraphOptions.Current with { Output = TextWriter.Null }).Use();
        for (int i = 0; i < 20; i++)
        {
            using var tape = new GradientTape();
            Task.WaitAll(
                Task.Run(() =>
                {
                    for (int k = 0; k < 20; k++)
                        Shown(1f);
                }),
                Task.Run(() =>
                {
                    for (int k = 0; k < 20; k++)
                        _other.AssignAdd(1f);
                }));
        }

        Assert.Equal(405f, _other.Value.ToDouble());
    });

    // The value that the graph had assigned before was read again.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_it_assigns_is_read_after_it(bool inBranch)
    {
        _code = () => _total.AssignAdd(10f);
        Modes.Both(() =>
        {
            _total.Assign(0f);
            Tensor one = inBranch ? StepInBranch(1f) : Step(1f), two = inBranch ? StepInBranch(1f) : Step(1f);
            return (one, two, _total.Value);
        });
        Assert.Equal(22f, _total.Value.ToDouble());
    }

    private static void Ends(Action test)
    {
        var run = Task.Run(test);
        Assert.True(run.WaitAsync(s_longest).ContinueWith(static _ => true).Result && run.IsCompleted, "it waits forever");
        run.GetAwaiter().GetResult();
    }

    // The derivative of x · 2 · 3, of which the code assigns the 3, would need the branch again without the code.
    [Fact]
    public void A_gradient_through_a_branch_that_reads_after_it_is_an_error()
    {
        _other.Assign(2f);
        _code = () => _other.Assign(3f);
        using (new TensorGraphOptions { RunImperatively = true }.Use())
            Assert.Equal(6f, SlopeInBranch(1f).ToDouble());
        var error = Assert.Throws<GraphException>(() => SlopeInBranch(1f).ToDouble());
        Assert.Equal(DiagnosticIds.NoGradient, error.Id);
        Assert.Contains("after C# code", error.Message, StringComparison.Ordinal);
        Assert.Equal(9f, SlopeOfReadBefore(1f).ToDouble());
    }

    // Only what depends on x is computed again for the gradient: neither the branch with the code, nor one around it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_constant_that_a_branch_with_it_gives_needs_no_gradient_of_the_branch(bool imperatively)
    {
        using var mode = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
        _code = () => _other.Assign(3f);
        foreach (float x in new[] { 1f, 2f, -1f })
        {
            _other.Assign(2f);
            Assert.Equal(x switch { 1f => 6f, 2f => 12f, _ => 1f }, SlopeBesideBranch(x).ToDouble());
            _other.Assign(2f);
            Assert.Equal(x switch { 1f => 6f, 2f => 12f, _ => 1f } * (x > 0 ? 2 : 1), SlopeBesideReadBefore(x).ToDouble());
        }
    }

    // The derivative of x · 2 · 3 · 4.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_gradient_through_a_loop_uses_what_it_assigned(bool imperatively)
    {
        using var mode = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
        _other.Assign(2f);
        _code = () => _other.AssignAdd(1f);
        Assert.Equal(24f, SlopeInLoop(1f, 3L).ToDouble());
    }

    // As a thread of its own, which knows nothing of the flow that starts it.
    private static void Apart(Action action)
    {
        using var apart = System.Threading.ExecutionContext.SuppressFlow();
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }

    [GraphFunction]
    internal Tensor Step(Tensor x)
    {
        _total.Assign(_total + x);
        Ops.HostCall(_ => _code(), x);
        return _total * 1f;
    }

    [GraphFunction]
    internal Tensor StepInBranch(Tensor x)
    {
        _total.Assign(_total + x);
        if (x > 0)
            Ops.HostCall(_ => _code(), x);
        _total.Assign(_total * 1f);
        return _total * 1f;
    }

    [GraphFunction]
    internal Tensor SlopeBesideBranch(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor factor = 1f;
        if (x > 0)
        {
            factor = factor * _other;
            if (x > -1)
            {
                Ops.HostCall(_ => _code(), x);
                factor = factor * _other;
            }
            if (x > 1)
                factor = factor * 2;
        }

        return tape.Gradient(x * factor, x)!;
    }

    [GraphFunction]
    internal Tensor SlopeBesideReadBefore(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor factor = 1f, y = x;
        if (x > 0)
        {
            y = y * _other;
            Ops.HostCall(_ => _code(), x);
        }
        if (x > 0)
        {
            Ops.HostCall(_ => _code(), x);
            factor = factor * _other * 2;
        }
        if (x > 1)
            factor = Ops.StopGradient(factor * y / (x * 2) * _other / 1.5f);

        return tape.Gradient(y * factor, x)!;
    }

    [GraphFunction]
    internal Tensor SlopeInBranch(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor y = x;
        if (x > 0)
        {
            y = y * _other;
            Ops.HostCall(_ => _code(), x);
            y = y * _other;
        }

        return tape.Gradient(y, x)!;
    }

    [GraphFunction]
    internal Tensor SlopeOfReadBefore(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor y = x;
        if (x > 0)
        {
            y = y * _other;
            y = y * _other;
            Ops.HostCall(_ => _code(), x);
        }

        return tape.Gradient(y, x)!;
    }

    [GraphFunction]
    internal Tensor SlopeInLoop(Tensor x, Tensor times)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor y = x;
        for (Tensor i = 0L; i < times; i += 1L)
        {
            y = y * _other;
            Ops.HostCall(_ => _code(), x);
        }

        return tape.Gradient(y, x)!;
    }

    [GraphFunction]
    internal Tensor Squared(Tensor x)
    {
        Ops.HostCall(_ => _code(), x);
        return x * x;
    }

    [GraphFunction]
    internal Tensor Shown(Tensor x)
    {
        Ops.Print(_other * x);
        return _other * x;
    }

    [GraphFunction]
    internal Tensor AfterTotal(Tensor x, Tensor times) => (Heavy(x, times).Sum() * 0) + _total;

    [GraphFunction]
    internal void Move(Tensor x, Tensor times) => _other.Assign((Heavy(x, times).Sum() * 0) + _total);

    [GraphFunction]
    internal static Tensor Heavy(Tensor x, Tensor times)
    {
        Tensor y = x;
        for (Tensor i = 0L; i < times; i += 1L)
            y = Ops.MatMul(y, x);
        return y;
    }
}
