namespace TensorGraph.Backends.Managed;

/// <summary>Planes of the input, its last two axes, that the windows of one plane of the result touch, in row-major order of the taps.</summary>
internal sealed class WindowPlanes
{
    private readonly WindowGeometry _geometry;
    private readonly long[] _planes;
    private readonly long[] _position;
    private readonly long[] _tap;

    // For each axis the taps inside the input.
    private readonly (long From, long End)[] _inside;

    // Of a window that lies in the input as a whole, relative to its first tap.
    private long[]? _whole;

    public WindowPlanes(WindowGeometry geometry)
    {
        _geometry = geometry;
        int outer = geometry.Last - 1;
        (_position, _tap, _inside) = (new long[outer], new long[outer], new (long, long)[outer]);
        long most = 1;
        for (int axis = 0; axis < outer; axis++) most *= Math.Min(geometry.Window[axis], geometry.Sizes[axis]);
        _planes = new long[most];
    }

    /// <summary>Offsets of the planes of the plane that was found last.</summary>
    public ReadOnlySpan<long> Offsets => _planes.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>The most there are.</summary>
    public int Most => _planes.Length;

    /// <summary>Finds the planes of one of the result, counted in row-major order.</summary>
    public void Find(long plane)
    {
        for (int axis = _position.Length - 1; axis >= 0; axis--)
        {
            _position[axis] = plane % _geometry.Result[axis];
            plane /= _geometry.Result[axis];
        }
        FindAtPosition();
    }

    /// <summary>Finds the planes of the next one.</summary>
    public void FindNext()
    {
        int axis = _position.Length - 1;
        while (axis >= 0 && ++_position[axis] == _geometry.Result[axis]) _position[axis--] = 0;
        FindAtPosition();
    }

    private void FindAtPosition()
    {
        long first = 0, count = 1;
        bool isWhole = true;
        for (int axis = 0; axis < _position.Length; axis++)
        {
            (long from, long end) = _inside[axis] = _geometry.TapsInside(axis, _position[axis]);
            isWhole &= from == 0 && end == _geometry.Window[axis];
            count *= Math.Max(0, end - from);
            first += (_position[axis] * _geometry.Stride[axis] - _geometry.Low[axis]) * _geometry.Strides[axis];
        }
        Count = (int)count;
        if (count == 0) return;
        if (isWhole && _whole is not null)
        {
            for (int i = 0; i < _whole.Length; i++) _planes[i] = first + _whole[i];
            return;
        }
        Collect(first);
        if (isWhole) _whole = Array.ConvertAll(_planes[..Count], plane => plane - first);
    }

    private void Collect(long first)
    {
        for (int axis = 0; axis < _tap.Length; axis++) _tap[axis] = _inside[axis].From;
        for (int i = 0; i < Count; i++)
        {
            long offset = first;
            for (int axis = 0; axis < _tap.Length; axis++) offset += _tap[axis] * _geometry.Dilation[axis] * _geometry.Strides[axis];
            _planes[i] = offset;
            int next = _tap.Length - 1;
            while (next >= 0 && ++_tap[next] == _inside[next].End) _tap[next] = _inside[next--].From;
        }
    }
}
