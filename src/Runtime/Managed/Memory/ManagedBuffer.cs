namespace TensorGraph.Backends.Managed;

/// <summary>
/// Native memory. A block of the pool is counted by its holders; a slab, from which small pieces are cut, is free when the last piece is out of
/// reach.
/// </summary>
internal sealed unsafe class ManagedBuffer : Buffer
{
    private readonly MemoryPool _pool;
    private readonly Block _block;
    private readonly bool _isSlab;
    private int _holders = 1;

    public ManagedBuffer(Device device, MemoryPool pool, Block block, bool isSlab)
        : base(device)
    {
        _pool = pool;
        _block = block;
        _isSlab = isSlab;
        Start = block.Start;
    }

    public byte* Start { get; }

    public override long Bytes => _block.Bytes;

    public override bool IsUnique => !_isSlab && Volatile.Read(ref _holders) == 1;

    /// <summary>Which use of the block it is.</summary>
    public int Life { get; set; }

    public override void Retain()
    {
        if (!_isSlab) Interlocked.Increment(ref _holders);
    }

    public override void Release()
    {
        if (_isSlab || Interlocked.Decrement(ref _holders) != 0) return;
        if (_block.TakeBack(Life)) _pool.Return(_block);
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
