namespace TensorGraph;

/// <summary>
/// A function of several elements at a time, in tasks. Only the consumer reads from the source. A position is that of the oldest task; where results
/// come as they are ready, it also says which later ones have been given.
/// </summary>
internal sealed class ParallelMapCursor<TSource, T> : Cursor<T>
{
    private readonly Dataset<TSource> _dataset;
    private readonly Cursor<TSource> _source;
    private readonly Func<TSource, T> _function;
    private readonly int _parallelism;
    private readonly bool _isOrdered;
    private readonly List<Job> _jobs = [];
    private readonly SortedSet<long> _given;
    private readonly CancellationTokenSource _stop = new();
    private long _count;
    private bool _isEnded;

    // The position of the source ahead of its end, until the consumer comes there.
    private long[]? _end;

    public ParallelMapCursor(Dataset<TSource> dataset, Func<TSource, T> function, int parallelism, bool isOrdered, PositionReader? from)
    {
        (_dataset, _function, _parallelism, _isOrdered) = (dataset, function, parallelism, isOrdered);
        _source = from is null ? dataset.Open(null) : dataset.OpenAt(from.Part(), isEarlier: false);
        _count = from?.Count() ?? 0;
        _given = [.. from?.Part() ?? []];
    }

    // Before: the position of the source ahead of the element.
    private sealed record Job(Task<T> Task, long Element, long[] Before);

    private long[]? Ahead => _jobs.Count > 0 ? _jobs[0].Before : _end;

    public override bool MoveNext()
    {
        while (!_isEnded && _jobs.Count < _parallelism)
            Start();
        if (_jobs.Count == 0)
        {
            _end = null;
            return false;
        }

        int ready = _isOrdered ? 0 : Math.Max(0, Task.WaitAny([.. _jobs.Select(job => job.Task)]));
        var job = _jobs[ready];
        Current = job.Task.GetAwaiter().GetResult();
        _jobs.RemoveAt(ready);
        _given.Add(job.Element);
        long oldest = _jobs.Count > 0 ? _jobs[0].Element : _count;
        _given.RemoveWhere(element => element < oldest);
        return true;
    }

    public override void Save(PositionWriter to)
    {
        to.Add(Ahead ?? _dataset.Save(_source));
        to.Add(_jobs.Count > 0 ? _jobs[0].Element : _count);
        to.Add(_given);
    }

    public override void Dispose()
    {
        if (_stop.IsCancellationRequested)
            return;
        // Tasks that have not begun never do. Those that have are waited for, since they may use what the caller closes next.
        _stop.Cancel();
        foreach (var job in _jobs)
            ((IAsyncResult)job.Task).AsyncWaitHandle.WaitOne();
        // As PrefetchCursor.
        if (Ahead is { } ahead)
            _dataset.RestoreStates(new(ahead));
        _stop.Dispose();
        _source.Dispose();
    }

    private void Start()
    {
        long[] before = _dataset.Save(_source);
        long element = _count;
        Task<T> task;
        try
        {
            if (_given.Contains(element))
            {
                _isEnded = !_source.Skip();
                _end = _isEnded ? before : null;
                _count++;
                return;
            }

            if (!_source.MoveNext())
            {
                (_isEnded, _end) = (true, before);
                return;
            }

            var value = _source.Current;
            task = Task.Run(() => Compute(value, element), _stop.Token);
        }
        catch (Exception fault)
        {
            // It comes in its place, after the elements ahead of it.
            _isEnded = true;
            task = Task.FromException<T>(fault);
        }

        _count++;
        _jobs.Add(new(task, element, before));
    }

    private T Compute(TSource value, long element)
    {
        try
        {
            return _function(value);
        }
        catch (Exception fault) when (StepNote.Add(fault, "map", element))
        {
            throw;
        }
    }
}
