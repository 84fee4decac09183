namespace TensorGraph;

/// <summary>Overlapping runs of elements. A position is that of the first element of the next run; those that were read are read again.</summary>
internal sealed class WindowCursor<T> : Cursor<T>
{
    private readonly Dataset<T> _dataset;
    private readonly Cursor<T> _source;
    private readonly int _size;
    private readonly int _shift;

    // Before: the position of the source ahead of the element.
    private readonly List<(T Element, long[] Before)> _window = [];
    private long _toSkip;
    private bool _isEnded;

    public WindowCursor(Dataset<T> dataset, int size, int shift, PositionReader? from)
    {
        (_dataset, _size, _shift) = (dataset, size, shift);
        _source = from is null ? dataset.Open(null) : dataset.OpenAt(from.Part());
        if (from is null)
            return;
        try
        {
            Restore(from);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override bool MoveNext()
    {
        for (; _toSkip > 0 && _window.Count > 0; _toSkip--)
            _window.RemoveAt(0);
        for (; _toSkip > 0 && !_isEnded; _toSkip--)
            _isEnded = !_source.Skip();
        while (!_isEnded && _window.Count < _size)
            _isEnded = !Read();
        if (_isEnded)
            return false;
        Current = Rows.Stack([.. _window.Select(entry => entry.Element)]);
        _toSkip = _shift;
        return true;
    }

    public override void Save(PositionWriter to)
    {
        bool isHeld = _toSkip < _window.Count;
        to.Add(isHeld ? _window[(int)_toSkip].Before : _dataset.Save(_source));
        to.Add(isHeld ? 0 : _toSkip - _window.Count);
        to.Add(_isEnded);
        to.Add(isHeld ? _window.Count - _toSkip : 0);
    }

    public override void Dispose() => _source.Dispose();

    private void Restore(PositionReader from)
    {
        (_toSkip, _isEnded) = (from.Count(), from.Flag());
        for (long held = from.Count(); held > 0; held--)
        {
            if (!Read())
                throw new PositionException("window", $"the position is within {_window.Count + held} elements, there are {_window.Count}");
        }

        // Where its end fills a cache.
        if (_isEnded)
            _source.Skip();
    }

    private bool Read()
    {
        long[] before = _dataset.Save(_source);
        if (!_source.MoveNext())
            return false;
        _window.Add((_source.Current, before));
        return true;
    }
}
