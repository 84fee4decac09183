using System.Runtime.CompilerServices;

namespace TensorGraph.Backends.Gpu;

/// <summary>Memory of the device as one block.</summary>
/// <param name="Handle">The driver's name of it.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Number">Its own: the driver may give the name of what was freed to other memory.</param>
/// <param name="LastUse">The place in the queue after which nothing of before uses it; null where it was not used.</param>
internal readonly record struct GpuBlock(nint Handle, long Bytes, long Number, GpuMark? LastUse);

/// <summary>
/// Blocks that are free are kept for the next tensors of about their size. A block may be used again while the queue still works on its last use:
/// what comes later runs later.
/// </summary>
internal sealed class GpuMemory(Device device, GpuDriver driver)
{
    private const long Smallest = 256;

    // Smaller copies from the host take their turn in the queue.
    private const long LeastMarked = 64 << 10;

    // Garbage that no collection has found is memory too: after so many new bytes one is asked for.
    private const long Budget = 64 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Stack<GpuBlock>> _free = [];
    private readonly ConditionalWeakTable<GpuProgram, object?> _programs = [];
    private long _live;
    private long _pooled;
    private long _peak;
    private long _liveAfterYoung;
    private long _liveAfterFull;
    private long _allocations;

    /// <summary>The most bytes, live and free.</summary>
    public long Limit { get; set; } = long.MaxValue;

    /// <summary>Bytes now and at most.</summary>
    public MemoryStatistics Statistics
    {
        get
        {
            lock (_gate) return new MemoryStatistics(_live, _pooled, _peak);
        }
    }

    /// <summary>Memory for a tensor.</summary>
    /// <exception cref="GraphException">TG5002.</exception>
    public GpuBlock Allocate(long bytes)
    {
        long size = SizeOf(bytes);
        if (IsFarAbove(_liveAfterYoung, size)) CollectYoung();
        if (size > Limit) throw None(bytes, FormattableString.Invariant($"the limit is {Limit}"));
        if (size > driver.LargestBlock) throw None(bytes, FormattableString.Invariant($"its largest block has {driver.LargestBlock}"));
        if (TryAllocate(size) is { } block) return block;
        Collect();
        Trim();
        if (TryAllocate(size) is { } found) return found;
        MakeRoom();
        if (TryAllocate(size) is { } last) return last;
        throw None(bytes, FormattableString.Invariant($"{Statistics.LiveBytes} are alive, the limit is {Math.Min(Limit, driver.MemoryBytes)}"));
    }

    /// <summary>Notes a program that keeps memory between its runs.</summary>
    public void Add(GpuProgram program) => _programs.Add(program, null);

    /// <summary>Gives back all memory that nothing needs now: garbage, what programs keep between their runs, and free blocks.</summary>
    public void MakeRoom()
    {
        foreach ((GpuProgram program, _) in _programs) program.LetGoFrames();
        Collect();
        Trim();
    }

    /// <summary>True for blocks whose last use is marked, so that a copy beside the queue can wait for it.</summary>
    public static bool IsMarked(long bytes) => bytes >= LeastMarked;

    /// <summary>Takes a block back.</summary>
    public void Return(GpuBlock block)
    {
        if (driver.Staging is not null && IsMarked(block.Bytes))
        {
            block.LastUse?.Dispose();
            if (LastUse() is not { } mark)
            {
                // It is not used again.
                if (!device.IsLost) driver.Free(block.Handle);
                lock (_gate) _live -= block.Bytes;
                return;
            }
            block = block with { LastUse = mark };
        }
        lock (_gate)
        {
            if (!_free.TryGetValue(block.Bytes, out Stack<GpuBlock>? blocks)) _free[block.Bytes] = blocks = new();
            blocks.Push(block);
            _live -= block.Bytes;
            _pooled += block.Bytes;
        }
    }

    // Null on a device that is lost, whose queue may take nothing any more, or that has no memory for a mark.
    private GpuMark? LastUse()
    {
        try
        {
            return device.IsLost ? null : driver.Mark();
        }
        catch (GraphException)
        {
            return null;
        }
    }

    // Steps of an eighth, so that blocks fit again.
    private static long SizeOf(long bytes)
    {
        long step = Smallest;
        while (8 * step < bytes) step *= 2;
        return Math.Max(1, (bytes + step - 1) / step) * step;
    }

    private GpuBlock? TryAllocate(long size)
    {
        lock (_gate)
        {
            if (_free.TryGetValue(size, out Stack<GpuBlock>? blocks) && blocks.TryPop(out GpuBlock known))
            {
                _pooled -= size;
                return Live(known);
            }
            if (_live + _pooled + size > Limit) return null;
            // Other threads have only what is left then.
            _live += size;
        }
        nint handle = 0;
        try
        {
            handle = driver.Allocate(size);
        }
        finally
        {
            if (handle == 0)
            {
                lock (_gate) _live -= size;
            }
        }
        if (handle == 0) return null;
        lock (_gate)
        {
            _peak = Math.Max(_peak, _live);
            return new GpuBlock(handle, size, ++_allocations, null);
        }
    }

    private GraphException None(long bytes, string why) => new(
        DiagnosticIds.OutOfMemory, FormattableString.Invariant($"allocate: device '{device.Name}' has no {bytes} bytes: {why}"),
        "Let go tensors that are not needed any more, use smaller batches, or raise Device.MemoryLimit.", Ir.SourceSpan.Capture());

    private GpuBlock Live(GpuBlock block)
    {
        _live += block.Bytes;
        _peak = Math.Max(_peak, _live);
        return block;
    }

    private bool IsFarAbove(long live, long size)
    {
        lock (_gate) return _live + size > live + Math.Max(Budget, live);
    }

    // Most tensors die young; the others are looked for when memory has doubled.
    private void CollectYoung()
    {
        GC.Collect(1, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
        lock (_gate) _liveAfterYoung = _live;
        if (IsFarAbove(_liveAfterFull, 0)) Collect();
    }

    private void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        lock (_gate) _liveAfterYoung = _liveAfterFull = _live;
    }

    private void Trim()
    {
        lock (_gate)
        {
            foreach (GpuBlock block in _free.Values.SelectMany(blocks => blocks))
            {
                block.LastUse?.Dispose();
                driver.Free(block.Handle);
            }
            _free.Clear();
            _pooled = 0;
        }
    }
}
