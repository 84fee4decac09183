using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace TensorGraph.Backends;

/// <summary>A block of the pool, counted by its holders.</summary>
internal sealed unsafe class PooledBlock : MemoryBlock
{
    // Free memory by size class, four classes to a doubling.
    private static readonly ConcurrentStack<nint>[] Free = Enumerable.Range(0, 4 * 64).Select(_ => new ConcurrentStack<nint>()).ToArray();

    private const long SmallestBudget = 32L << 20;

    // Bytes that tensors hold now, and how far that may grow before a collection looks for dead ones.
    private static long s_live;
    private static long s_budget = SmallestBudget;
    private static long s_pooled;

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
        if (Interlocked.Add(ref s_live, size) > Volatile.Read(ref s_budget)) Collect();
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

    public override void Retain() => Interlocked.Increment(ref _holders);

    public override void Release()
    {
        if (Interlocked.Decrement(ref _holders) != 0) return;
        GC.SuppressFinalize(this);
        Return();
    }

    private void Return()
    {
        long size = SizeOf(_sizeClass);
        Interlocked.Add(ref s_live, -size);

        // The pool keeps at most as much as was ever wanted at once.
        if (Interlocked.Add(ref s_pooled, size) > Volatile.Read(ref s_budget))
        {
            Interlocked.Add(ref s_pooled, -size);
            NativeMemory.AlignedFree(_data);
            return;
        }
        Free[_sizeClass].Push((nint)_data);
    }

    // Dead tensors are known only after a collection: their finalisers bring the memory back. Most died young.
    private static void Collect()
    {
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
        if (LiveBytes > Volatile.Read(ref s_budget) / 2)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Volatile.Write(ref s_budget, Math.Max(SmallestBudget, 2 * LiveBytes));
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
