namespace TensorGraph.Backends.Managed;

/// <summary>Lines of the input, along its last axis, that the windows of one row of the result touch, in row-major order of the taps.</summary>
internal sealed class WindowLines
{
    private readonly WindowGeometry _geometry;
    private readonly long[] _inner;
    private readonly long[] _lines;
    private readonly long[] _position;
    private readonly long[] _tap;

    public WindowLines(WindowGeometry geometry)
    {
        _geometry = geometry;
        int outer = geometry.Last;
        (_position, _tap) = (new long[outer], new long[outer]);
        _inner = new long[geometry.Window[..outer].Aggregate(1L, (product, size) => product * size)];
        _lines = new long[_inner.Length];
        Collect(_inner, checksBounds: false);
    }

    /// <summary>Offsets of the lines of the row that was found last.</summary>
    public ReadOnlySpan<long> Offsets => _lines.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Finds the lines of a row, counted in row-major order.</summary>
    public void Find(long row)
    {
        for (int axis = _position.Length - 1; axis >= 0; axis--)
        {
            _position[axis] = row % _geometry.Result[axis];
            row /= _geometry.Result[axis];
        }
        FindAtPosition();
    }

    /// <summary>Finds the lines of the next row.</summary>
    public void FindNext()
    {
        int axis = _position.Length - 1;
        while (axis >= 0 && ++_position[axis] == _geometry.Result[axis]) _position[axis--] = 0;
        FindAtPosition();
    }

    private void FindAtPosition()
    {
        long first = 0;
        bool inside = true;
        for (int axis = 0; axis < _position.Length; axis++)
        {
            long at = _position[axis] * _geometry.Stride[axis] - _geometry.Low[axis];
            inside &= at >= 0 && at + (_geometry.Window[axis] - 1) * _geometry.Dilation[axis] < _geometry.Sizes[axis];
            first += at * _geometry.Strides[axis];
        }
        if (!inside)
        {
            Count = Collect(_lines, checksBounds: true);
            return;
        }
        Count = _inner.Length;
        for (int i = 0; i < _inner.Length; i++) _lines[i] = first + _inner[i];
    }

    // Relative to the first tap of the window, or the lines inside the input.
    private int Collect(long[] lines, bool checksBounds)
    {
        int count = 0;
        Array.Clear(_tap);
        while (lines.Length > 0)
        {
            long offset = 0;
            bool inside = true;
            for (int axis = 0; axis < _tap.Length; axis++)
            {
                long at = _tap[axis] * _geometry.Dilation[axis];
                if (checksBounds) at += _position[axis] * _geometry.Stride[axis] - _geometry.Low[axis];
                inside &= !checksBounds || (ulong)at < (ulong)_geometry.Sizes[axis];
                offset += at * _geometry.Strides[axis];
            }
            if (inside) lines[count++] = offset;
            int next = _tap.Length - 1;
            while (next >= 0 && ++_tap[next] == _geometry.Window[next]) _tap[next--] = 0;
            if (next < 0) break;
        }
        return count;
    }
}
