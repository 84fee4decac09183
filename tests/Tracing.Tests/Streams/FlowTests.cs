using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TensorGraph.Tests.Streams;

/// <summary>Queued calls belong to the flow of control that made them, whichever thread runs them and whenever it does.</summary>
[Collection(ProcessState.Name)]
public sealed partial class FlowTests
{
    private static readonly int s_size = Device.Default == Devices.Interpreter ? 8 : 128;

    private readonly Variable _value = new(5f);

    private static Tensor Mean => Ops.Ones(s_size, s_size) / s_size;

    // It was told or not, by which thread ran the call.
    [Fact]
    public void The_next_use_of_its_variable_tells_that_a_call_failed()
    {
        Tensor x = Mean;
        Set(x, 10L, 5f).ToLiteral();
        for (int i = 0; i < 20; i++)
        {
            var error = Assert.Throws<InvalidOperationException>(() =>
            {
                Set(x, 50L, 0.5f);
                Tensor read = i % 2 == 0 ? _value.Value : Read(x);
                if (i % 3 == 0)
                    Thread.Sleep(5);
                read.ToDouble();
            });
            Assert.Equal("too large", error.Message);
            Assert.Equal(5f, Read(x).ToDouble());
            GraphFunctions.Synchronize();
        }
    }

    [Fact]
    public void What_tells_it_may_not_be_read_either()
    {
        Tensor x = Mean;
        Set(x, 10L, 5f).ToLiteral();
        Assert.Throws<InvalidOperationException>(() =>
        {
            Set(x, 300L, 0.5f);
            _value.AssignAdd(1f);
            Set(x, 10L, 7f);
            _value.Value.ToDouble();
        });
        Assert.Equal(5f, _value.Value.ToDouble());
        GraphFunctions.Synchronize();
    }

    // The scope of the inner token had ended, and with it what joined the two.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_outer_of_two_tokens_stops_a_queued_call_on_any_stream(bool isOwnStream)
    {
        using CancellationTokenSource outer = new(), inner = new();
        Tensor result;
        using (GraphFunctions.WithCancellation(outer.Token))
        using (GraphFunctions.WithCancellation(inner.Token))
        using (isOwnStream ? Device.Current.CreateStream().Use() : null)
            result = Heavy(Mean, long.MaxValue);
        GC.Collect();
        outer.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => result.ToLiteral());
    }

    [Fact]
    public async Task A_task_that_outlives_the_scope_of_its_token_is_stopped()
    {
        using CancellationTokenSource outer = new(), inner = new();
        var go = new TaskCompletionSource();
        Task task;
        using (GraphFunctions.WithCancellation(outer.Token))
        using (GraphFunctions.WithCancellation(inner.Token))
            task = Task.Run(async () =>
            {
                await go.Task;
                Heavy(Mean, long.MaxValue).ToLiteral();
            });
        outer.Cancel();
        go.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
    }

    [Fact]
    public void Scopes_of_settings_end_in_any_order_and_may_be_ended_twice()
    {
        int before = TensorGraphOptions.Current.UnrollLimit;
        IDisposable five = (TensorGraphOptions.Current with { UnrollLimit = 5 }).Use(), seven = (TensorGraphOptions.Current with { UnrollLimit = 7 }).Use();
        five.Dispose();
        Assert.Equal(7, TensorGraphOptions.Current.UnrollLimit);
        seven.Dispose();
        Assert.Equal(before, TensorGraphOptions.Current.UnrollLimit);
        using (var nine = (TensorGraphOptions.Current with { UnrollLimit = 9 }).Use())
        {
            five.Dispose();
            Assert.Equal(9, TensorGraphOptions.Current.UnrollLimit);
        }

        Assert.Equal(before, TensorGraphOptions.Current.UnrollLimit);
    }

    // The inner one took the place of both.
    [Fact]
    public void Streams_of_several_devices_are_used_at_once()
    {
        DeviceStream one = Devices.Managed.CreateStream(), two = Devices.Interpreter.CreateStream(), inner = Devices.Managed.CreateStream();
        using (one.Use())
        using (two.Use())
        {
            Assert.Equal((one, two), (DeviceStream.Current(Devices.Managed), DeviceStream.Current(Devices.Interpreter)));
            using (inner.Use())
                Assert.Equal((inner, two), (DeviceStream.Current(Devices.Managed), DeviceStream.Current(Devices.Interpreter)));
            Assert.Equal((one, two), (DeviceStream.Current(Devices.Managed), DeviceStream.Current(Devices.Interpreter)));
        }

        Assert.Equal(Devices.Managed.Stream, DeviceStream.Current(Devices.Managed));
    }

    [Fact]
    public void A_run_belongs_to_the_activity_of_its_call()
    {
        Heavy(Mean, 1L).ToLiteral();
        using var source = new ActivitySource("FlowTests");
        Tensor x = Mean, few = 10L, many = 300L;
        var parents = new List<string?>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = any => any.Name is "FlowTests" or "TensorGraph",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.OperationName == "run")
                    parents.Add(activity.Parent?.OperationName);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using (source.StartActivity("one"))
            Heavy(x, many);
        using (source.StartActivity("two"))
            Heavy(x, few).ToLiteral();
        Assert.Equal(["one", "two"], parents);
    }

    [Fact]
    public void Listeners_that_throw_disturb_nothing()
    {
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "TensorGraph")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<int>((_, _, _, _) => throw new InvalidOperationException("listener"));
        meters.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("listener"));
        meters.Start();
        using var activities = new ActivityListener
        {
            ShouldListenTo = any => any.Name == "TensorGraph",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = _ => throw new InvalidOperationException("listener"),
            ActivityStopped = _ => throw new InvalidOperationException("listener"),
        };
        ActivitySource.AddActivityListener(activities);
        for (int i = 0; i < 3; i++)
            Assert.Equal(1f / s_size, Heavy(Mean, 200L).Max().ToDouble(), 4);
        GraphFunctions.Synchronize();
    }

    // Of two variables that one call assigns, a short call read one before and one after.
    [Fact]
    public async Task A_short_call_reads_all_its_variables_at_one_moment()
    {
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
                SetBoth(i);
        });
        for (int i = 0; i < 100_000 / s_size; i++)
            Assert.Equal(0f, Difference().ToDouble());
        stop.Cancel();
        await writer;
    }

    private readonly Variable _left = new(Ops.Zeros(64));
    private readonly Variable _right = new(Ops.Zeros(64));

    [GraphFunction]
    internal void SetBoth(Tensor value)
    {
        _left.Assign(Ops.Ones(64) * value.Cast(DType.F32));
        _right.Assign(Ops.Ones(64) * value.Cast(DType.F32));
    }

    [GraphFunction]
    internal Tensor Difference() => Ops.Abs(_left.Value - _right.Value).Max();

    [GraphFunction]
    internal Tensor Read(Tensor x) => _value + (x.Sum() * 0);

    [GraphFunction]
    internal Tensor Set(Tensor x, Tensor times, Tensor value)
    {
        Tensor y = Heavy(x, times);
        if (y.Max() * x.Shape[0].Value > value)
            throw new InvalidOperationException("too large");
        _value.Assign(value);
        return y;
    }

    [GraphFunction]
    internal static Tensor Heavy(Tensor x, Tensor times)
    {
        Tensor y = x;
        for (Tensor i = 0L; i < times; i += 1L)
            y = Ops.MatMul(y, x);
        return y;
    }
}
