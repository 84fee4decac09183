using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// Memory of the host that the device copies from and to by itself, in slices. The program's arrays go through it, so that the host does not wait
/// for what is in the queue before a copy, and copies run beside kernels.
/// </summary>
internal sealed unsafe class HostStaging(GpuDriver driver)
{
    public const int SliceBytes = 2 << 20;

    private const int MostSlices = 8;

    private readonly SemaphoreSlim _free = new(MostSlices);
    private readonly Queue<Slice> _slices = new();

    /// <summary>Copies to the device; the source may change as soon as it returns.</summary>
    /// <param name="memory">The driver's name of the memory.</param>
    /// <param name="offset">Bytes before the first.</param>
    /// <param name="from">The source.</param>
    /// <param name="order">Where the copies stand among what is in the queue.</param>
    public void Write(nint memory, long offset, ReadOnlySpan<byte> from, UploadOrder order)
    {
        for (int at = 0; at < from.Length; at += SliceBytes)
        {
            ReadOnlySpan<byte> part = from.Slice(at, Math.Min(SliceBytes, from.Length - at));
            Slice slice = Take(wait: true)!;
            try
            {
                part.CopyTo(slice.Bytes);
                slice.Done = driver.StartWrite(memory, offset + at, slice.Address, part.Length, order);
            }
            finally
            {
                Return(slice);
            }
        }
    }

    /// <summary>Copies to the host, after a mark or all that is in the queue.</summary>
    public void Read(nint memory, long offset, Span<byte> to, GpuMark? after)
    {
        var started = new Queue<(Slice Slice, int At, int Count)>();
        try
        {
            for (int at = 0; at < to.Length || started.Count > 0;)
            {
                // The next part is on its way while this one is taken out. Whoever has a slice does not wait for another thread's.
                if (at < to.Length && started.Count < 2 && Take(wait: started.Count == 0) is { } next)
                {
                    int bytes = Math.Min(SliceBytes, to.Length - at);
                    started.Enqueue((next, at, bytes));
                    next.Done = driver.StartRead(memory, offset + at, next.Address, bytes, after);
                    at += bytes;
                    continue;
                }
                (Slice slice, int first, int count) = started.Peek();
                slice.Wait();
                slice.Bytes[..count].CopyTo(to[first..]);
                Return(started.Dequeue().Slice);
            }
        }
        finally
        {
            foreach ((Slice slice, _, _) in started) Return(slice);
        }
    }

    // One that the device is done with; null where all are with other threads, for those who do not wait.
    private Slice? Take(bool wait)
    {
        if (!_free.Wait(wait ? Timeout.Infinite : 0)) return null;
        Slice? slice;
        lock (_slices) _slices.TryDequeue(out slice);
        try
        {
            slice ??= new Slice(driver.AllocateHost(SliceBytes) is var pinned and not 0 ? pinned : (nint)NativeMemory.AlignedAlloc(SliceBytes, 4096));
            slice.Wait();
            return slice;
        }
        catch
        {
            if (slice is null) _free.Release();
            else Return(slice);
            throw;
        }
    }

    private void Return(Slice slice)
    {
        lock (_slices) _slices.Enqueue(slice);
        _free.Release();
    }

    // Kept as long as the device.
    private sealed class Slice(nint address)
    {
        public nint Address => address;

        public Span<byte> Bytes => new((void*)address, SliceBytes);

        /// <summary>The copy that uses it.</summary>
        public GpuMark? Done { get; set; }

        public void Wait()
        {
            Done?.Wait();
            Done?.Dispose();
            Done = null;
        }
    }
}

/// <summary>The place of a copy from the host among what is in the queue.</summary>
/// <param name="IsBeside">False: in the order of the queue. True: beside what is in the queue now, and before what comes into it later.</param>
/// <param name="After">What a copy beside the queue waits for; null for nothing.</param>
internal readonly record struct UploadOrder(bool IsBeside, GpuMark? After)
{
    /// <summary>In the order of the queue.</summary>
    public static UploadOrder InQueue => default;

    /// <summary>Beside what is in the queue, after a mark.</summary>
    public static UploadOrder Beside(GpuMark? after) => new(true, after);
}
