namespace TensorGraph;

/// <summary>The seed of a shuffle and how many passes have begun. Each pass has an order of its own unless all have the first one.</summary>
internal sealed class ShuffleOrder(int? seed, bool reshuffle) : IStepState
{
    // Null outside of trainings.
    private static readonly AsyncLocal<bool?> s_isAside = new();

    private readonly Lock _lock = new();
    private long _passes;
    private long _seed = seed ?? Random.Shared.NextInt64();

    /// <summary>Seed and number of a new pass.</summary>
    public (long Seed, long Pass) Next()
    {
        lock (_lock)
            return (_seed, !reshuffle ? 0 : s_isAside.Value == true ? _passes : _passes++);
    }

    /// <summary>
    /// Until the result is disposed, passes that this call begins do not count, in threads that it starts either: those of another iteration of the
    /// same dataset go on as if there were none.
    /// </summary>
    public static IDisposable Aside() => Begin(isAside: true);

    /// <summary>The same for a training, whose passes count: <see cref="IsInTraining"/> is true.</summary>
    public static IDisposable InTraining() => Begin(isAside: false);

    /// <summary>True in what a training calls: evaluations there are to be aside.</summary>
    public static bool IsInTraining => s_isAside.Value is not null;

    private static Ended Begin(bool isAside)
    {
        var ended = new Ended(s_isAside.Value);
        s_isAside.Value = isAside;
        return ended;
    }

    public void Save(PositionWriter to)
    {
        lock (_lock)
        {
            to.Add(_seed);
            to.Add(_passes);
        }
    }

    public void Restore(PositionReader from, bool isEarlier)
    {
        lock (_lock)
        {
            long wanted = _seed;
            if (seed is not null)
                from.Expect(_seed, "shuffle", "seed");
            else
                wanted = from.Number();
            long passes = from.Count();
            if (s_isAside.Value != true)
                (_seed, _passes) = (wanted, passes);
        }
    }

    public Action Remember()
    {
        lock (_lock)
        {
            var before = (_seed, _passes);
            return () =>
            {
                lock (_lock)
                    (_seed, _passes) = before;
            };
        }
    }

    // SplitMix64, so that passes and seeds that differ by 1 have nothing in common.
    public static Random RandomOf(long seed, long pass)
    {
        ulong bits = (ulong)seed + (((ulong)pass + 1) * 0x9E3779B97F4A7C15);
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return new((int)(bits >> 33));
    }

    private sealed class Ended(bool? before) : IDisposable
    {
        public void Dispose() => s_isAside.Value = before;
    }
}

/// <summary>
/// Each element is drawn from a buffer that the next ones fill. A position holds no elements: the draws are repeated on the numbers of the elements,
/// which shows which ones the buffer held, and only those are made again.
/// </summary>
internal sealed class ShuffleCursor<T> : Cursor<T>
{
    private readonly Cursor<T> _source;
    private readonly int _size;
    private readonly long _seed;
    private readonly long _pass;
    private readonly Random _random;
    private readonly long[] _start;
    private readonly List<T> _buffer = [];
    private long _read;
    private long _given;
    private bool _isEnded;

    public ShuffleCursor(Dataset<T> dataset, int size, ShuffleOrder order, PositionReader? from)
    {
        _size = size;
        from?.Expect(size, "shuffle", "a buffer of size");
        (_seed, _pass) = from is null ? order.Next() : (from.Number(), from.Count());
        _random = ShuffleOrder.RandomOf(_seed, _pass);
        if (from is null)
        {
            _source = dataset.Open(null);
            _start = dataset.Save(_source);
            return;
        }

        _start = from.Part();
        _source = dataset.OpenAt(_start);
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
        while (!_isEnded && _buffer.Count < _size)
        {
            _isEnded = !_source.MoveNext();
            if (_isEnded)
                break;
            _buffer.Add(_source.Current);
            _read++;
        }

        if (_buffer.Count == 0)
            return false;
        Current = Draw(_buffer);
        _given++;
        return true;
    }

    public override void Save(PositionWriter to)
    {
        to.Add(_size);
        to.Add(_seed);
        to.Add(_pass);
        to.Add(_start);
        to.Add(_read);
        to.Add(_given);
        to.Add(_isEnded);
    }

    public override void Dispose() => _source.Dispose();

    private TItem Draw<TItem>(List<TItem> buffer)
    {
        int drawn = _random.Next(buffer.Count);
        var item = buffer[drawn];
        buffer[drawn] = buffer[^1];
        buffer.RemoveAt(buffer.Count - 1);
        return item;
    }

    private void Restore(PositionReader from)
    {
        (long read, _given, _isEnded) = (from.Count(), from.Count(), from.Flag());
        List<long> buffer = [];
        long next = 0;
        for (long i = 0; i < _given; i++)
        {
            while (buffer.Count < _size && next < read)
                buffer.Add(next++);
            Draw(buffer);
        }

        var places = buffer.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        _buffer.AddRange(new T[buffer.Count]);
        for (; _read < read; _read++)
        {
            bool isHeld = places.TryGetValue(_read, out int place);
            if (!(isHeld ? _source.MoveNext() : _source.Skip()))
                throw new PositionException("shuffle", $"the position is after element {read}, there are {_read}");
            if (isHeld)
                _buffer[place] = _source.Current;
        }

        // Where its end fills a cache.
        if (_isEnded)
            _source.Skip();
    }
}
