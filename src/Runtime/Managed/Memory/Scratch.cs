using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Managed;

/// <summary>A stack of native memory for each thread, for blocks that a kernel needs while it runs.</summary>
internal unsafe ref struct Scratch
{
    private sealed class Block
    {
        public byte* Data;
        public long Size;
        public bool InUse;

        /// <summary>The block for a kernel inside the kernel that uses this one.</summary>
        public Block? Next;

#pragma warning disable MA0055 // frees native memory when its thread has ended
        ~Block() => NativeMemory.AlignedFree(Data);
#pragma warning restore MA0055
    }

    [ThreadStatic] private static Block? t_block;

    private readonly Block _block;
    private long _used;

    private Scratch(Block block) => _block = block;

    /// <summary>Memory for several <see cref="Take"/>s of <paramref name="bytes"/> in all; add 64 for each.</summary>
    public static Scratch Rent(long bytes)
    {
        Block block = t_block ??= new Block();
        while (block.InUse) block = block.Next ??= new Block();
        if (block.Size < bytes)
        {
            NativeMemory.AlignedFree(block.Data);
            block.Data = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
            block.Size = bytes;
        }
        block.InUse = true;
        return new Scratch(block);
    }

    public byte* Take(long bytes)
    {
        byte* data = _block.Data + _used;
        _used += (bytes + 63) / 64 * 64;
        return data;
    }

    public readonly void Dispose()
    {
        _block.InUse = false;
        GC.KeepAlive(_block);
    }
}
