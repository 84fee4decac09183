using System.Collections.Concurrent;

namespace TensorGraph;

/// <summary>
/// Reports of a device's memory, told in their order by a thread of the pool: memory is taken and given back while locks are held, which code that
/// listens may come to wait for.
/// </summary>
internal sealed class PoolReports(GraphEventSource log) : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<(string Device, long Live, long Pooled)> _reports = [];
    private int _isScheduled;

    /// <summary>Adds a report.</summary>
    public void Add(string device, long live, long pooled)
    {
        _reports.Enqueue((device, live, pooled));
        Schedule();
    }

    /// <inheritdoc/>
    public void Execute()
    {
        while (_reports.TryDequeue(out var report)) log.PoolSize(report.Device, report.Live, report.Pooled);
        Volatile.Write(ref _isScheduled, 0);
        if (!_reports.IsEmpty) Schedule();
    }

    private void Schedule()
    {
        if (Interlocked.Exchange(ref _isScheduled, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
