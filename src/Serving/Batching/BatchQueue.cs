using System.Diagnostics;
using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>The batches of one signature of one version. Its users hold the lock of the scheduler.</summary>
internal sealed class BatchQueue(ModelVersion version, ServableSignature signature, BatchingSettings settings, ServerMetrics metrics)
{
    private readonly LinkedList<Batch> _batches = [];

    public ModelVersion Version => version;

    public ServableSignature Signature => signature;

    public bool IsEmpty => _batches.Count == 0;

    /// <summary>Adds a request to the last batch, or to a new one.</summary>
    /// <exception cref="ServingException">The queue is full.</exception>
    public void Add(BatchTask task)
    {
        if (_batches.Last is { Value: var last })
        {
            if (last.Takes(task))
            {
                last.Add(task);
                return;
            }

            if (_batches.Count >= settings.MaxEnqueuedBatches)
            {
                throw new ServingException(
                    StatusCode.Unavailable, "The batch scheduling queue to which this task was submitted is full; try again later, or raise max_enqueued_batches");
            }

            last.IsClosed = true;
        }

        var batch = new Batch(version, signature, settings, metrics);
        batch.Add(task);
        _batches.AddLast(batch);
    }

    /// <summary>Takes a batch that may run now, or null; then <paramref name="wait"/> is shortened to the time until there may be one.</summary>
    public Batch? Take(bool isHurrying, ref TimeSpan wait)
    {
        if (_batches.First is not { Value: var first })
            return null;
        var left = settings.Timeout - Stopwatch.GetElapsedTime(first.Began);
        if (first.IsClosed || isHurrying || left <= TimeSpan.Zero)
        {
            _batches.RemoveFirst();
            first.IsClosed = true;
            return first;
        }

        if (wait == System.Threading.Timeout.InfiniteTimeSpan || left < wait)
            wait = left;
        return null;
    }
}
