namespace TensorGraph;

/// <summary>
/// The elements of a cache. The first iteration that comes to its end fills it. It knows the position of the source at the start of that
/// iteration, so that another process that resumes fills it with the same elements in the same order. Elements of an iteration that started
/// elsewhere stay until the right ones are complete.
/// </summary>
internal abstract class CacheStore<T> : IStepState
{
    private readonly Lock _lock = new();

    // By a position: the start of the iteration that had filled it, or that none had.
    private long[]? _wanted;
    private bool _isOpen;

    // As far as it is known, so that a position costs no look at a file.
    private long[]? _filled;
    private bool _isKnown;

    /// <summary>The start of the iteration whose elements a position wants; null without one.</summary>
    public long[]? Wanted
    {
        get
        {
            lock (_lock)
                return _wanted;
        }
    }

    /// <summary>The elements, and where their iteration started; null without the right ones.</summary>
    /// <param name="start">A start; null for any, unless a position says that the store was not full.</param>
    public (Cursor<T> Elements, long[] Start)? TryOpen(long[]? start)
    {
        lock (_lock)
        {
            if (start is null && _isOpen)
                return null;
        }

        var stored = Read();
        Know(stored?.Start);
        if (stored is null || start is null || Same(stored.Value.Start, start))
            return stored;
        stored.Value.Elements.Dispose();
        return null;
    }

    /// <summary>Takes the elements of an iteration.</summary>
    public abstract CacheWriter<T> Fill(long[] start);

    /// <summary>An iteration came to its end.</summary>
    /// <param name="start">Its start.</param>
    /// <param name="put">Puts its elements in; null where they come from there. Not called where others are wanted or there.</param>
    public void Complete(long[] start, Action? put)
    {
        lock (_lock)
        {
            if (_wanted is not null && !Same(_wanted, start))
                return;
            long[]? own = StartOfContent();
            bool isThere = own is not null && (Same(own, start) || (_wanted is null && !_isOpen));
            if (!isThere)
                put?.Invoke();
            (_isOpen, _isKnown, _filled) = (false, true, isThere ? own : start);
        }
    }

    public void Save(PositionWriter to)
    {
        long[]? start;
        lock (_lock)
        {
            if (!_isKnown)
                (_isKnown, _filled) = (true, StartOfContent());
            start = _wanted ?? (_isOpen ? null : _filled);
        }

        to.Add(start is not null);
        if (start is not null)
            to.Add(start);
    }

    public void Restore(PositionReader from, bool isEarlier)
    {
        long[]? start = from.Flag() ? from.Part() : null;
        if (start is null && isEarlier)
            return;
        lock (_lock)
            (_wanted, _isOpen) = (start, start is null);
    }

    public Action Remember()
    {
        lock (_lock)
        {
            var said = (_wanted, _isOpen);
            return () =>
            {
                lock (_lock)
                    (_wanted, _isOpen) = said;
            };
        }
    }

    /// <summary>The elements that are there, with the start of their iteration; null when there are none.</summary>
    protected abstract (Cursor<T> Elements, long[] Start)? Read();

    /// <summary>The start of the iteration whose elements are there; null when there are none.</summary>
    protected abstract long[]? StartOfContent();

    private void Know(long[]? filled)
    {
        lock (_lock)
            (_isKnown, _filled) = (true, filled);
    }

    private static bool Same(long[] one, long[] other) => one.AsSpan().SequenceEqual(other);
}

/// <summary>Elements on their way into a store. Without <see cref="Put"/> they do not get there.</summary>
internal abstract class CacheWriter<T> : IDisposable
{
    public abstract void Add(T element);

    /// <summary>Replaces what is in the store.</summary>
    public abstract void Put();

    public virtual void Dispose()
    {
    }
}

/// <summary>Elements in memory.</summary>
internal sealed class MemoryStore<T> : CacheStore<T>
{
    private volatile Content? _content;

    public override CacheWriter<T> Fill(long[] start) => new Writer(this, start);

    protected override (Cursor<T> Elements, long[] Start)? Read() => _content is { } content ? (new Reader(content.Elements), content.Start) : null;

    protected override long[]? StartOfContent() => _content?.Start;

    private sealed record Content(List<T> Elements, long[] Start);

    private sealed class Reader(List<T> elements) : Cursor<T>
    {
        private int _next;

        public override bool MoveNext()
        {
            if (_next == elements.Count)
                return false;
            Current = elements[_next++];
            return true;
        }

        // The step counts.
        public override void Save(PositionWriter to)
        {
        }
    }

    private sealed class Writer(MemoryStore<T> store, long[] start) : CacheWriter<T>
    {
        private readonly List<T> _list = [];

        public override void Add(T element) => _list.Add(element);

        public override void Put() => store._content = new(_list, start);
    }
}
