using System.Runtime.InteropServices;

namespace TensorGraph.Backends;

/// <summary>
/// Owner of native memory behind tensors. Nobody has to dispose of anything: memory goes back to the pool when its last
/// holder has released it or, where a user's tensor is the holder, when the garbage collector finds it gone.
/// </summary>
internal abstract unsafe class MemoryBlock
{
    /// <summary>True when it is known that nobody but the caller holds it.</summary>
    public virtual bool HasOneHolder => false;

    /// <summary>One more holder.</summary>
    public virtual void Retain()
    {
    }

    /// <summary>One holder fewer.</summary>
    public virtual void Release()
    {
    }

    /// <summary>Memory for <paramref name="bytes"/>; small pieces share a slab, so that they cost no finaliser.</summary>
    public static MemoryBlock Allocate(long bytes, out byte* data) =>
        bytes <= Slab.LargestPiece ? Slab.Take((int)bytes, out data) : PooledBlock.Rent(bytes, out data);
}

/// <summary>A chunk from which one thread cuts small pieces. It is freed when the last piece is out of reach.</summary>
internal sealed unsafe class Slab : MemoryBlock
{
    public const int LargestPiece = 512;
    private const int Size = 1 << 16;
    private const int Alignment = 32;

    [ThreadStatic] private static Slab? t_current;

    private readonly byte* _start = (byte*)NativeMemory.AlignedAlloc(Size, 64);
    private int _used;

#pragma warning disable MA0055 // the pieces are reclaimed by reachability
    ~Slab() => NativeMemory.AlignedFree(_start);
#pragma warning restore MA0055

    public static MemoryBlock Take(int bytes, out byte* data)
    {
        bytes = (bytes + Alignment - 1) & -Alignment;
        Slab? slab = t_current;
        if (slab is null || slab._used + bytes > Size) t_current = slab = new Slab();
        data = slab._start + slab._used;
        slab._used += bytes;
        return slab;
    }
}
