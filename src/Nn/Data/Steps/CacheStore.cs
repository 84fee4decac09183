namespace TensorGraph;

/// <summary>
/// The elements of a cache. The first iteration that comes to its end fills it. It knows the position of the source at the start of that
/// iteration, so that another process that resumes fills it with the same elements in the same order. Elements of an iteration that started
/// elsewhere stay until the right ones are complete.
/// </summary>
internal abstract class CacheStore<T> : IStepState
{
    private readonly Lock _lock = new();
    private long[]? _wanted;

    /// <summary>The start of the iteration that filled it; null while none did.</summary>
    protected abstract long[]? Filled { get; }

    /// <summary>Says where an iteration starts. The elements are to be its own, unless a position said otherwise.</summary>
    /// <param name="start">The start that a position has; null for a new iteration.</param>
    /// <returns>Where it starts; null when it may start anywhere.</returns>
    public long[]? Want(long[]? start)
    {
        lock (_lock)
            return start is null ? _wanted : _wanted is null ? _wanted = start : start;
    }

    /// <summary>The elements, and where their iteration started; null without those that start there.</summary>
    /// <param name="start">A start; null for any.</param>
    public (Cursor<T> Elements, long[] Start)? TryOpen(long[]? start) =>
        Filled is { } own && (start is null || Same(own, start)) ? (Read(), own) : null;

    /// <summary>Takes the elements of an iteration.</summary>
    public abstract CacheWriter<T> Fill(long[] start);

    public void Save(PositionWriter to)
    {
        long[]? start;
        lock (_lock)
            start = _wanted ?? Filled;
        to.Add(start is not null);
        if (start is not null)
            to.Add(start);
    }

    public void Restore(PositionReader from)
    {
        long[]? start = from.Flag() ? from.Part() : null;
        lock (_lock)
            _wanted = start;
    }

    protected abstract Cursor<T> Read();

    /// <summary>Takes the elements of an iteration that came to its end, unless others are wanted or there.</summary>
    protected void Take(long[] start, Action take)
    {
        lock (_lock)
        {
            if (_wanted is null ? Filled is null : Same(_wanted, start) && !(Filled is { } own && Same(own, start)))
                take();
        }
    }

    private static bool Same(long[] one, long[] other) => one.AsSpan().SequenceEqual(other);
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
    private sealed record Content(List<T> Elements, long[] Start);

    private volatile Content? _content;

    protected override long[]? Filled => _content?.Start;

    public override CacheWriter<T> Fill(long[] start) => new Writer(this, start);

    protected override Cursor<T> Read() => new Reader(_content!.Elements);

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

        public override void Complete() => store.Take(start, () => store._content = new(_list, start));
    }
}
