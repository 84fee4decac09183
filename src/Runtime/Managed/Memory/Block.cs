using System.Numerics;
using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Memory of a pool, and a weak reference to the buffer that has it now. A buffer that the garbage collector found gone is seen by
/// <see cref="TakeBackLost"/>: buffers need no finaliser, and what they had is free as soon as a collection is over.
/// </summary>
internal sealed unsafe class Block
{
    private const int Parts = 8;

    /// <summary>Number of size classes.</summary>
    public const int Classes = Parts * 64;

    // A buffer that an object with a finaliser refers to must live until that has run.
    private GCHandle _owner;

    // Odd while a buffer has the block. It goes up with each change, so that nobody takes back what was given again meanwhile.
    private int _life;

    public Block(int sizeClass)
    {
        SizeClass = sizeClass;
        Bytes = SizeOf(sizeClass);
        Start = HugePages.Allocate(Bytes);
        _owner = GCHandle.Alloc(null, GCHandleType.WeakTrackResurrection);
    }

    public byte* Start { get; }

    public long Bytes { get; }

    public int SizeClass { get; }

    /// <summary>Place in the pool's list.</summary>
    public int Index { get; set; }

    /// <summary>Gives it to a buffer, which it tells its life.</summary>
    public void Give(ManagedBuffer owner)
    {
        _owner.Target = owner;
        owner.Life = Interlocked.Increment(ref _life);
    }

    /// <summary>Ends a life; false when it has ended before.</summary>
    public bool TakeBack(int life) => Interlocked.CompareExchange(ref _life, life + 1, life) == life;

    /// <summary>Ends the life of a buffer that is gone.</summary>
    public bool TakeBackLost()
    {
        int life = Volatile.Read(ref _life);
        return (life & 1) != 0 && _owner.Target is null && TakeBack(life);
    }

    /// <summary>Gives the memory back to the system.</summary>
    public void Free()
    {
        _owner.Free();
        NativeMemory.AlignedFree(Start);
    }

    /// <summary>The class of a size; there are eight to a doubling, so that a block is at most an eighth too large.</summary>
    public static int ClassOf(long bytes)
    {
        bytes = Math.Max(bytes, 64);
        int log = BitOperations.Log2((ulong)(bytes - 1));
        long part = (1L << log) / Parts;
        return Parts * log + (int)((bytes - (1L << log) + part - 1) / part);
    }

    /// <summary>Bytes of a block of that class.</summary>
    public static long SizeOf(int sizeClass) => (1L << (sizeClass / Parts)) + (1L << (sizeClass / Parts)) / Parts * (sizeClass % Parts);
}
