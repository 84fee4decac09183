namespace TensorGraph.Backends.Managed;

/// <summary>Which matrix of a buffer is the right operand of a product, and in which registers.</summary>
internal readonly record struct OperandKey(DType DType, long Offset, nint RowStride, nint ColumnStride, nint Rows, nint Columns, int VectorBits)
{
    private int Lanes => VectorBits / 8 / DType.Size();

    private int SliverColumns => Lanes * MicroKernel.MaxVectors;

    /// <summary>Bytes of all slivers.</summary>
    public long Bytes => (Columns + Lanes - 1) / Lanes * Lanes * (long)Rows * DType.Size();

    /// <summary>Writes the slivers one after the other, each with all its rows; the last one is as wide as the registers that it fills.</summary>
    public unsafe void Pack(byte* from, byte* to)
    {
        if (DType == DType.F32) Pack((float*)from, (float*)to);
        else Pack((double*)from, (double*)to);
    }

    private unsafe void Pack<T>(T* from, T* to)
        where T : unmanaged
    {
        for (nint column = 0; column < Columns; column += SliverColumns)
        {
            int count = (int)Math.Min(SliverColumns, Columns - column), width = (count + Lanes - 1) / Lanes * Lanes;
            Packing.Pack(from + column * ColumnStride, ColumnStride, RowStride, to + column * Rows, count, width, (int)Rows);
        }
    }
}

/// <summary>
/// Right operands that a buffer has been, and the packed form of those that were twice in a row: weights are packed once, not at each call. It lives
/// as long as the buffer, which is not written over meanwhile.
/// </summary>
internal sealed unsafe class PackedOperands
{
    // As it is, and transposed.
    private const int Most = 2;

    private readonly Lock _gate = new();
    private (OperandKey Key, ManagedBuffer Memory)[] _packed = [];
    private OperandKey _last;

    /// <summary>True once something of it is packed.</summary>
    public bool Any => _packed.Length > 0;

    /// <summary>The packed form of an operand; null at its first use, and where memory is short.</summary>
    /// <param name="pool">Gives memory.</param>
    /// <param name="key">The operand.</param>
    /// <param name="from">Its first element.</param>
    public byte* Find(MemoryPool pool, OperandKey key, byte* from)
    {
        byte* known = Find(key);
        if (known is not null) return known;
        lock (_gate)
        {
            known = Find(key);
            if (known is not null) return known;
            bool isSecond = _last == key;
            _last = key;
            if (!isSecond || _packed.Length == Most || !pool.HasRoom(key.Bytes)) return null;
            ManagedBuffer packed = pool.Allocate(key.Bytes, out long offset);
            key.Pack(from, packed.Start + offset);
            Volatile.Write(ref _packed, [.. _packed, (key, packed)]);
            return packed.Start;
        }
    }

    private byte* Find(OperandKey key)
    {
        foreach ((OperandKey known, ManagedBuffer memory) in Volatile.Read(ref _packed))
        {
            if (known == key) return memory.Start;
        }
        return null;
    }

    /// <summary>Lets the memory go, with the buffer's.</summary>
    public void Release()
    {
        foreach ((_, ManagedBuffer memory) in _packed) memory.Release();
        _packed = [];
    }
}
