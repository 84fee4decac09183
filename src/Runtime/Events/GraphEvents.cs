using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;

namespace TensorGraph;

/// <summary>
/// Reports of traces, compilations, runs, queues and memory to those who listen to the name TensorGraph: as events (<c>EventListener</c>,
/// <c>dotnet-trace</c>), activities and metrics (OpenTelemetry, <c>dotnet-counters</c>). While there is no listener, a report is one check. No lock
/// is held while one is told, and a listener that throws disturbs nothing.
/// </summary>
internal static class GraphEvents
{
    /// <summary>Name of the event source, the activity source and the meter.</summary>
    public const string Name = "TensorGraph";

    private static readonly GraphEventSource Log = GraphEventSource.Log;
    private static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Warnings = Meter.CreateCounter<long>("tensorgraph.warnings", "{warning}", "Warnings");
    private static readonly Counter<long> Retraces = Meter.CreateCounter<long>("tensorgraph.retraces", "{trace}", "Traces after the first");
    private static readonly Histogram<double> TraceTime = Meter.CreateHistogram<double>("tensorgraph.trace.duration", "ms", "Time of a trace");
    private static readonly Histogram<double> CompileTime =
        Meter.CreateHistogram<double>("tensorgraph.compile.duration", "ms", "Time of passes and compilation");
    private static readonly Histogram<double> RunTime = Meter.CreateHistogram<double>("tensorgraph.run.duration", "ms", "Time of a run");
    private static readonly PoolReports Pools = new(Log);
    private static readonly Gauge<int> Queue = Meter.CreateGauge<int>("tensorgraph.queue.depth", "{run}", "Runs that wait in a device's queue");

    static GraphEvents()
    {
        Meter.CreateObservableGauge("tensorgraph.memory.live", () => Memory(static statistics => statistics.LiveBytes), "By", "Memory of live tensors");
        Meter.CreateObservableGauge("tensorgraph.memory.pooled", () => Memory(static statistics => statistics.PooledBytes), "By", "Free memory that is kept");
    }

    /// <summary>The recording that is made, if there is one. It counts runs by itself (<see cref="Backends.ExecutableProfile"/>).</summary>
    public static volatile GraphObserver? Observer;

    /// <summary>A warning (TG6xxx).</summary>
    public static void Warning(string id, string message)
    {
        Observer?.Warned(id, message);
        if (Log.IsEnabled()) Log.Warning(id, message);
        if (Warnings.Enabled) Quietly(() => Warnings.Add(1, Tag("id", id)));
    }

    /// <summary>A trace begins; null while there is no listener.</summary>
    public static GraphWork? Trace(string function) => Start("trace", TraceTime, Tag("function", function));

    /// <summary>A trace has ended well.</summary>
    public static void Traced(GraphWork work, string function, string signature, int nodes)
    {
        work.Note("signature", signature);
        work.Note("nodes", nodes);
        double milliseconds = work.Complete();
        if (Log.IsEnabled()) Log.Traced(function, signature, nodes, milliseconds);
    }

    /// <summary>A function was traced once more, with the cause.</summary>
    public static void Retraced(string function, object cause)
    {
        if (Log.IsEnabled()) Log.Retraced(function, $"{cause}");
        if (Retraces.Enabled) Quietly(() => Retraces.Add(1, Tag("function", function)));
    }

    /// <summary>Passes and compilation begin; null while there is no listener.</summary>
    public static GraphWork? Compile(Ir.Graph graph, Device device) =>
        Start("compile", CompileTime, Tag("graph", graph.Name), Tag("device", device.Name));

    /// <summary>A graph was compiled.</summary>
    public static void Compiled(GraphWork? work, Ir.Graph graph, Device device)
    {
        if (work is null) return;
        int nodes = graph.NodeCount;
        work.Note("nodes", nodes);
        double milliseconds = work.Complete();
        if (Log.IsEnabled()) Log.Compiled(graph.Name, device.Name, nodes, milliseconds);
    }

    /// <summary>A graph was put into a device's queue, which has this many now.</summary>
    public static void Enqueued(Ir.Graph graph, Device device, int depth)
    {
        Observer?.Queued(device, depth);
        if (HasVerboseListener) Log.Enqueued(graph.Name, device.Name, depth);
        if (Queue.Enabled) RecordDepth(device, depth);
    }

    /// <summary>A device's queue changed by itself: a run left it.</summary>
    public static void QueueDepth(Device device, int depth)
    {
        if (HasVerboseListener) Log.QueueDepth(device.Name, depth);
        if (Queue.Enabled) RecordDepth(device, depth);
    }

    /// <summary>A graph begins to run; null while there is no listener.</summary>
    public static GraphWork? Run(Ir.Graph graph, Device device) => IsRunWatched ? StartRun(graph, device) : null;

    /// <summary>A graph has run.</summary>
    public static void Ran(GraphWork? work, Ir.Graph graph, Device device)
    {
        if (work is null) return;
        double milliseconds = work.Complete();
        if (HasVerboseListener) Log.Ran(graph.Name, device.Name, milliseconds);
    }

    /// <summary>A device took memory from the system or gave some back.</summary>
    public static void PoolSize(Device device, long liveBytes, long pooledBytes)
    {
        if (Log.IsEnabled()) Pools.Add(device.Name, liveBytes, pooledBytes);
    }

    // Events of each run are verbose: who listens to warnings alone pays nothing for them.
    private static bool HasVerboseListener => Log.IsEnabled(EventLevel.Verbose, EventKeywords.None);

    /// <summary>A run took more memory than any run of this graph before.</summary>
    public static void GraphPeak(string graph, Device device, long bytes)
    {
        if (Log.IsEnabled()) Log.GraphPeak(graph, device.Name, bytes);
    }

    private static bool IsRunWatched => HasVerboseListener || Activities.HasListeners() || RunTime.Enabled;

    // Apart from the way that a warm call takes.
    private static GraphWork? StartRun(Ir.Graph graph, Device device) => Start("run", RunTime, Tag("graph", graph.Name), Tag("device", device.Name));

    private static GraphWork? Start(string name, Histogram<double> time, params ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        Log.IsEnabled() || Activities.HasListeners() || time.Enabled ? new(StartActivity(name), time, tags.ToArray()) : null;

    private static Activity? StartActivity(string name)
    {
        Activity? activity = null;
        Quietly(() => activity = Activities.StartActivity(name));
        return activity;
    }

    private static void RecordDepth(Device device, int depth) => Quietly(() => Queue.Record(depth, Tag("device", device.Name)));

    /// <summary>Tells listeners. What one throws is its own concern: the work that is told of goes on.</summary>
    internal static void Quietly(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception error)
        {
            Debug.WriteLine(error);
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new($"tensorgraph.{name}", value);

    private static IEnumerable<Measurement<long>> Memory(Func<MemoryStatistics, long> bytes) =>
        Devices.All.Select(device => new Measurement<long>(bytes(device.MemoryStatistics), Tag("device", device.Name)));
}
