using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Native memory. A block of the pool is counted by its holders; a slab, from which small pieces are cut, is freed when the last piece is out of
/// reach, so that small tensors cost no finaliser.
/// </summary>
internal sealed unsafe class ManagedBuffer : Buffer
{
    private const int Slab = -1;

    private readonly MemoryPool _pool;
    private readonly int _sizeClass;
    private int _holders = 1;

    private ManagedBuffer(Device device, MemoryPool pool, byte* start, long bytes, int sizeClass)
        : base(device)
    {
        _pool = pool;
        _sizeClass = sizeClass;
        Start = start;
        Bytes = bytes;
    }

#pragma warning disable MA0055 // a user's tensor is let go by reachability
    ~ManagedBuffer()
    {
        if (_sizeClass == Slab) NativeMemory.AlignedFree(Start);
        else if (_holders > 0) _pool.Return(Start, _sizeClass);
    }
#pragma warning restore MA0055

    public byte* Start { get; }

    public override long Bytes { get; }

    public override bool IsUnique => _sizeClass != Slab && Volatile.Read(ref _holders) == 1;

    public static ManagedBuffer Block(Device device, MemoryPool pool, byte* start, long bytes, int sizeClass) =>
        new(device, pool, start, bytes, sizeClass);

    public static ManagedBuffer NewSlab(Device device, MemoryPool pool, int bytes) =>
        new(device, pool, (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64), bytes, Slab);

    public override void Retain()
    {
        if (_sizeClass != Slab) Interlocked.Increment(ref _holders);
    }

    public override void Release()
    {
        if (_sizeClass == Slab || Interlocked.Decrement(ref _holders) != 0) return;
        GC.SuppressFinalize(this);
        _pool.Released(_sizeClass);
        _pool.Return(Start, _sizeClass);
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
    /// <summary>Where the elements are; null for text and lists. The caller keeps the tensor alive while it uses the address.</summary>
    public static byte* Address(this TensorData tensor) => tensor.Buffer is ManagedBuffer buffer ? buffer.Start + tensor.Offset : null;
}
