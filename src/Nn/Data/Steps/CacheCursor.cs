namespace TensorGraph;

/// <summary>The elements of a store where it has them, else those of the source, which fill it.</summary>
internal sealed class CacheCursor<T> : Cursor<T>
{
    private readonly CacheStore<T> _store;
    private readonly Cursor<T> _source;
    private readonly CacheWriter<T>? _writer;
    private readonly long[] _start;
    private long _count;
    private bool _isEnded;

    public CacheCursor(Dataset<T> dataset, CacheStore<T> store, PositionReader? from)
    {
        _store = store;
        long saved = from?.Count() ?? 0;
        long[]? start = from?.Part() ?? store.Wanted;
        var stored = store.TryOpen(start);
        _source = stored?.Elements ?? (start is null ? dataset.Open(null) : dataset.OpenAt(start));
        try
        {
            _start = stored?.Start ?? start ?? dataset.Save(_source);
            if (stored is null && start is null && store.TryOpen(_start) is { } same)
            {
                _source.Dispose();
                (_source, stored) = (same.Elements, same);
            }

            if (stored is null)
                _writer = store.Fill(_start);
            if (!Skip(saved))
                throw new PositionException("cache", $"the position is after element {saved}, there are {_count}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override bool MoveNext()
    {
        if (!Move(isMade: true))
            return false;
        Current = _source.Current;
        _writer?.Add(Current);
        return true;
    }

    // A store is filled with all of them.
    public override bool Skip() => _writer is null ? Move(isMade: false) : MoveNext();

    public override void Save(PositionWriter to)
    {
        to.Add(_count);
        to.Add(_start);
    }

    public override void Dispose()
    {
        _source.Dispose();
        _writer?.Dispose();
    }

    private bool Move(bool isMade)
    {
        if (_isEnded)
            return false;
        _isEnded = !(isMade ? _source.MoveNext() : _source.Skip());
        if (_isEnded)
            _store.Complete(_start, _writer is null ? null : _writer.Put);
        else
            _count++;
        return !_isEnded;
    }
}
