namespace TensorGraph.Backends.Managed;

/// <summary>
/// The order of the keys of one line, equal ones by their place. Short lines by insertion; the first few of a long line by a heap of those found so
/// far; else by their bytes, the lowest first.
/// </summary>
/// <param name="length">How many keys there are.</param>
/// <param name="count">How many places are wanted, from the smallest key on.</param>
/// <param name="bytes">How many bytes of a key may be in use.</param>
internal sealed class SortedLine(int length, int count, int bytes)
{
    private const int Short = 32;

    // A heap looks at most elements once; sorting by bytes moves each of them several times.
    private const int HeapShare = 16;

    private readonly int[] _order = new int[length];
    private ulong[] _otherKeys = [];
    private int[] _otherOrder = [];

    /// <summary>The keys, to be filled in before each <see cref="Sort"/>, which changes them.</summary>
    public ulong[] Keys { get; private set; } = new ulong[length];

    /// <summary>The places of the keys in ascending order.</summary>
    public ReadOnlySpan<int> Sort()
    {
        if (length > Short && count <= length / HeapShare)
        {
            Select();
            return _order.AsSpan(0, count);
        }

        for (int i = 0; i < length; i++) _order[i] = i;
        if (length <= Short)
        {
            Insert();
            return _order.AsSpan(0, count);
        }

        return ByBytes().AsSpan(0, count);
    }

    private void Insert()
    {
        for (int i = 1; i < length; i++)
        {
            ulong key = Keys[i];
            int j = i;
            for (; j > 0 && Keys[j - 1] > key; j--)
            {
                Keys[j] = Keys[j - 1];
                _order[j] = _order[j - 1];
            }
            Keys[j] = key;
            _order[j] = i;
        }
    }

    private int[] ByBytes()
    {
        if (_otherKeys.Length == 0) (_otherKeys, _otherOrder) = (new ulong[length], new int[length]);
        int[] starts = Count();
        int[] order = _order, next = _otherOrder;
        for (int digit = 0; digit < bytes; digit++)
        {
            Span<int> start = starts.AsSpan(digit * 256, 256);
            ulong[] from = Keys, to = _otherKeys;
            int shift = digit * 8;
            // All keys have the same byte here.
            if (start[(int)(from[0] >> shift & 255)] == length) continue;
            int before = 0;
            for (int i = 0; i < start.Length; i++) (start[i], before) = (before, before + start[i]);
            for (int i = 0; i < from.Length; i++)
            {
                int at = start[(int)(from[i] >> shift & 255)]++;
                to[at] = from[i];
                next[at] = order[i];
            }
            (Keys, _otherKeys) = (to, from);
            (order, next) = (next, order);
        }

        return order;
    }

    private int[] Count()
    {
        var counts = new int[bytes * 256];
        foreach (ulong key in Keys)
        {
            for (int digit = 0; digit < bytes; digit++) counts[digit * 256 + (int)(key >> digit * 8 & 255)]++;
        }

        return counts;
    }

    // A heap with the largest key, of equal ones the last, at the top. A key that comes later must be smaller than it to get in.
    private void Select()
    {
        if (count == 0) return;
        for (int i = 0; i < count; i++) _order[i] = i;
        for (int i = count / 2 - 1; i >= 0; i--) Sink(i, count);
        for (int i = count; i < Keys.Length; i++)
        {
            if (Keys[i] >= Keys[_order[0]]) continue;
            _order[0] = i;
            Sink(0, count);
        }

        for (int end = count - 1; end > 0; end--)
        {
            (_order[0], _order[end]) = (_order[end], _order[0]);
            Sink(0, end);
        }
    }

    private void Sink(int parent, int size)
    {
        int moved = _order[parent];
        for (int child = 2 * parent + 1; child < size; child = 2 * parent + 1)
        {
            if (child + 1 < size && IsAfter(_order[child + 1], _order[child])) child++;
            if (!IsAfter(_order[child], moved)) break;
            _order[parent] = _order[child];
            parent = child;
        }

        _order[parent] = moved;
    }

    private bool IsAfter(int a, int b) => Keys[a] != Keys[b] ? Keys[a] > Keys[b] : a > b;
}
