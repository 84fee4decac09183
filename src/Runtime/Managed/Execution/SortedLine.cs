namespace TensorGraph.Backends.Managed;

/// <summary>
/// The order of the keys of one line, equal ones by their place: of a short line by insertion, else by their bytes, the lowest first.
/// </summary>
/// <param name="length">How many keys there are.</param>
/// <param name="count">How many places are wanted, from the smallest key on.</param>
/// <param name="bytes">How many bytes of a key may be in use.</param>
internal sealed class SortedLine(int length, int count, int bytes)
{
    private const int Short = 32;

    private readonly int[] _order = new int[length];
    private ulong[] _otherKeys = [];
    private int[] _otherOrder = [];

    /// <summary>The keys, to be filled in before each <see cref="Sort"/>, which changes them.</summary>
    public ulong[] Keys { get; private set; } = new ulong[length];

    /// <summary>The places of the keys in ascending order.</summary>
    public ReadOnlySpan<int> Sort()
    {
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
}
