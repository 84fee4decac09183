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

/// <summary>Some elements at the start, then every <paramref name="step"/>th one.</summary>
internal sealed class StrideCursor<T>(Cursor<T> source, long first, long step, PositionReader? from) : StepCursor<T, T>(source)
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
        long ahead = _isStarted ? step - 1 : first;
        _isStarted = true;
        for (; ahead > 0; ahead--)
        {
            if (!Source.Skip())
                return false;
        }

        return true;
    }
}
