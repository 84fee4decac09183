namespace TensorGraph.Backends.Gpu;

/// <summary>
/// Bounds what is in the queue of a device: results that are dropped take no memory of the device, but each kernel in the queue takes some of the
/// driver's.
/// </summary>
internal sealed class RunAhead(GpuDriver driver)
{
    // Kernels between two marks, and marks that may be unfinished.
    private const int Step = 256;
    private const int MostMarks = 4;

    private readonly Lock _gate = new();
    private readonly Queue<GpuMark> _marks = new();
    private int _kernels;

    /// <summary>Notes kernels that were put into the queue; waits for the oldest ones while too many are there.</summary>
    public void Add(int kernels)
    {
        if (Interlocked.Add(ref _kernels, kernels) < Step) return;
        GpuMark? oldest = null;
        lock (_gate)
        {
            if (_kernels < Step) return;
            _kernels = 0;
            _marks.Enqueue(driver.Mark());
            driver.Flush();
            if (_marks.Count > MostMarks) oldest = _marks.Dequeue();
        }
        oldest?.Wait();
        oldest?.Dispose();
    }
}
