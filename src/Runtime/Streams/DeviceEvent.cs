using TensorGraph.Backends;

namespace TensorGraph;

/// <summary>A moment in the work of a stream, see <see cref="DeviceStream.Record"/>.</summary>
public sealed class DeviceEvent
{
    internal DeviceEvent(QueuedCall? call) => Call = call;

    /// <summary>True when all calls before it are finished, in success or failure.</summary>
    public bool IsDone => Call is null || Call.IsDone;

    internal QueuedCall? Call { get; }

    /// <summary>Waits for it.</summary>
    public void Wait() => Call?.Wait();

    /// <summary>Waits for it without blocking a thread.</summary>
    public Task WaitAsync(CancellationToken cancellation = default) => Call is null ? Task.CompletedTask
        : Call.Stream.Completion(Call).WaitAsync(cancellation);
}
