namespace TensorGraph.Backends.Gpu;

/// <summary>A block of the device, counted by its holders.</summary>
internal sealed class GpuBuffer(GpuDevice device, GpuBlock block) : Buffer(device)
{
    private int _holders = 1;
    private int _isReturned;

#pragma warning disable MA0055 // Nobody disposes of a user's tensor.
    ~GpuBuffer() => Return();
#pragma warning restore MA0055

    public override long Bytes => block.Bytes;

    /// <summary>The place in the queue after which the elements are there, for a result of a program; null for what is not known.</summary>
    public GpuMark? Written { get; set; }

    internal override IDeviceWork? Work => Written;

    /// <summary>The number of the memory's allocation: no other memory has it, though the driver may use its name again.</summary>
    public long Number => block.Number;

    /// <summary>The driver's name of the memory.</summary>
    public nint Handle => block.Handle;

    public override bool IsUnique => Volatile.Read(ref _holders) == 1;

    public override void Retain() => Interlocked.Increment(ref _holders);

    public override void Release()
    {
        if (Interlocked.Decrement(ref _holders) != 0) return;
        Return();
        GC.SuppressFinalize(this);
    }

    public override void Read(long offset, Span<byte> to)
    {
        device.Driver.Read(Handle, offset, to, Written);
        GC.KeepAlive(this);
    }

    /// <summary>Gives a new tensor its elements: nothing has used this memory since it was taken from the pool.</summary>
    public override void Write(long offset, ReadOnlySpan<byte> from)
    {
        if (GpuMemory.IsMarked(block.Bytes)) device.Driver.Upload(Handle, offset, from, block.LastUse);
        else device.Driver.Write(Handle, offset, from);
        GC.KeepAlive(this);
    }

    private void Return()
    {
        if (Interlocked.Exchange(ref _isReturned, 1) == 0) device.Memory.Return(block);
    }
}
