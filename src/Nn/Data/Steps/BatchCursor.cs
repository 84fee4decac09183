namespace TensorGraph;

/// <summary>So many elements put together, the last time fewer unless those are dropped.</summary>
internal sealed class BatchCursor<T>(Cursor<T> source, int size, bool dropRemainder, Func<IReadOnlyList<T>, T> stack) : StepCursor<T, T>(source)
{
    private readonly List<T> _elements = [];

    public override bool MoveNext()
    {
        _elements.Clear();
        while (_elements.Count < size && Source.MoveNext())
            _elements.Add(Source.Current);
        if (_elements.Count == 0 || (_elements.Count < size && dropRemainder))
            return false;
        Current = stack(_elements);
        return true;
    }

    public override bool Skip()
    {
        int skipped = 0;
        while (skipped < size && Source.Skip())
            skipped++;
        return skipped == size || (skipped > 0 && !dropRemainder);
    }
}
