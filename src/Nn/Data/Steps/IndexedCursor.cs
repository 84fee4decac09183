namespace TensorGraph;

/// <summary>Elements that are made from their number.</summary>
internal sealed class IndexedCursor<T>(string step, long count, Func<long, T> element, PositionReader? from) : Cursor<T>
{
    private long _next = Start(step, count, from);

    public override bool MoveNext()
    {
        if (_next >= count)
            return false;
        try
        {
            Current = element(_next);
        }
        catch (Exception fault) when (StepNote.Add(fault, step, _next))
        {
            throw;
        }

        _next++;
        return true;
    }

    public override bool Skip() => _next < count && ++_next > 0;

    public override void Save(PositionWriter to)
    {
        to.Add(count);
        to.Add(_next);
    }

    private static long Start(string step, long count, PositionReader? from)
    {
        from?.Expect(count, step, "a length of");
        return from?.Count() ?? 0;
    }
}
