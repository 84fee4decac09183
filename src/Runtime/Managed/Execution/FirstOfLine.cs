namespace TensorGraph.Backends.Managed;

/// <summary>The places of the smallest keys of a line, of equal ones the first: a heap with the key that goes next at the top.</summary>
internal sealed class FirstOfLine(int count)
{
    // A heap looks at most keys once; sorting by bytes moves each of them several times.
    private const int Share = 16;

    private readonly ulong[] _keys = new ulong[count];
    private readonly int[] _places = new int[count];
    private int _size;

    /// <summary>True when it is faster than sorting the line.</summary>
    public static bool Pays(long length, long count) => count > 0 && count <= length / Share;

    /// <summary>The next key of the line. A later one must be smaller than the largest one so far to get in.</summary>
    public void Add(ulong key, int place)
    {
        if (_size == count)
        {
            if (key >= _keys[0]) return;
            Sink(0, key, place);
            return;
        }

        int child = _size++;
        for (; child > 0 && key >= _keys[(child - 1) / 2]; child = (child - 1) / 2) Move((child - 1) / 2, child);
        (_keys[child], _places[child]) = (key, place);
    }

    /// <summary>The places in ascending order of the keys; the next key begins a new line.</summary>
    public ReadOnlySpan<int> Take()
    {
        while (_size > 1)
        {
            int last = --_size;
            (ulong key, int place) = (_keys[last], _places[last]);
            Move(0, last);
            Sink(0, key, place);
        }

        _size = 0;
        return _places;
    }

    private void Sink(int parent, ulong key, int place)
    {
        for (int child = 2 * parent + 1; child < _size; child = 2 * parent + 1)
        {
            if (child + 1 < _size && IsAfter(_keys[child + 1], _places[child + 1], _keys[child], _places[child])) child++;
            if (!IsAfter(_keys[child], _places[child], key, place)) break;
            Move(child, parent);
            parent = child;
        }

        (_keys[parent], _places[parent]) = (key, place);
    }

    private void Move(int from, int to) => (_keys[to], _places[to]) = (_keys[from], _places[from]);

    private static bool IsAfter(ulong key, int place, ulong otherKey, int otherPlace) =>
        key != otherKey ? key > otherKey : place > otherPlace;
}
