using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Managed;

/// <summary>Native memory of a device: slabs for small pieces, free blocks by size class for larger ones.</summary>
internal sealed class MemoryPool
{
    /// <summary>Pieces up to this size share a slab.</summary>
    public const int LargestPiece = 2048;

    // A piece that lives keeps its slab: this is the most that a small tensor can cost.
    private const int SlabBytes = 1 << 13;
    private const int PieceAlignment = 32;

    // What no address space has.
    private const long LargestBlock = 1L << 56;

    // The slab from which this thread cuts, of the pool that it cut from last.
    [ThreadStatic] private static Cut? t_cut;

    private readonly Device _device;
    private readonly ConcurrentStack<Block>[] _free = [.. Enumerable.Range(0, Block.Classes).Select(_ => new ConcurrentStack<Block>())];
    private readonly Lock _gate = new();
    private readonly List<Block> _blocks = [];
    private readonly Collector _collector;
    private long _live;
    private long _pooled;
    private long _taken;
    private long _peak;
    private long _recentPeak;
    private int _sweptAt;

    public MemoryPool(Device device)
    {
        _device = device;
        _collector = new Collector(this);
        _ = new AfterCollection(this);
    }

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

    /// <summary>Counts the peak anew, from the bytes that are alive now.</summary>
    public void ResetPeak() => Volatile.Write(ref _peak, LiveBytes);

    /// <summary>The most bytes, live and free, that it takes from the system.</summary>
    public long Limit { get; set; } = long.MaxValue;

    /// <summary>Memory for <paramref name="bytes"/>, from an offset of a buffer on.</summary>
    public ManagedBuffer Allocate(long bytes, out long offset)
    {
        if (bytes <= LargestPiece) return Piece((int)bytes, out offset);
        offset = 0;
        return Rent(bytes, isSlab: false);
    }

    /// <summary>True when so much can be had without care: what only saves time takes no more than half of what the limit leaves.</summary>
    public bool HasRoom(long bytes) => bytes <= (Limit - LiveBytes) / 2;

    /// <summary>Counts memory of another library among the live bytes, so that what is lost of it is looked for.</summary>
    public void Borrow(long bytes)
    {
        if (LiveBytes > _collector.Limit) _collector.Collect();
        _collector.Settle();
        long live = Interlocked.Add(ref _live, bytes);
        if (live > Volatile.Read(ref _recentPeak)) RaisePeak(live);
    }

    /// <summary>Ends the count of borrowed bytes.</summary>
    public void GiveBack(long bytes) => Interlocked.Add(ref _live, -bytes);

    /// <summary>Takes a block back.</summary>
    public void Return(Block block)
    {
        RunPeak.Add(-block.Bytes);
        Recycle(block);
    }

    private void Recycle(Block block)
    {
        long live = Interlocked.Add(ref _live, -block.Bytes);
        _free[block.SizeClass].Push(block);
        if (live + Interlocked.Add(ref _pooled, block.Bytes) > Footprint) Trim(Footprint, 0);
    }

    /// <summary>Takes back what buffers had that a collection found gone. True when there was a collection since the last time.</summary>
    public bool Sweep()
    {
        lock (_gate)
        {
            int collections = GC.CollectionCount(0);
            if (collections == _sweptAt) return false;
            _sweptAt = collections;
            // To recycle a block may free others, and so change the list.
            foreach (Block lost in _blocks.FindAll(static block => block.TakeBackLost())) Recycle(lost);
            return true;
        }
    }

    private ManagedBuffer Piece(int bytes, out long offset)
    {
        bytes = (bytes + PieceAlignment - 1) & -PieceAlignment;
        Cut? cut = t_cut;
        if (cut is null || cut.Pool != this || cut.Used + bytes > SlabBytes) t_cut = cut = new Cut(this, Rent(SlabBytes, isSlab: true));
        offset = cut.Used;
        cut.Used += bytes;
        return cut.Slab;
    }

    private ManagedBuffer Rent(long bytes, bool isSlab)
    {
        if (bytes > LargestBlock) throw Shortage(bytes);
        if (LiveBytes > _collector.Limit) _collector.Collect();
        int sizeClass = Block.ClassOf(bytes);
        Block block = Find(sizeClass) ?? FindOrMake(sizeClass);
        var buffer = new ManagedBuffer(_device, this, block, isSlab);
        block.Give(buffer);
        long live = Interlocked.Add(ref _live, block.Bytes);
        if (live > Volatile.Read(ref _recentPeak)) RaisePeak(live);
        RunPeak.Add(block.Bytes);
        return buffer;
    }

    // Before the pool grows it takes what the program's own collections have found.
    private Block FindOrMake(int sizeClass)
    {
        _collector.Settle();
        if (Sweep() && Find(sizeClass) is { } found) return found;
        Trim(Footprint, Block.SizeOf(sizeClass));
        return Make(sizeClass) ?? MakeInsteadOfFailing(sizeClass);
    }

    private Block? Find(int sizeClass)
    {
        if (_free[sizeClass].TryPop(out Block? block)) Interlocked.Add(ref _pooled, -block.Bytes);
        return block;
    }

    // A program that would fail rather waits for a full collection.
    private Block MakeInsteadOfFailing(int sizeClass)
    {
        Trim(0, 0);
        if (Make(sizeClass) is { } made) return made;
        GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        Sweep();
        if (Find(sizeClass) is { } found) return found;
        Trim(0, 0);
        return Make(sizeClass) ?? throw Shortage(Block.SizeOf(sizeClass));
    }

    private MemoryShortageException Shortage(long bytes) => new(
        "allocate",
        $"a block of {MemoryShortageException.Text(bytes)} is wanted, {MemoryShortageException.Text(LiveBytes)} are live"
        + (Limit == long.MaxValue ? "" : $", the limit is {MemoryShortageException.Text(Limit)}"),
        _device.Name);

    // Null when there is no memory.
    private Block? Make(int sizeClass)
    {
        if (!Take(Block.SizeOf(sizeClass))) return null;
        Block block;
        try
        {
            block = new Block(sizeClass);
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Add(ref _taken, -Block.SizeOf(sizeClass));
            return null;
        }
        lock (_gate)
        {
            block.Index = _blocks.Count;
            _blocks.Add(block);
        }
        GraphEvents.PoolSize(_device, LiveBytes + block.Bytes, PooledBytes);
        return block;
    }

    // Counts bytes as taken from the system; false when that is more than the limit. Several threads may ask at the same time.
    private bool Take(long bytes)
    {
        long taken = Volatile.Read(ref _taken);
        while (taken + bytes <= Limit)
        {
            long before = Interlocked.CompareExchange(ref _taken, taken + bytes, taken);
            if (before == taken) return true;
            taken = before;
        }
        return false;
    }

    // Gives free blocks back to the system, the largest first, until there is room for more.
    private void Trim(long footprint, long more)
    {
        if (LiveBytes + PooledBytes + more <= footprint) return;
        lock (_gate)
        {
            for (int sizeClass = _free.Length - 1; sizeClass >= 0; sizeClass--)
            {
                while (LiveBytes + PooledBytes + more > footprint && _free[sizeClass].TryPop(out Block? block)) Free(block);
            }
        }
        GraphEvents.PoolSize(_device, LiveBytes, PooledBytes);
    }

    private void Free(Block block)
    {
        Interlocked.Add(ref _pooled, -block.Bytes);
        Block last = _blocks[^1];
        _blocks[last.Index = block.Index] = last;
        _blocks.RemoveAt(_blocks.Count - 1);
        block.Free();
        Interlocked.Add(ref _taken, -block.Bytes);
    }

    // What a program has needed since the last full collection it will need again.
    private long Footprint => Math.Max(_collector.Footprint, Volatile.Read(ref _recentPeak));

    private void RaisePeak(long live)
    {
        Raise(ref _recentPeak, live);
        Raise(ref _peak, live);
    }

    private static void Raise(ref long peak, long live)
    {
        long known = Volatile.Read(ref peak);
        while (live > known)
        {
            long before = Interlocked.CompareExchange(ref peak, live, known);
            if (before == known) return;
            known = before;
        }
    }

    private void OnFullCollection()
    {
        Sweep();
        Volatile.Write(ref _recentPeak, LiveBytes);
        Trim(Footprint, 0);
    }

    /// <summary>Sweeps after full collections, so that a program at rest keeps nothing that is gone.</summary>
    private sealed class AfterCollection(MemoryPool pool)
    {
        // A weak reference as an object would have a finaliser of its own, which may run before this one.
        private GCHandle _pool = GCHandle.Alloc(pool, GCHandleType.Weak);

#pragma warning disable MA0055 // This is how a collection is noticed.
        ~AfterCollection()
        {
            if (_pool.Target is not MemoryPool pool)
            {
                _pool.Free();
                return;
            }
            pool.OnFullCollection();
            GC.ReRegisterForFinalize(this);
        }
#pragma warning restore MA0055
    }
}
