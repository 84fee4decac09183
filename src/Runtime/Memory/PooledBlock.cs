using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace TensorGraph.Backends;

/// <summary>A block of the pool, counted by its holders.</summary>
internal sealed unsafe class PooledBlock : MemoryBlock
{
    // Free memory by size class, four classes to a doubling.
    private static readonly ConcurrentStack<nint>[] Free = Enumerable.Range(0, 4 * 64).Select(_ => new ConcurrentStack<nint>()).ToArray();

    // A collection looks for dead tensors whenever this much, or half of what is alive, was handed out and not given back.
    private const long SmallestStep = 32L << 20;

    private static readonly Lock Gate = new();
    private static long s_live;
    private static long s_pooled;
    private static long s_sinceCollection;
    private static long s_liveAfterFull;
    private static int s_collections;

    private readonly byte* _data;
    private readonly int _sizeClass;
    private int _holders = 1;

    private PooledBlock(byte* data, int sizeClass)
    {
        _data = data;
        _sizeClass = sizeClass;
    }

#pragma warning disable MA0055 // a user's tensor is let go by reachability
    ~PooledBlock()
    {
        if (_holders > 0) Return();
    }
#pragma warning restore MA0055

    /// <summary>Bytes in tensors that are, as far as is known, alive.</summary>
    public static long LiveBytes => Volatile.Read(ref s_live);

    /// <summary>Bytes that wait in the pool.</summary>
    public static long PooledBytes => Volatile.Read(ref s_pooled);

    public static PooledBlock Rent(long bytes, out byte* data)
    {
        int sizeClass = ClassOf(bytes);
        long size = SizeOf(sizeClass);
        Interlocked.Add(ref s_live, size);
        if (Interlocked.Add(ref s_sinceCollection, size) > Step) Collect();
        if (Free[sizeClass].TryPop(out nint free))
        {
            Interlocked.Add(ref s_pooled, -size);
            data = (byte*)free;
        }
        else
        {
            data = (byte*)NativeMemory.AlignedAlloc((nuint)size, 64);
        }
        return new PooledBlock(data, sizeClass);
    }

    public override bool HasOneHolder => Volatile.Read(ref _holders) == 1;

    public override void Retain() => Interlocked.Increment(ref _holders);

    public override void Release()
    {
        if (Interlocked.Decrement(ref _holders) != 0) return;
        GC.SuppressFinalize(this);
        Interlocked.Add(ref s_sinceCollection, -SizeOf(_sizeClass));
        Return();
    }

    private static long Step => Math.Max(SmallestStep, LiveBytes / 2);

    private void Return()
    {
        long size = SizeOf(_sizeClass);
        Interlocked.Add(ref s_live, -size);

        // The pool keeps at most what is handed out between two collections, twice.
        if (Interlocked.Add(ref s_pooled, size) > 2 * Step)
        {
            Interlocked.Add(ref s_pooled, -size);
            NativeMemory.AlignedFree(_data);
            return;
        }
        Free[_sizeClass].Push((nint)_data);
    }

    /// <summary>
    /// Most tensors die young, so a small collection finds them; their finalisers bring the memory back while the caller goes
    /// on. Tensors that lived through one need a larger collection, and when the finalisers fall far behind the caller waits:
    /// so memory stays bounded.
    /// </summary>
    private static void Collect()
    {
        lock (Gate)
        {
            if (Volatile.Read(ref s_sinceCollection) <= Step) return;
            bool behind = LiveBytes > 2 * s_liveAfterFull + 6 * SmallestStep;
            GC.Collect(behind ? 2 : ++s_collections % 8 == 0 ? 1 : 0, GCCollectionMode.Forced, blocking: true);
            if (behind)
            {
                GC.WaitForPendingFinalizers();
                s_liveAfterFull = LiveBytes;
            }
            Interlocked.Exchange(ref s_sinceCollection, 0);
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
