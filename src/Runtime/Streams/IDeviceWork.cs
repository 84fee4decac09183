namespace TensorGraph.Backends;

/// <summary>Work that calls have handed to a device beside the processor: it may go on when they have returned.</summary>
internal interface IDeviceWork
{
    /// <summary>True when it is finished, in success or failure.</summary>
    bool IsDone { get; }

    /// <summary>Waits for it.</summary>
    /// <exception cref="GraphException">TG5006 when the device has failed.</exception>
    void Wait();

    /// <summary>Waits for it without blocking a thread.</summary>
    async Task WaitAsync(CancellationToken cancellation)
    {
        while (!IsDone) await Task.Delay(1, cancellation).ConfigureAwait(false);
        Wait();
    }
}
