namespace TensorGraph.Backends.Managed;

/// <summary>
/// Native memory. A block of the pool is counted by its holders; a slab, from which small pieces are cut, is free when the last piece is out of
/// reach. Memory of another library has an owner, which is told when the last holder has released it.
/// </summary>
internal sealed unsafe class ManagedBuffer : Buffer
{
    private readonly MemoryPool? _pool;
    private readonly Block? _block;
    private readonly IDisposable? _owner;
    private readonly bool _isSlab;
    private int _holders = 1;
    private PackedOperands? _packed;

    public ManagedBuffer(Device device, MemoryPool pool, Block block, bool isSlab)
        : base(device)
    {
        _pool = pool;
        _block = block;
        _isSlab = isSlab;
        Start = block.Start;
        Bytes = block.Bytes;
    }

    /// <summary>Memory of another library.</summary>
    /// <param name="device">The device that reads it.</param>
    /// <param name="start">Its address.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="owner">Keeps it until it is disposed of, or lost with the buffer.</param>
    public ManagedBuffer(Device device, byte* start, long bytes, IDisposable owner)
        : this(device, start, bytes) => _owner = owner;

    /// <summary>Memory of the caller for the time of a call, in which it wants a result. A run keeps nothing that is borrowed.</summary>
    public ManagedBuffer(Device device, byte* start, long bytes)
        : base(device)
    {
        Start = start;
        Bytes = bytes;
        IsBorrowed = true;
    }

    /// <summary>True for memory of a caller that wants a result in it.</summary>
    public bool IsDestination => _block is null && _owner is null;

    public byte* Start { get; }

    public override long Bytes { get; }

    public int Holders => Volatile.Read(ref _holders);

    public override bool IsUnique => !_isSlab && !IsBorrowed && Volatile.Read(ref _holders) == 1 && _packed is not { Any: true };

    /// <summary>The parts of it that products keep in their order; null for memory that others may write to.</summary>
    public PackedOperands? Packed => _isSlab || IsBorrowed ? null : _packed ?? Interlocked.CompareExchange(ref _packed, new(), null) ?? _packed;

    /// <summary>Which use of the block it is.</summary>
    public int Life { get; set; }

    /// <summary>Lets another library use the memory too; false when the caller is not its only holder.</summary>
    public bool Share()
    {
        if (IsUnique) IsBorrowed = true;
        return IsBorrowed;
    }

    public override void Retain()
    {
        if (!_isSlab) Interlocked.Increment(ref _holders);
    }

    public override void Release()
    {
        if (_isSlab || Interlocked.Decrement(ref _holders) != 0) return;
        if (_block is null) _owner?.Dispose();
        else if (_block.TakeBack(Life)) _pool!.Return(_block);
        _packed?.Release();
        GC.KeepAlive(this);
    }

    public override void Read(long offset, Span<byte> to)
    {
        new ReadOnlySpan<byte>(Start + offset, to.Length).CopyTo(to);
        GC.KeepAlive(this);
    }

    public override void Write(long offset, ReadOnlySpan<byte> from)
    {
        from.CopyTo(new Span<byte>(Start + offset, from.Length));
        GC.KeepAlive(this);
    }
}

/// <summary>The one place that unwraps a pointer.</summary>
internal static unsafe class ManagedAddress
{
    /// <summary>The address of the elements; null for text and lists. The caller keeps the tensor alive while it uses the address.</summary>
    public static byte* Address(this TensorData tensor) => tensor.Buffer is ManagedBuffer buffer ? buffer.Start + tensor.Offset : null;

    /// <summary>The elements where they are; a copy of those of another device. The caller keeps the tensor alive while it uses the span.</summary>
    public static ReadOnlySpan<T> Elements<T>(this TensorData tensor)
        where T : unmanaged
    {
        if (tensor.Wait() is ManagedBuffer)
        {
            tensor.Device!.ThrowIfLost("read");
            return new(tensor.Address(), (int)tensor.Layout.Count);
        }

        var copy = new T[tensor.Layout.Count];
        tensor.CopyTo<T>(copy);
        return copy;
    }
}
