namespace TensorGraph;

/// <summary>A function of each element.</summary>
internal sealed class MapCursor<TSource, T>(Cursor<TSource> source, Func<TSource, T> function, PositionReader? from) : StepCursor<TSource, T>(source)
{
    private long _count = from?.Count() ?? 0;

    public override bool MoveNext()
    {
        if (!Source.MoveNext())
            return false;
        try
        {
            Current = function(Source.Current);
        }
        catch (Exception fault) when (StepNote.Add(fault, "map", _count))
        {
            throw;
        }

        _count++;
        return true;
    }

    public override bool Skip() => Source.Skip() && ++_count > 0;

    public override void Save(PositionWriter to)
    {
        base.Save(to);
        to.Add(_count);
    }
}

/// <summary>The elements that a function says true of.</summary>
internal sealed class FilterCursor<T>(Cursor<T> source, Func<T, bool> predicate, PositionReader? from) : StepCursor<T, T>(source)
{
    private long _count = from?.Count() ?? 0;

    public override bool MoveNext()
    {
        while (Source.MoveNext())
        {
            if (!IsWanted(Source.Current))
                continue;
            Current = Source.Current;
            return true;
        }

        return false;
    }

    public override void Save(PositionWriter to)
    {
        base.Save(to);
        to.Add(_count);
    }

    private bool IsWanted(T element)
    {
        try
        {
            return predicate(element);
        }
        catch (Exception fault) when (StepNote.Add(fault, "filter", _count))
        {
            throw;
        }
        finally
        {
            _count++;
        }
    }
}

/// <summary>Each element with its number.</summary>
internal sealed class EnumerateCursor<T>(Cursor<T> source, PositionReader? from) : StepCursor<T, (Tensor, T)>(source)
{
    private long _count = from?.Count() ?? 0;

    public override bool MoveNext()
    {
        if (!Source.MoveNext())
            return false;
        Current = (_count++, Source.Current);
        return true;
    }

    public override bool Skip() => Source.Skip() && ++_count > 0;

    public override void Save(PositionWriter to)
    {
        base.Save(to);
        to.Add(_count);
    }
}
