using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;

namespace TensorGraph.Tests.Behaviours;

/// <summary>Traces, compilations and runs are reported by the event source, the activity source and the meter named TensorGraph.</summary>
[Collection(ProcessState.Name)]
public sealed partial class EventTests
{
    [Fact]
    public void Traces_compilations_runs_and_causes_are_events()
    {
        using var events = new Events();

        Twice(1f);
        Twice(2f);
        Twice(new[] { 1, 2 });

        string function = GraphFunction.Of(Twice).Name;
        Assert.Equal(["x: f32[]", "x: i32[2]"], events.Of("Traced", function).Select(payload => payload[1]));
        Assert.Equal([function, "'x' was f32[], is i32[2]"], Assert.Single(events.Of("Retraced", function)).Select(text => $"{text}".Split(", at ")[0]));
        Assert.Equal(2, events.Of("Compiled", function).Count());
        Assert.Equal(3, events.Of("Ran", function).Count());
        Assert.All(events.Of("Ran", function), payload => Assert.Equal(Device.Current.Name, payload[1]));
    }

    [Fact]
    public void A_trace_is_an_activity_and_its_compilation_one_in_it()
    {
        var ended = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "TensorGraph",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);

        Half(1f);
        Assert.ThrowsAny<GraphException>(() => Broken(new[] { 1f, 2 }));

        string function = GraphFunction.Of(Half).Name;
        Assert.Equal(["compile", "trace", "run", "trace"], ended.Select(activity => activity.OperationName));
        Assert.Equal(ended[1].SpanId, ended[0].ParentSpanId);
        Assert.Equal([function, "x: f32[]"], new[] { "function", "signature" }.Select(tag => ended[1].GetTagItem($"tensorgraph.{tag}")));
        Assert.Equal(function, ended[2].GetTagItem("tensorgraph.graph"));
        Assert.Equal(
            [ActivityStatusCode.Unset, ActivityStatusCode.Unset, ActivityStatusCode.Unset, ActivityStatusCode.Error],
            ended.Select(activity => activity.Status));
    }

    [Fact]
    public void Durations_retraces_and_memory_are_metrics()
    {
        var measured = new List<(string Name, double Value, string Tag)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "TensorGraph")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Add((instrument.Name, value, $"{tags[0].Value}")));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Add((instrument.Name, value, $"{tags[0].Value}")));
        listener.Start();

        using var inOrder = new TensorGraphOptions { IsAsynchronous = false }.Use();
        Tensor large = Third(Ops.Ones(300, 300));
        GraphFunctions.Synchronize();
        Third(1f);
        listener.RecordObservableInstruments();

        string function = GraphFunction.Of(Third).Name;
        Assert.Equal(
            ["trace.duration", "compile.duration", "run.duration", "trace.duration", "compile.duration", "retraces", "run.duration"],
            measured.Where(entry => entry.Tag == function).Select(entry => entry.Name["tensorgraph.".Length..]));
        Assert.Contains(measured, entry => entry is { Name: "tensorgraph.memory.pooled", Tag: "managed" });
        Assert.Contains(measured, entry => entry is { Name: "tensorgraph.memory.live", Tag: "managed" } && (large.Device != Devices.Managed || entry.Value > 0));
        GC.KeepAlive(large);
    }

    [GraphFunction]
    private static Tensor Twice(Tensor x) => x + x;

    [GraphFunction]
    private static Tensor Half(Tensor x) => x / 2;

    [GraphFunction]
    private static Tensor Third(Tensor x) => x / 3;

    [GraphFunction]
    private static Tensor Broken(Tensor x) => x.Reshape(7);

    private sealed class Events : EventListener
    {
        private readonly List<(string? Name, object?[] Payload)> _seen = [];

        public IEnumerable<object?[]> Of(string name, string subject) =>
            _seen.Where(entry => entry.Name == name && Equals(entry.Payload[0], subject)).Select(entry => entry.Payload);

        protected override void OnEventSourceCreated(EventSource source)
        {
            if (source.Name == "TensorGraph")
                EnableEvents(source, EventLevel.Verbose);
        }

        protected override void OnEventWritten(EventWrittenEventArgs written) => _seen?.Add((written.EventName, [.. written.Payload ?? []]));
    }
}
