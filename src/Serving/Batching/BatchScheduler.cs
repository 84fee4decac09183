using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>Threads that run the batches of all queues, one queue after the other.</summary>
internal sealed class BatchScheduler : IDisposable
{
    // Threads wait on it, which Lock has no means for.
    private readonly object _gate = new();
    private readonly List<BatchQueue> _queues = [];
    private readonly Thread[] _threads;
    private readonly ServerMetrics _metrics;
    private int _next;
    private bool _isHurrying;
    private bool _isEnding;

    /// <summary>Starts the threads: their number and name are those of the settings.</summary>
    public BatchScheduler(BatchingSettings settings, ServerMetrics metrics)
    {
        _metrics = metrics;
        _threads = [.. Enumerable.Range(0, settings.Threads).Select(i => new Thread(Work) { IsBackground = true, Name = $"{settings.PoolName}/{i}" })];
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>Runs a request in a batch.</summary>
    /// <exception cref="ServingException">It does not fit into a batch, or the queue is full.</exception>
    public async Task<IReadOnlyDictionary<string, Literal>> RunAsync(
        ModelVersion version, ServableSignature signature, BatchingSettings settings, IReadOnlyDictionary<string, Literal> inputs,
        CancellationToken cancellation)
    {
        int rows = RowsIn(inputs);
        if (rows > settings.MaxBatchSize)
            throw ServingException.Invalid($"Task size {rows} is larger than maximum input batch size {settings.MaxBatchSize}");
        // A request without rows has nothing that could be put together with others.
        if (rows == 0)
            return signature.Run(inputs, cancellation);
        if (rows <= settings.MostExecuted)
            return await EnqueueAsync(version, signature, settings, inputs, rows, cancellation).ConfigureAwait(false);
        var parts = new List<Task<IReadOnlyDictionary<string, Literal>>>();
        for (int first = 0; first < rows; first += settings.MostExecuted)
        {
            int count = Math.Min(settings.MostExecuted, rows - first);
            parts.Add(EnqueueAsync(version, signature, settings, RowsOf.Slice(inputs, first, count), count, cancellation));
        }

        var results = await Task.WhenAll(parts).ConfigureAwait(false);
        var joined = new OrderedDictionary<string, Literal>(StringComparer.Ordinal);
        foreach (string name in results[0].Keys)
            joined[name] = RowsOf.Concat([.. results.Select(result => result[name])], rows);
        return joined;
    }

    /// <summary>Forgets the queues of a version that has left memory.</summary>
    public void Forget(ModelVersion version)
    {
        lock (_gate)
            _queues.RemoveAll(queue => queue.Version == version);
    }

    /// <summary>Lets no request wait for others any more.</summary>
    public void Hurry()
    {
        lock (_gate)
        {
            _isHurrying = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Runs what waits, and ends the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnding = true;
            Monitor.PulseAll(_gate);
        }

        foreach (var thread in _threads)
            thread.Join();
    }

    private Task<IReadOnlyDictionary<string, Literal>> EnqueueAsync(
        ModelVersion version, ServableSignature signature, BatchingSettings settings, IReadOnlyDictionary<string, Literal> inputs, int rows,
        CancellationToken cancellation)
    {
        var task = new BatchTask(inputs, rows, cancellation);
        lock (_gate)
        {
            if (_isEnding)
                throw new ServingException(StatusCode.Unavailable, "The server is shutting down.");
            var queue = _queues.Find(queue => queue.Version == version && queue.Signature == signature);
            if (queue is null)
                _queues.Add(queue = new(version, signature, settings, _metrics));
            queue.Add(task);
            Monitor.Pulse(_gate);
        }

        // Who no longer waits leaves; the others of the batch go on.
        return task.Done.WaitAsync(cancellation);
    }

    private void Work()
    {
        while (Next() is { } batch)
            batch.Run();
    }

    // Null at the end.
    private Batch? Next()
    {
        lock (_gate)
        {
            while (true)
            {
                var wait = Timeout.InfiniteTimeSpan;
                for (int i = 0; i < _queues.Count; i++)
                {
                    int at = (_next + i) % _queues.Count;
                    if (_queues[at].Take(_isHurrying || _isEnding, ref wait) is { } batch)
                    {
                        _next = (at + 1) % _queues.Count;
                        return batch;
                    }
                }

                if (_isEnding)
                    return null;
                // Waiting counts whole milliseconds.
                Monitor.Wait(_gate, wait == Timeout.InfiniteTimeSpan ? Timeout.Infinite : (int)Math.Ceiling(wait.TotalMilliseconds));
            }
        }
    }

    private static int RowsIn(IReadOnlyDictionary<string, Literal> inputs)
    {
        long rows = -1;
        foreach (var (name, value) in inputs)
        {
            if (value.Type.Shape.Rank == 0)
                throw ServingException.Invalid($"Batching Run() input tensors must have at least one dimension: {name}");
            if (rows >= 0 && value.Type.Shape[0].Value != rows)
                throw ServingException.Invalid($"Batching Run() input tensors must have equal 0th-dimension size: {name} has {value.Type.Shape[0]}, another has {rows}");
            rows = value.Type.Shape[0].Value;
        }

        return (int)rows;
    }
}
