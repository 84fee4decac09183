using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// One device of an API: memory, kernels, and one queue in which everything runs in the order in which it was put there. Safe to use from several
/// threads.
/// </summary>
internal abstract class GpuDriver
{
    /// <summary>The language of its kernels.</summary>
    public abstract Dialect Dialect { get; }

    /// <summary>The device and the version of its driver.</summary>
    public abstract string Description { get; }

    /// <summary>Limits of its kernels.</summary>
    public DeviceLimits Limits
    {
        get => field ?? throw new InvalidOperationException("a driver sets its limits when it is made");
        set;
    }

    /// <summary>The most items of a group.</summary>
    public abstract int MostItems { get; }

    /// <summary>Bytes of memory.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>Called with the reason when the device does not answer any more.</summary>
    public Action<string> Lost { get; set; } = static _ => { };

    /// <summary>Called where the driver finds no memory for what it does itself; what has failed is tried once more then.</summary>
    public Action MakeRoom { get; set; } = static () => { };

    /// <summary>True when kernels can be recorded.</summary>
    public abstract bool CanRecord { get; }

    /// <summary>Bytes of the largest block.</summary>
    public abstract long LargestBlock { get; }

    /// <summary>Declares the device lost.</summary>
    /// <returns>TG5006.</returns>
    protected GraphException Loses(string problem)
    {
        Lost(problem);
        return new GraphException(DiagnosticIds.DeviceLost, problem, "Go on with another device: using (Device.Use(other)).", Ir.SourceSpan.Capture());
    }

    /// <summary>Memory; 0 where there is not enough.</summary>
    public abstract nint Allocate(long bytes);

    /// <summary>Gives memory back; what is in the queue may still use it.</summary>
    public abstract void Free(nint memory);

    /// <summary>Computes matrix products in place of our kernels; null where the machine has no such library.</summary>
    public GpuProducts? Products { get; set; }

    /// <summary>The slices through which copies go; null where the device works on the memory of the host.</summary>
    public HostStaging? Staging { get; protected init; }

    /// <summary>Copies from the host, in the order of the queue; the source may change as soon as it returns.</summary>
    public void Write(nint memory, long offset, ReadOnlySpan<byte> from) => Write(memory, offset, from, UploadOrder.InQueue);

    /// <summary>
    /// Copies from the host to memory that nothing uses after a mark: beside what is in the queue. What comes into the queue later runs after it.
    /// </summary>
    public void Upload(nint memory, long offset, ReadOnlySpan<byte> from, GpuMark? after) => Write(memory, offset, from, UploadOrder.Beside(after));

    /// <summary>Copies to the host: after a mark, beside what is in the queue after it; without one after all that is in the queue.</summary>
    public void Read(nint memory, long offset, Span<byte> to, GpuMark? after)
    {
        if (to.IsEmpty) return;
        if (Staging is { } staging)
        {
            staging.Read(memory, offset, to, after);
            return;
        }
        Await(after);
        ReadNow(memory, offset, to, after);
    }

    private void Write(nint memory, long offset, ReadOnlySpan<byte> from, UploadOrder order)
    {
        if (from.IsEmpty) return;
        if (Staging is { } staging)
        {
            staging.Write(memory, offset, from, order);
            return;
        }
        Await(after: null);
        WriteNow(memory, offset, from);
    }

    /// <summary>Copies from the host, after all that is in the queue, and waits for it: where there are no slices.</summary>
    protected virtual void WriteNow(nint memory, long offset, ReadOnlySpan<byte> from) => throw new NotSupportedException();

    /// <summary>Copies to the host, after a mark or all that is in the queue, and waits for it: where there are no slices.</summary>
    protected virtual void ReadNow(nint memory, long offset, Span<byte> to, GpuMark? after) => throw new NotSupportedException();

    /// <summary>Memory of the host that the device reads and writes by itself; 0 where there is none.</summary>
    public abstract nint AllocateHost(long bytes);

    /// <summary>Begins a copy from such memory. Where it fails, no copy is under way.</summary>
    /// <returns>The end of the copy.</returns>
    public GpuMark StartWrite(nint memory, long offset, nint from, long bytes, UploadOrder order) => Start(
        new(IsRead: false, memory, offset, from, bytes, order.After), order.IsBeside ? GpuQueue.Writes : GpuQueue.Work, order.IsBeside);

    /// <summary>
    /// Begins a copy to such memory: after a mark, beside what is in the queue after it; without one after all that is in the queue. Where it fails,
    /// no copy is under way.
    /// </summary>
    /// <returns>The end of the copy.</returns>
    public GpuMark StartRead(nint memory, long offset, nint to, long bytes, GpuMark? after) => Start(
        new(IsRead: true, memory, offset, to, bytes, after), after is null ? GpuQueue.Work : GpuQueue.Reads, comesFirst: false);

    // A copy that nobody can wait for would use memory that has other content by then. So the mark is made first, and what fails later waits.
    private GpuMark Start(GpuCopy copy, GpuQueue queue, bool comesFirst)
    {
        GpuMark end = NewMark();
        try
        {
            Put(copy, queue, end);
            try
            {
                PutEnd(queue, end);
                if (comesFirst) Delay(end);
            }
            catch
            {
                Drain(queue, end);
                throw;
            }
            return end;
        }
        catch
        {
            end.Dispose();
            throw;
        }
    }

    /// <summary>A mark that has no place yet.</summary>
    protected abstract GpuMark NewMark();

    /// <summary>Puts a copy into a queue; where it throws, it is not there.</summary>
    protected abstract void Put(GpuCopy copy, GpuQueue queue, GpuMark end);

    /// <summary>Gives the mark its place after the copy, where it has none yet, and lets the queue begin.</summary>
    protected abstract void PutEnd(GpuQueue queue, GpuMark end);

    /// <summary>Lets what comes into the queue of the work later wait for a mark of another one.</summary>
    protected abstract void Delay(GpuMark end);

    /// <summary>Waits for all that is in a queue.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="end">The mark of the last copy in it, which may have no place.</param>
    /// <exception cref="GraphException">TG5006 where it can't: nobody knows what the device still does.</exception>
    protected abstract void Drain(GpuQueue queue, GpuMark end);

    /// <summary>Copies to the host, after all that is in the queue.</summary>
    public void Read(nint memory, long offset, Span<byte> to) => Read(memory, offset, to, after: null);

    /// <summary>Marks the place in the queue.</summary>
    public abstract GpuMark Mark();

    /// <summary>Puts a copy into the queue.</summary>
    public abstract void Copy(nint from, long fromOffset, nint to, long toOffset, long bytes);

    /// <summary>Records the kernels that are launched on this thread meanwhile, instead of running them.</summary>
    public abstract GpuRecording Record(Action launches);

    /// <summary>Puts all kernels of a recording into the queue.</summary>
    public abstract void Replay(GpuRecording recording);

    /// <summary>Compiles a kernel's text.</summary>
    /// <exception cref="GraphException">TG5011 when the compiler refuses it.</exception>
    public abstract GpuModule Build(string source);

    /// <summary>Waits for all that is in the queue.</summary>
    public abstract void Finish();

    /// <summary>Waits until a mark is done where there is a longest wait, so that what blocks afterwards does not block long.</summary>
    /// <param name="after">The mark; null for all that is in the queue.</param>
    /// <exception cref="GraphException">TG5006 when it takes too long.</exception>
    protected void Await(GpuMark? after)
    {
        if (GpuDevices.LongestWait is null) return;
        using GpuMark? last = after is null ? Mark() : null;
        GpuMark mark = after ?? last!;
        Flush();
        Await(() => mark.IsDone);
    }

    /// <summary>Waits until something is so where there is a longest wait.</summary>
    /// <exception cref="GraphException">TG5006 when it takes too long.</exception>
    protected void Await(Func<bool> isDone)
    {
        if (GpuDevices.LongestWait is not { } longest) return;
        long start = Stopwatch.GetTimestamp();
        for (var pause = new SpinWait(); !isDone(); pause.SpinOnce())
        {
            if (Stopwatch.GetElapsedTime(start) <= longest) continue;
            throw Loses(FormattableString.Invariant(
                $"{Description} has not done its work for {longest.TotalSeconds} s, longer than GpuDevices.LongestWait allows: a kernel may not end"));
        }
    }

    /// <summary>Lets the device begin with what is in the queue.</summary>
    public abstract void Flush();
}

/// <summary>A place in the queue, released when nothing refers to it any more.</summary>
internal abstract class GpuMark() : SafeHandle(0, ownsHandle: true), IDeviceWork
{
    public override bool IsInvalid => handle == 0;

    public abstract bool IsDone { get; }

    public abstract void Wait();
}

/// <summary>Kernels with their parameters as one, released when nothing refers to it any more.</summary>
internal abstract class GpuRecording() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;
}

/// <summary>A compiled kernel.</summary>
internal abstract class GpuModule
{
    /// <summary>It with parameters of its own, for one thread at a time.</summary>
    public abstract GpuKernel Create();
}

/// <summary>A compiled kernel with its parameters.</summary>
internal abstract class GpuKernel
{
    /// <summary>The most items of a group that the device runs this kernel with.</summary>
    public abstract int MostItems { get; }

    /// <summary>Sets the first parameter.</summary>
    public abstract void SetGeometry(ReadOnlySpan<long> geometry);

    /// <summary>Sets a buffer, counted from 0.</summary>
    public abstract void SetBuffer(int index, nint memory);

    /// <summary>Puts a run into the queue.</summary>
    public abstract void Launch(long groups, int groupSize);
}
