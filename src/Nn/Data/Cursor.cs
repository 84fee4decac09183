namespace TensorGraph;

/// <summary>One iteration of one step. It is made at the start, or at a position that such a cursor saved.</summary>
internal abstract class Cursor<T> : IDisposable
{
    public T Current { get; protected set; } = default!;

    /// <summary>Moves on; false at the end, however often it is asked.</summary>
    public abstract bool MoveNext();

    /// <summary>Moves on without making the element, where that saves work.</summary>
    public virtual bool Skip() => MoveNext();

    /// <summary>Moves on over some elements; false when the end came first.</summary>
    public bool Skip(long count)
    {
        for (; count > 0; count--)
        {
            if (!Skip())
                return false;
        }

        return true;
    }

    /// <summary>Takes down where it is: after <see cref="Current"/>.</summary>
    public abstract void Save(PositionWriter to);

    public virtual void Dispose()
    {
    }
}

/// <summary>A cursor that reads from one other. What it saves is the position of the other, then its own.</summary>
internal abstract class StepCursor<TSource, T>(Cursor<TSource> source) : Cursor<T>
{
    protected Cursor<TSource> Source { get; } = source;

    public override void Save(PositionWriter to) => Source.Save(to);

    public override void Dispose() => Source.Dispose();
}

/// <summary>State that a step keeps from one iteration to the next.</summary>
internal interface IStepState
{
    void Save(PositionWriter to);

    /// <param name="from">What <see cref="Save"/> wrote.</param>
    /// <param name="isEarlier">True for a step that starts again from an earlier place: caches that were filled since stay full.</param>
    void Restore(PositionReader from, bool isEarlier);

    /// <summary>Remembers it; the result gives it back.</summary>
    Action Remember();
}

/// <summary>Starts an iteration, at a position unless it is null.</summary>
internal delegate Cursor<T> OpenCursor<T>(PositionReader? from);

/// <summary>Notes on exceptions of the user's code, which stay what they are.</summary>
internal static class StepNote
{
    /// <summary>Says in <see cref="Exception.Data"/> which step failed, unless a step further in did. For filters: it is never true.</summary>
    public static bool Add(Exception fault, string step, long element)
    {
        const string Key = "TensorGraph";
        if (!fault.Data.IsReadOnly && !fault.Data.Contains(Key))
            fault.Data[Key] = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{step}, element {element}");
        return false;
    }
}
