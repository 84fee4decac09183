using System.Diagnostics.Tracing;

namespace TensorGraph;

/// <summary>The events of <see cref="GraphEvents"/>, for <c>dotnet-trace</c> and other listeners of event sources.</summary>
[EventSource(Name = GraphEvents.Name)]
internal sealed class GraphEventSource : EventSource
{
    public static readonly GraphEventSource Log = new();

    [Event(1, Level = EventLevel.Warning, Message = "{0}: {1}")]
    public void Warning(string id, string message) => WriteEvent(1, id, message);

    [Event(2, Level = EventLevel.Informational, Message = "traced {0}({1}): {2} nodes in {3} ms")]
    public void Traced(string function, string signature, int nodes, double milliseconds) =>
        WriteEvent(2, function, signature, nodes, milliseconds);

    [Event(3, Level = EventLevel.Informational, Message = "traced {0} again: {1}")]
    public void Retraced(string function, string cause) => WriteEvent(3, function, cause);

    [Event(4, Level = EventLevel.Informational, Message = "compiled {0} for {1}: {2} nodes in {3} ms")]
    public void Compiled(string graph, string device, int nodes, double milliseconds) => WriteEvent(4, graph, device, nodes, milliseconds);

    [Event(5, Level = EventLevel.Verbose, Message = "enqueued {0} on {1}, depth {2}")]
    public void Enqueued(string graph, string device, int depth) => WriteEvent(5, graph, device, depth);

    [Event(6, Level = EventLevel.Verbose, Message = "ran {0} on {1} in {2} ms")]
    public void Ran(string graph, string device, double milliseconds) => WriteEvent(6, graph, device, milliseconds);

    [Event(7, Level = EventLevel.Verbose, Message = "queue of {0}: {1}")]
    public void QueueDepth(string device, int depth) => WriteEvent(7, device, depth);

    [Event(9, Level = EventLevel.Informational, Message = "a run of {0} on {1} took {2} bytes at once, more than any before")]
    public void GraphPeak(string graph, string device, long bytes) => WriteEvent(9, graph, device, bytes);

    [Event(8, Level = EventLevel.Informational, Message = "memory of {0}: {1} bytes live, {2} pooled")]
    public void PoolSize(string device, long liveBytes, long pooledBytes) => WriteEvent(8, device, liveBytes, pooledBytes);
}
