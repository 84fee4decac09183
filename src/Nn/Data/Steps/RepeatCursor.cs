namespace TensorGraph;

/// <summary>The source again and again.</summary>
internal sealed class RepeatCursor<T> : Cursor<T>
{
    private readonly OpenCursor<T> _open;
    private readonly long _count;
    private Cursor<T>? _source;
    private long _pass;
    private bool _hasElements;

    public RepeatCursor(OpenCursor<T> open, int? count, PositionReader? from)
    {
        (_open, _count) = (open, count ?? long.MaxValue);
        if (from is null)
            return;
        (_pass, _hasElements) = (from.Count(), from.Flag());
        if (from.Flag())
            _source = open(from);
    }

    public override bool MoveNext()
    {
        if (!Move(cursor => cursor.MoveNext()))
            return false;
        Current = _source!.Current;
        return true;
    }

    public override bool Skip() => Move(cursor => cursor.Skip());

    public override void Save(PositionWriter to)
    {
        to.Add(_pass);
        to.Add(_hasElements);
        to.Add(_source is not null);
        _source?.Save(to);
    }

    public override void Dispose() => _source?.Dispose();

    private bool Move(Func<Cursor<T>, bool> move)
    {
        while (_pass < _count)
        {
            if (_source is null)
                (_source, _hasElements) = (_open(null), false);
            if (move(_source))
            {
                _hasElements = true;
                return true;
            }

            _source.Dispose();
            _source = null;
            // Nothing, repeated endlessly, is nothing: an empty pass is the last one.
            _pass = _hasElements ? _pass + 1 : long.MaxValue;
        }

        return false;
    }
}
