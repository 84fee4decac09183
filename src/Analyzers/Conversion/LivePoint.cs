namespace TensorGraph.Analyzers;

/// <summary>A place between two statements of a function, with the uses that it makes and the places that follow.</summary>
internal sealed class LivePoint
{
    private readonly HashSet<int> _reads = [];
    private readonly HashSet<int> _writes = [];
    private LiveSet _kept;

    public List<LivePoint> Next { get; } = [];

    public LiveSet Live { get; private set; }

    /// <summary>Adds a use ahead of those that are known.</summary>
    public void Reads(int variable) => _reads.Add(variable);

    public void Writes(int variable)
    {
        _reads.Remove(variable);
        _writes.Add(variable);
    }

    public void Prepare(int count)
    {
        Live = new LiveSet(count);
        _kept = new LiveSet(count);
        foreach (int variable in _reads)
            Live.Add(variable);
        foreach (int variable in _writes)
            _kept.Add(variable);
    }

    public bool Update()
    {
        bool changed = false;
        foreach (LivePoint next in Next)
            changed |= Live.AddAll(next.Live, except: _kept);
        return changed;
    }
}

/// <summary>A set of variables by their numbers.</summary>
internal readonly struct LiveSet(int count)
{
    private readonly ulong[] _words = new ulong[(count + 63) / 64];

    public bool Contains(int bit) => (_words[bit >> 6] & (1UL << (bit & 63))) != 0;

    public void Add(int bit) => _words[bit >> 6] |= 1UL << (bit & 63);

    public bool AddAll(LiveSet other, LiveSet except)
    {
        ulong changed = 0;
        for (int i = 0; i < _words.Length; i++)
        {
            ulong word = _words[i] | (other._words[i] & ~except._words[i]);
            changed |= word ^ _words[i];
            _words[i] = word;
        }
        return changed != 0;
    }
}
