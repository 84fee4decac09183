using System.Diagnostics;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Bounds the memory of tensors that are gone and were not found yet, with short stops only. Most tensors die young, and a young collection, which
/// does not look at the program's old objects, finds them. What lived through young collections and died later needs a full one: that runs in the
/// background, and a caller that is far ahead of it waits.
/// </summary>
internal sealed class Collector(MemoryPool pool)
{
    // Bytes that may be lost before the next collection of each kind, or a part of what is alive where that is more.
    private const long Youngest = 32L << 20;
    private const long Young = 128L << 20;
    private const long Old = 192L << 20;
    private const long TooOld = 384L << 20;

    // The collector may be told not to collect at all.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _afterYoungest;
    private long _afterYoung;
    private long _afterFull;
    private long? _fullBefore;

    /// <summary>Live bytes at which a collection is due.</summary>
    public long Limit => _afterYoungest + Math.Max(Youngest, _afterYoungest / 4);

    /// <summary>Bytes, live or free, that the pool keeps: what would be live before the next collection of all young objects.</summary>
    public long Footprint => YoungLimit + Math.Max(Youngest, _afterYoungest / 4);

    private long YoungLimit => _afterYoung + Math.Max(Young, _afterYoung / 2);

    /// <summary>Collects if it is still due.</summary>
    public void Collect()
    {
        lock (_gate)
        {
            // The program's own collections may have found enough.
            pool.Sweep();
            Settle();
            NoteFull();
            if (pool.LiveBytes <= Limit) return;
            bool isYoung = pool.LiveBytes > YoungLimit;
            GC.Collect(isYoung ? 1 : 0, GCCollectionMode.Forced, blocking: true);
            pool.Sweep();
            if (isYoung) _afterYoung = pool.LiveBytes;
            if (pool.LiveBytes > _afterFull + Math.Max(Old, _afterFull)) CollectAll();
            _afterYoungest = pool.LiveBytes;
        }
    }

    /// <summary>Lets the limits follow when memory was released.</summary>
    public void Settle()
    {
        long live = pool.LiveBytes;
        _afterYoungest = Math.Min(_afterYoungest, live);
        _afterYoung = Math.Min(_afterYoung, live);
        _afterFull = Math.Min(_afterFull, live);
    }

    private void CollectAll()
    {
        if (_fullBefore is null)
        {
            _fullBefore = FullCollections();
            GC.Collect(2, GCCollectionMode.Forced, blocking: false);
        }
        long start = Stopwatch.GetTimestamp();
        bool isFarAhead = pool.LiveBytes > _afterFull + Math.Max(TooOld, 2 * _afterFull);
        while (isFarAhead && FullCollections() == _fullBefore && Stopwatch.GetElapsedTime(start) < LongestWait) Thread.Sleep(1);
        pool.Sweep();
        NoteFull();
    }

    private void NoteFull()
    {
        if (_fullBefore is null || FullCollections() == _fullBefore) return;
        _fullBefore = null;
        _afterFull = _afterYoung = pool.LiveBytes;
    }

    // Those that are over.
    private static long FullCollections() =>
        Math.Max(GC.GetGCMemoryInfo(GCKind.Background).Index, GC.GetGCMemoryInfo(GCKind.FullBlocking).Index);
}
