using TensorGraph.Backends;

namespace TensorGraph;

/// <summary>A moment in the work of a stream, see <see cref="DeviceStream.Record"/>.</summary>
public sealed class DeviceEvent
{
    private readonly IDeviceWork? _work;

    internal DeviceEvent(QueuedCall? call, IDeviceWork? work) => (Call, _work) = (call, work);

    /// <summary>True when all calls before it are finished, in success or failure, and the device has done what they gave it.</summary>
    public bool IsDone => Call is not { IsDone: false } && Work is not { IsDone: false };

    internal QueuedCall? Call { get; }

    // Of a call, as far as it was handed over by now.
    private IDeviceWork? Work => Call is null ? _work : Call.Work;

    /// <summary>Waits for it.</summary>
    /// <exception cref="GraphException">TG5006 when the device has failed meanwhile.</exception>
    public void Wait()
    {
        Call?.Wait();
        Work?.Wait();
    }

    /// <summary>Waits for it without blocking a thread.</summary>
    /// <exception cref="GraphException">TG5006 when the device has failed meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async Task WaitAsync(CancellationToken cancellation = default)
    {
        if (Call is not null) await Call.Stream.Completion(Call).WaitAsync(cancellation).ConfigureAwait(false);
        if (Work is { } work) await work.WaitAsync(cancellation).ConfigureAwait(false);
    }
}
