using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Queues and memory are reported.</summary>
[Collection(ProcessState.Name)]
public sealed class EventTests
{
    private static readonly Graph Waiting = Named("waiting");

    [Fact]
    public void What_goes_through_a_queue_is_reported_with_its_depth()
    {
        using var listener = new Listener();
        var depths = new List<int>();
        using var meters = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Name == "tensorgraph.queue.depth") self.EnableMeasurementEvents(instrument); } };
        meters.SetMeasurementEventCallback<int>((_, depth, tags, _) => { if (Equals(tags[0].Value, "interpreter")) depths.Add(depth); });
        meters.Start();

        GraphEvents.Enqueued(Waiting, Devices.Interpreter, 1);
        GraphEvents.Enqueued(Waiting, Devices.Interpreter, 2);
        GraphEvents.QueueDepth(Devices.Interpreter, 1);

        Assert.Equal(["waiting, interpreter, 1", "waiting, interpreter, 2"], listener.Of("Enqueued").Where(text => text.StartsWith("waiting", StringComparison.Ordinal)));
        Assert.Contains("interpreter, 1", listener.Of("QueueDepth"));
        Assert.Equal([1, 2, 1], depths);
    }

    [Fact]
    public void Memory_from_the_system_is_reported_and_the_peak_is_kept()
    {
        using var listener = new Listener();
        var pool = new MemoryPool(Devices.Managed);

        ManagedBuffer first = pool.Allocate(1 << 20, out _);
        first.Release();
        pool.Allocate(1 << 20, out _).Release();

        string[] taken = [];
        Assert.True(SpinWait.SpinUntil(
            () => (taken = [.. listener.Of("PoolSize").Where(text => text.Contains($", {1 << 20}, 0", StringComparison.Ordinal))]).Length > 0, 10_000));
        Assert.Equal([$"managed, {1 << 20}, 0"], taken);
        Assert.Equal((0, 1 << 20, 1 << 20), (pool.LiveBytes, pool.PooledBytes, pool.PeakBytes));
    }

    private static Graph Named(string name)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        return build.Finish(name, [build.Parameter(new(DType.F32, new Shape(2)))]);
    }

    private sealed class Listener : EventListener
    {
        private readonly List<(string? Name, string Payload)> _seen = [];

        public string[] Of(string name)
        {
            lock (_seen) return [.. _seen.Where(entry => entry.Name == name).Select(entry => entry.Payload)];
        }

        protected override void OnEventSourceCreated(EventSource source)
        {
            if (source.Name == "TensorGraph") EnableEvents(source, EventLevel.Verbose);
        }

        protected override void OnEventWritten(EventWrittenEventArgs written)
        {
            if (_seen is null) return;
            lock (_seen) _seen.Add((written.EventName, string.Join(", ", written.Payload ?? [])));
        }
    }
}
