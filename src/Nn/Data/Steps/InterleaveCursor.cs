namespace TensorGraph;

/// <summary>
/// Elements of several datasets in alternation, each made from an element of the source. A position says for each dataset that is open where its
/// element is in the source and where it is itself.
/// </summary>
internal sealed class InterleaveCursor<TSource, T> : Cursor<T>
{
    private readonly Dataset<TSource> _dataset;
    private readonly Func<TSource, Dataset<T>> _function;
    private readonly int _block;
    private readonly Slot?[] _slots;
    private readonly Cursor<TSource> _source;
    private long _opened;
    private bool _isEnded;
    private int _slot;
    private int _given;

    public InterleaveCursor(Dataset<TSource> dataset, Func<TSource, Dataset<T>> function, int cycle, int block, PositionReader? from)
    {
        (_dataset, _function, _block, _slots) = (dataset, function, block, new Slot?[cycle]);
        if (from is null)
        {
            _source = dataset.Open(null);
            return;
        }

        from.Expect(cycle, "interleave", "a cycle of");
        (_opened, _isEnded, _slot, _given) = (from.Count(), from.Flag(), (int)from.Count(), (int)from.Count());
        try
        {
            for (int i = 0; i < cycle; i++)
                _slots[i] = from.Flag() ? Restored(from) : null;
            // Last, since the slots went back to earlier elements.
            _source = dataset.OpenAt(from.Part());
        }
        catch
        {
            DisposeSlots();
            throw;
        }
    }

    // Before: the position of the source ahead of the element.
    private sealed record Slot(long[] Before, long Element, Dataset<T> Dataset, Cursor<T> Cursor);

    public override bool MoveNext()
    {
        for (int empty = 0; empty < _slots.Length;)
        {
            var slot = _slots[_slot] ?? Next();
            _slots[_slot] = slot;
            if (slot is not null && slot.Cursor.MoveNext())
            {
                Current = slot.Cursor.Current;
                if (++_given >= _block)
                    Advance();
                return true;
            }

            // A dataset that has ended leaves its slot to the next one, after the others.
            empty = slot is null ? empty + 1 : 0;
            slot?.Cursor.Dispose();
            _slots[_slot] = null;
            Advance();
        }

        return false;
    }

    public override void Save(PositionWriter to)
    {
        to.Add(_slots.Length);
        to.Add(_opened);
        to.Add(_isEnded);
        to.Add(_slot);
        to.Add(_given);
        foreach (var slot in _slots)
        {
            to.Add(slot is not null);
            if (slot is null)
                continue;
            to.Add(slot.Before);
            to.Add(slot.Element);
            to.Add(slot.Dataset.Save(slot.Cursor));
        }

        to.Add(_dataset.Save(_source));
    }

    public override void Dispose()
    {
        DisposeSlots();
        _source.Dispose();
    }

    private void DisposeSlots()
    {
        foreach (var slot in _slots)
            slot?.Cursor.Dispose();
    }

    private void Advance() => (_slot, _given) = ((_slot + 1) % _slots.Length, 0);

    private Slot? Next()
    {
        if (_isEnded)
            return null;
        long[] before = _dataset.Save(_source);
        _isEnded = !_source.MoveNext();
        if (_isEnded)
            return null;
        var dataset = Made(_source.Current, _opened);
        return new(before, _opened++, dataset, dataset.Open(null));
    }

    private Slot Restored(PositionReader from)
    {
        (long[] before, long element) = (from.Part(), from.Count());
        using var source = _dataset.OpenAt(before);
        if (!source.MoveNext())
            throw new PositionException("interleave", $"the position is within element {element}, there are fewer");
        var dataset = Made(source.Current, element);
        return new(before, element, dataset, dataset.OpenAt(from.Part()));
    }

    private Dataset<T> Made(TSource value, long element)
    {
        try
        {
            return Check.NotNull(_function(value), "what the function gives");
        }
        catch (Exception fault) when (StepNote.Add(fault, "interleave", element))
        {
            throw;
        }
    }
}
