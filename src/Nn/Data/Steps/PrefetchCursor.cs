using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace TensorGraph;

/// <summary>
/// A thread reads ahead of the consumer. It starts with the first element that is asked for. Each element that is ready has the position after it,
/// since the source is further.
/// </summary>
internal sealed class PrefetchCursor<T> : Cursor<T>
{
    private readonly Dataset<T> _dataset;
    private readonly Cursor<T> _source;
    private readonly BlockingCollection<(T Element, long[] After)> _ready;
    private readonly CancellationTokenSource _stop = new();
    private Thread? _producer;
    private ExceptionDispatchInfo? _failure;
    private long[] _end = [];
    private long[] _position;
    private bool _isEnded;

    public PrefetchCursor(Dataset<T> dataset, int capacity, PositionReader? from)
    {
        _dataset = dataset;
        _source = from is null ? dataset.Open(null) : dataset.OpenAt(from.Part(), isEarlier: false);
        _position = dataset.Save(_source);
        _ready = new(capacity);
    }

    public override bool MoveNext()
    {
        if (_producer is null)
        {
            // Settings of the caller flow to it with the execution context.
            _producer = new(Produce) { IsBackground = true, Name = "TensorGraph prefetch" };
            _producer.Start();
        }

        if (_ready.TryTake(out var next, Timeout.Infinite))
        {
            (Current, _position) = next;
            return true;
        }

        _failure?.Throw();
        _isEnded = true;
        _position = _end;
        return false;
    }

    public override void Save(PositionWriter to) => to.Add(_position);

    public override void Dispose()
    {
        if (_stop.IsCancellationRequested)
            return;
        // Also after a break: the source is not touched any more once the loop is left.
        _stop.Cancel();
        _producer?.Join();
        // What was read ahead counts for nothing: the next pass has the number that it would have without this step.
        if (_producer is not null && !_isEnded)
            _dataset.RestoreStates(new(_position));
        _source.Dispose();
        _ready.Dispose();
        _stop.Dispose();
    }

    private void Produce()
    {
        try
        {
            while (_source.MoveNext())
                _ready.Add((_source.Current, _dataset.Save(_source)), _stop.Token);
            _end = _dataset.Save(_source);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The consumer left the loop.
        }
        catch (Exception fault)
        {
            _failure = ExceptionDispatchInfo.Capture(fault);
        }
        finally
        {
            _ready.CompleteAdding();
        }
    }
}
