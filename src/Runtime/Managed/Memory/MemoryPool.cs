using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Managed;

/// <summary>Native memory of a device: slabs for small pieces, free blocks by size class for larger ones.</summary>
internal sealed unsafe class MemoryPool(Device device)
{
    /// <summary>Pieces up to this size share a slab.</summary>
    public const int LargestPiece = 512;
    private const int SlabBytes = 1 << 16;
    private const int PieceAlignment = 32;

    // What no address space has.
    private const long LargestBlock = 1L << 56;

    // A collection looks for dead tensors whenever this much, or half of what is alive, was handed out and not given back.
    private const long SmallestStep = 32L << 20;

    // The slab from which this thread cuts, of the pool that it cut from last.
    [ThreadStatic] private static Cut? t_cut;

    // Four size classes to a doubling.
    private readonly ConcurrentStack<nint>[] _free = [.. Enumerable.Range(0, 4 * 64).Select(_ => new ConcurrentStack<nint>())];
    private readonly Lock _gate = new();
    private long _live;
    private long _pooled;
    private long _peak;
    private long _sinceCollection;
    private long _liveAfterFull;
    private int _collections;

    private sealed class Cut(MemoryPool pool, ManagedBuffer slab)
    {
        public MemoryPool Pool => pool;
        public ManagedBuffer Slab => slab;
        public int Used;
    }

    /// <summary>Bytes in tensors that are, as far as is known, alive.</summary>
    public long LiveBytes => Volatile.Read(ref _live);

    /// <summary>Bytes that wait in the pool.</summary>
    public long PooledBytes => Volatile.Read(ref _pooled);

    /// <summary>The most bytes that were alive at once.</summary>
    public long PeakBytes => Volatile.Read(ref _peak);

    private long Step => Math.Max(SmallestStep, LiveBytes / 2);

    /// <summary>Memory for <paramref name="bytes"/>, from an offset of a buffer on.</summary>
    public ManagedBuffer Allocate(long bytes, out long offset)
    {
        if (bytes <= LargestPiece) return Piece((int)bytes, out offset);
        offset = 0;
        return Rent(bytes);
    }

    private ManagedBuffer Piece(int bytes, out long offset)
    {
        bytes = (bytes + PieceAlignment - 1) & -PieceAlignment;
        Cut? cut = t_cut;
        if (cut is null || cut.Pool != this || cut.Used + bytes > SlabBytes) t_cut = cut =
            new Cut(this, ManagedBuffer.NewSlab(device, this, SlabBytes));
        offset = cut.Used;
        cut.Used += bytes;
        return cut.Slab;
    }

    private ManagedBuffer Rent(long bytes)
    {
        if (bytes > LargestBlock) throw new OutOfMemoryException();
        int sizeClass = ClassOf(bytes);
        long size = SizeOf(sizeClass);
        long live = Interlocked.Add(ref _live, size);
        if (Interlocked.Add(ref _sinceCollection, size) > Step) Collect();
        byte* data;
        if (_free[sizeClass].TryPop(out nint free))
        {
            Interlocked.Add(ref _pooled, -size);
            data = (byte*)free;
        }
        else
        {
            data = New(size);
            GraphEvents.PoolSize(device, live, PooledBytes);
        }
        RaisePeak(live);
        return ManagedBuffer.Block(device, this, data, size, sizeClass);
    }

    // Memory that there is not must not count as handed out.
    private byte* New(long size)
    {
        try
        {
            return (byte*)NativeMemory.AlignedAlloc((nuint)size, 64);
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Add(ref _live, -size);
            Interlocked.Add(ref _sinceCollection, -size);
            throw;
        }
    }

    private void RaisePeak(long live)
    {
        long peak = PeakBytes;
        while (live > peak)
        {
            long before = Interlocked.CompareExchange(ref _peak, live, peak);
            if (before == peak) return;
            peak = before;
        }
    }

    /// <summary>Notes that a block came back before a collection found it.</summary>
    public void Released(int sizeClass) => Interlocked.Add(ref _sinceCollection, -SizeOf(sizeClass));

    /// <summary>Takes a block back.</summary>
    public void Return(byte* data, int sizeClass)
    {
        long size = SizeOf(sizeClass);
        Interlocked.Add(ref _live, -size);

        // The pool keeps at most what is handed out between two collections, twice.
        if (Interlocked.Add(ref _pooled, size) > 2 * Step)
        {
            Interlocked.Add(ref _pooled, -size);
            NativeMemory.AlignedFree(data);
            GraphEvents.PoolSize(device, LiveBytes, PooledBytes);
            return;
        }
        _free[sizeClass].Push((nint)data);
    }

    /// <summary>
    /// Most tensors die young, so a small collection finds them; their finalisers bring the memory back while the caller goes
    /// on. Tensors that lived through one need a larger collection, and when the finalisers fall far behind the caller waits:
    /// so memory stays bounded.
    /// </summary>
    private void Collect()
    {
        lock (_gate)
        {
            if (Volatile.Read(ref _sinceCollection) <= Step) return;
            bool behind = LiveBytes > 2 * _liveAfterFull + 6 * SmallestStep;
            GC.Collect(behind ? 2 : ++_collections % 8 == 0 ? 1 : 0, GCCollectionMode.Forced, blocking: true);
            if (behind)
            {
                GC.WaitForPendingFinalizers();
                _liveAfterFull = LiveBytes;
            }
            Interlocked.Exchange(ref _sinceCollection, 0);
        }
    }

    private static int ClassOf(long bytes)
    {
        bytes = Math.Max(bytes, 64);
        int log = BitOperations.Log2((ulong)(bytes - 1));
        long quarter = Math.Max(1, (1L << log) / 4);
        return 4 * log + (int)((bytes - (1L << log) + quarter - 1) / quarter);
    }

    private static long SizeOf(int sizeClass) => (1L << (sizeClass / 4)) + (1L << (sizeClass / 4)) / 4 * (sizeClass % 4);
}
