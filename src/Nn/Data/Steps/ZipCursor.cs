namespace TensorGraph;

/// <summary>Elements of two sources side by side, until one of them ends.</summary>
internal sealed class ZipCursor<TFirst, TSecond> : Cursor<(TFirst, TSecond)>
{
    private readonly Cursor<TFirst> _first;
    private readonly Cursor<TSecond> _second;
    private bool _isEnded;

    public ZipCursor(OpenCursor<TFirst> first, OpenCursor<TSecond> second, PositionReader? from)
    {
        _isEnded = from?.Flag() ?? false;
        _first = first(from);
        try
        {
            _second = second(from);
        }
        catch
        {
            _first.Dispose();
            throw;
        }
    }

    public override bool MoveNext()
    {
        _isEnded = _isEnded || !_first.MoveNext() || !_second.MoveNext();
        if (!_isEnded)
            Current = (_first.Current, _second.Current);
        return !_isEnded;
    }

    public override bool Skip()
    {
        _isEnded = _isEnded || !_first.Skip() || !_second.Skip();
        return !_isEnded;
    }

    public override void Save(PositionWriter to)
    {
        to.Add(_isEnded);
        _first.Save(to);
        _second.Save(to);
    }

    public override void Dispose()
    {
        try
        {
            _first.Dispose();
        }
        finally
        {
            _second.Dispose();
        }
    }
}

/// <summary>The elements of one source, then those of another.</summary>
internal sealed class ConcatenateCursor<T> : Cursor<T>
{
    private readonly OpenCursor<T>[] _parts;
    private int _part;
    private Cursor<T> _source;

    public ConcatenateCursor(OpenCursor<T> first, OpenCursor<T> second, PositionReader? from)
    {
        _parts = [first, second];
        _part = from?.Flag() == true ? 1 : 0;
        _source = _parts[_part](from);
    }

    public override bool MoveNext()
    {
        if (!Move(cursor => cursor.MoveNext()))
            return false;
        Current = _source.Current;
        return true;
    }

    public override bool Skip() => Move(cursor => cursor.Skip());

    public override void Save(PositionWriter to)
    {
        to.Add(_part);
        _source.Save(to);
    }

    public override void Dispose() => _source.Dispose();

    private bool Move(Func<Cursor<T>, bool> move)
    {
        if (move(_source))
            return true;
        if (_part > 0)
            return false;
        _source.Dispose();
        _source = _parts[++_part](null);
        return move(_source);
    }
}
