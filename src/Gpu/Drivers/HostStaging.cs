using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// Memory of the host that the device copies from and to by itself, in slices. The program's arrays go through it, so that the host does not wait
/// for what is in the queue before a copy, and copies run beside kernels.
/// </summary>
internal sealed class HostStaging(GpuDriver driver)
{
    public const int SliceBytes = 2 << 20;

    /// <summary>Slices for copies to the device.</summary>
    public const int SlicesOfWrites = 8;

    /// <summary>
    /// Slices for copies to the host. Copies to the device may wait in the queue with all of theirs; a result that is done is read meanwhile.
    /// </summary>
    public const int SlicesOfReads = 4;

    private readonly Slices _writes = new(driver, SlicesOfWrites);
    private readonly Slices _reads = new(driver, SlicesOfReads);

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
            Slice slice = _writes.Take(wait: true)!;
            try
            {
                part.CopyTo(slice.Bytes);
                slice.Done = driver.StartWrite(memory, offset + at, slice.Address, part.Length, order);
            }
            finally
            {
                _writes.Return(slice);
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
                if (at < to.Length && started.Count < 2 && _reads.Take(wait: started.Count == 0) is { } next)
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
                _reads.Return(started.Dequeue().Slice);
            }
        }
        finally
        {
            foreach ((Slice slice, _, _) in started) _reads.Return(slice);
        }
    }

    private sealed unsafe class Slices(GpuDriver driver, int most)
    {
        private readonly SemaphoreSlim _free = new(most);
        private readonly Queue<Slice> _slices = new();

        /// <summary>One that the device is done with; null where all are with other threads, for those who do not wait.</summary>
        public Slice? Take(bool wait)
        {
            if (!_free.Wait(wait ? Timeout.Infinite : 0)) return null;
            Slice? slice;
            lock (_slices) _slices.TryDequeue(out slice);
            try
            {
                slice ??= New();
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

        // Where nothing can be pinned, drivers copy from other memory too.
        private Slice New() => new(
            driver.AllocateHost(SliceBytes) is var pinned and not 0 ? pinned : (nint)NativeMemory.AlignedAlloc(SliceBytes, 4096));

        public void Return(Slice slice)
        {
            lock (_slices) _slices.Enqueue(slice);
            _free.Release();
        }
    }

    // Kept as long as the device.
    private sealed unsafe class Slice(nint address)
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
