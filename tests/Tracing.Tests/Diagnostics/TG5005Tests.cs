namespace TensorGraph.Tests.Diagnostics;

public sealed partial class TG5005Tests
{
    private readonly Variable _one = new(0f);
    private readonly Variable _two = new(0f);
    private Action _code = () => { };

    [Fact]
    public void Code_that_reads_what_waits_for_its_graph_is_told_so()
    {
        Tensor? later = null;
        GraphException? error = null;
        _code = () =>
        {
            using (System.Threading.ExecutionContext.SuppressFlow())
            {
                var thread = new Thread(() => later = _one * 2f);
                thread.Start();
                thread.Join();
            }

            error = Expect.ErrorHere(DiagnosticIds.WaitsForItself, () => later!.ToDouble(), ["host_call", nameof(First)]);
            Expect.ErrorHere(DiagnosticIds.WaitsForItself, () => GraphFunctions.Synchronize(), []);
        };
        First(1f);
        Assert.NotNull(error);
        Assert.Equal(2f, later!.ToDouble());
    }

    [Fact]
    public void The_later_one_of_two_that_wait_for_each_other_is_told_so()
    {
        using var both = new Barrier(2);
        _code = () => both.SignalAndWait();
        var tasks = new[]
        {
            Task.Run(() => First(1f)),
            Task.Run(() => Second(1f)),
        };
        var errors = tasks.Select(task => Record.Exception(task.Wait)?.InnerException).OfType<GraphException>().ToArray();
        Assert.Equal(DiagnosticIds.WaitsForItself, Assert.Single(errors).Id);
        Assert.Equal(3f, _one.Value.ToDouble() + _two.Value.ToDouble());
    }

    [GraphFunction]
    internal void First(Tensor x)
    {
        _one.Assign(_one + x);
        Ops.HostCall(_ => Run(_two), x);
    }

    [GraphFunction]
    internal void Second(Tensor x)
    {
        _two.Assign(_two + x);
        Ops.HostCall(_ => Run(_one), x);
    }

    private void Run(Variable other)
    {
        _code();
        other.AssignAdd(1f);
    }
}
