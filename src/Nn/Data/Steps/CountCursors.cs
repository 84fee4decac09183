namespace TensorGraph;

/// <summary>The first elements.</summary>
internal sealed class TakeCursor<T>(Cursor<T> source, long count, PositionReader? from) : StepCursor<T, T>(source)
{
    private long _taken = from?.Count() ?? 0;

    public override bool MoveNext()
    {
        if (_taken >= count || !Source.MoveNext())
            return false;
        Current = Source.Current;
        _taken++;
        return true;
    }

    public override bool Skip() => _taken < count && Source.Skip() && ++_taken > 0;

    public override void Save(PositionWriter to)
    {
        base.Save(to);
        to.Add(_taken);
    }
}

/// <summary>All but some elements at the start.</summary>
internal sealed class SkipCursor<T>(Cursor<T> source, long count, PositionReader? from) : StepCursor<T, T>(source)
{
    private bool _isStarted = from?.Flag() ?? false;

    public override bool MoveNext()
    {
        if (!Approach() || !Source.MoveNext())
            return false;
        Current = Source.Current;
        return true;
    }

    public override bool Skip() => Approach() && Source.Skip();

    public override void Save(PositionWriter to)
    {
        base.Save(to);
        to.Add(_isStarted);
    }

    private bool Approach()
    {
        bool isThere = _isStarted || Source.Skip(count);
        _isStarted = true;
        return isThere;
    }
}

/// <summary>
/// One element of each group of <paramref name="count"/>. A position says how many of the group are left, so that the other parts can go on from it
/// too.
/// </summary>
internal sealed class ShardCursor<T>(Cursor<T> source, long count, long index, PositionReader? from) : StepCursor<T, T>(source)
{
    // Elements of the group that come after the one that it took.
    private long _rest = from?.Count() ?? 0;

    public override bool MoveNext()
    {
        if (!Approach() || !Source.MoveNext())
            return false;
        _rest = count - index - 1;
        Current = Source.Current;
        return true;
    }

    public override bool Skip()
    {
        if (!Approach() || !Source.Skip())
            return false;
        _rest = count - index - 1;
        return true;
    }

    public override void Save(PositionWriter to)
    {
        base.Save(to);
        to.Add(_rest);
    }

    private bool Approach()
    {
        long ahead = _rest + index;
        _rest = 0;
        return Source.Skip(ahead);
    }
}
