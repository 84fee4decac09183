namespace TensorGraph;

/// <summary>
/// The elements of a cache. The first iteration that comes to its end fills it. It knows the position of the source at the start of that
/// iteration, so that another process that resumes fills it with the same elements in the same order.
/// </summary>
internal abstract class CacheStore<T> : IStepState
{
    private readonly Lock _lock = new();
    private long[]? _start;

    /// <summary>The position at the start of the iteration that filled it, or that is to fill it; null when any may.</summary>
    public long[]? Start
    {
        get
        {
            lock (_lock)
                return _start ??= IsFull ? SavedStart : null;
        }
    }

    public abstract bool IsFull { get; }

    /// <summary>The start that the store itself knows.</summary>
    protected virtual long[]? SavedStart => null;

    /// <summary>The elements of a full store, from a number on.</summary>
    public abstract IEnumerable<T> Read(long first);

    /// <summary>Takes the elements of an iteration.</summary>
    public abstract CacheWriter<T> Fill(long[] start);

    public void Save(PositionWriter to)
    {
        var start = Start;
        to.Add(start is not null);
        if (start is not null)
            to.Add(start);
    }

    public void Restore(PositionReader from, bool isWhole)
    {
        long[]? start = from.Flag() ? from.Part() : null;
        if (start is null && !isWhole)
            return;
        Keep(start);
        lock (_lock)
            _start = start;
    }

    /// <summary>Empties it when its elements are those of an iteration that started elsewhere.</summary>
    /// <param name="start">Where; null for a place before any iteration.</param>
    public void Keep(long[]? start)
    {
        if (Start is not { } own || (start is not null && own.AsSpan().SequenceEqual(start)))
            return;
        lock (_lock)
        {
            Clear();
            _start = null;
        }
    }

    protected abstract void Clear();

    /// <summary>Called when an iteration has filled it.</summary>
    protected void Filled(long[] start)
    {
        lock (_lock)
            _start = start;
    }
}

/// <summary>Elements on their way into a store. Without <see cref="Complete"/> they do not get there.</summary>
internal abstract class CacheWriter<T> : IDisposable
{
    public abstract void Add(T element);

    public abstract void Complete();

    public virtual void Dispose()
    {
    }
}

/// <summary>Elements in memory.</summary>
internal sealed class MemoryStore<T> : CacheStore<T>
{
    private List<T>? _elements;

    public override bool IsFull => Volatile.Read(ref _elements) is not null;

    public override IEnumerable<T> Read(long first)
    {
        var elements = _elements!;
        for (int i = (int)first; i < elements.Count; i++)
            yield return elements[i];
    }

    public override CacheWriter<T> Fill(long[] start) => new Writer(this, start);

    protected override void Clear() => _elements = null;

    private sealed class Writer(MemoryStore<T> store, long[] start) : CacheWriter<T>
    {
        private readonly List<T> _list = [];

        public override void Add(T element) => _list.Add(element);

        public override void Complete()
        {
            // Another iteration may have been faster.
            if (Interlocked.CompareExchange(ref store._elements, _list, null) is null)
                store.Filled(start);
        }
    }
}

/// <summary>The elements of a store once it is full, else those of the source, which fill it.</summary>
internal sealed class CacheCursor<T> : Cursor<T>
{
    private readonly IEnumerator<T>? _stored;
    private readonly Cursor<T>? _source;
    private readonly CacheWriter<T>? _writer;
    private readonly long[] _start;
    private long _count;
    private bool _isEnded;

    public CacheCursor(Dataset<T> dataset, CacheStore<T> store, PositionReader? from)
    {
        long saved = from?.Count() ?? 0;
        long[]? start = from?.Part();
        if (start is not null)
            store.Keep(start);
        if (store.IsFull)
        {
            (_stored, _start, _count) = (store.Read(saved).GetEnumerator(), store.Start!, saved);
            return;
        }

        start ??= store.Start;
        _source = start is null ? dataset.Open(null) : dataset.OpenAt(start);
        try
        {
            _start = start ?? dataset.Save(_source);
            _writer = store.Fill(_start);
            while (_count < saved)
            {
                if (!MoveNext())
                    Throw.Raise(DiagnosticIds.BadData, "cache", $"the position is after element {saved}, there are {_count}",
                        "Resume with the data that the position was saved from.");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override bool MoveNext()
    {
        if (_isEnded)
            return false;
        _isEnded = !(_stored?.MoveNext() ?? _source!.MoveNext());
        if (_isEnded)
        {
            _writer?.Complete();
            return false;
        }

        Current = _stored is null ? _source!.Current : _stored.Current;
        _writer?.Add(Current);
        _count++;
        return true;
    }

    public override void Save(PositionWriter to)
    {
        to.Add(_count);
        to.Add(_start);
    }

    public override void Dispose()
    {
        _stored?.Dispose();
        _writer?.Dispose();
        _source?.Dispose();
    }
}
