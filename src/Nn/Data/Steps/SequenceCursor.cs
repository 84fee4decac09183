namespace TensorGraph;

/// <summary>The elements of a C# sequence. A position is a count: what is ahead of it is enumerated again.</summary>
internal sealed class SequenceCursor<T> : Cursor<T>
{
    private readonly string _step;
    private readonly IEnumerator<T> _elements;
    private long _count;

    public SequenceCursor(string step, IEnumerable<T> elements, PositionReader? from)
    {
        (_step, _elements) = (step, elements.GetEnumerator());
        long saved = from?.Count() ?? 0;
        try
        {
            while (_count < saved)
            {
                if (!MoveNext())
                    throw new PositionException(step, $"the position is after element {saved}, the sequence has {_count}");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override bool MoveNext()
    {
        try
        {
            if (!_elements.MoveNext())
                return false;
            Current = _elements.Current;
        }
        catch (Exception fault) when (StepNote.Add(fault, _step, _count))
        {
            throw;
        }

        _count++;
        return true;
    }

    public override void Save(PositionWriter to) => to.Add(_count);

    public override void Dispose() => _elements.Dispose();
}
