using System.Globalization;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Managed;

/// <summary>TG5002: there is no memory for a block. A run that meets it says what the run needs.</summary>
internal sealed class MemoryShortageException(string user, string facts, string device, Exception? inner = null) : GraphException(
    DiagnosticIds.OutOfMemory, $"{user}: device '{device}' is out of memory: {facts}",
    "Use smaller batches, compute in parts, checkpoint what a gradient would keep, or raise the device's MemoryLimit.", SourceSpan.Capture(), inner)
{
    private const int LargestBuffers = 4;

    /// <summary>True when it names the graph or op that ran.</summary>
    public bool NamesUser { get; private init; }

    /// <summary>The shortage as one of a graph or op.</summary>
    public MemoryShortageException In(string name, LoweredRegion region) =>
        new(name, $"{facts}; it takes {Text(MemoryEstimate.Of(region))}, most of it for {Buffers(region)}", device, this) { NamesUser = true };

    /// <summary>Bytes as people read them.</summary>
    public static string Text(long bytes) => bytes < 10 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes:n0} bytes")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20:n0} MB");

    private static string Buffers(LoweredRegion region) => string.Join(
        ", ", MemoryEstimate.Buffers(region).OrderByDescending(layout => layout.Bytes).Take(LargestBuffers)
            .Select(layout => $"{layout.Type} ({Text(layout.Bytes)})"));
}
