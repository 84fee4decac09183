namespace TensorGraph.Backends.Lowering;

/// <summary>
/// The place of the elements of a value: a slot of the region, a start and a stride for each axis, in elements. Movement ops
/// make views of views; nothing is copied until a kernel needs another order.
/// </summary>
internal sealed record View(int Slot, DType DType, long Offset, long[] Sizes, long[] Strides)
{
    public static long[] RowMajor(long[] sizes)
    {
        var strides = new long[sizes.Length];
        long stride = 1;
        for (int axis = sizes.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Math.Max(1, sizes[axis]);
        }
        return strides;
    }

    public static View Of(int slot, DType dtype, long[] sizes) => new(slot, dtype, 0, sizes, RowMajor(sizes));

    public long Count
    {
        get
        {
            long count = 1;
            foreach (long size in Sizes) count *= size;
            return count;
        }
    }

    /// <summary>True when the elements are the slot's, in order, from its start.</summary>
    public bool IsWhole => Offset == 0 && IsContiguous;

    public bool IsContiguous
    {
        get
        {
            long stride = 1;
            for (int axis = Sizes.Length - 1; axis >= 0; axis--)
            {
                if (Sizes[axis] != 1 && Strides[axis] != stride) return false;
                stride *= Sizes[axis];
            }
            return true;
        }
    }

    public View Transpose(int[] permutation) => this with
    {
        Sizes = Array.ConvertAll(permutation, axis => Sizes[axis]),
        Strides = Array.ConvertAll(permutation, axis => Strides[axis]),
    };

    /// <summary>NumPy's broadcast: axes of size 1, and new ones in front, stand still.</summary>
    public View BroadcastTo(long[] sizes)
    {
        var strides = new long[sizes.Length];
        int extra = sizes.Length - Sizes.Length;
        for (int axis = extra; axis < sizes.Length; axis++) strides[axis] = Sizes[axis - extra] == 1 ? 0 : Strides[axis - extra];
        return this with { Sizes = sizes, Strides = strides };
    }

    /// <summary>From start, every step-th element, size of them.</summary>
    public View Slice(int axis, long start, long step, long size) => this with
    {
        Offset = Offset + start * Strides[axis],
        Sizes = Replace(Sizes, axis, size),
        Strides = Replace(Strides, axis, Strides[axis] * step),
    };

    /// <summary>The elements in row-major order under other sizes, or null when strides can't say it.</summary>
    public View? Reshape(long[] sizes)
    {
        if (IsContiguous || Count == 0) return new View(Slot, DType, Offset, sizes, RowMajor(sizes));
        var strides = new long[sizes.Length];
        int from = 0;
        int to = 0;
        while (to < sizes.Length || from < Sizes.Length)
        {
            // The shortest run of old axes and of new axes with the same number of elements.
            int fromEnd = from;
            int toEnd = to;
            long old = fromEnd < Sizes.Length ? Sizes[fromEnd++] : 1;
            long wanted = toEnd < sizes.Length ? sizes[toEnd++] : 1;
            while (old != wanted)
            {
                if (old < wanted) old *= Sizes[fromEnd++];
                else wanted *= sizes[toEnd++];
            }
            // The old run must be one run of memory.
            int last = -1;
            for (int axis = fromEnd - 1; axis >= from; axis--)
            {
                if (Sizes[axis] == 1) continue;
                if (last >= 0 && Strides[axis] != Strides[last] * Sizes[last]) return null;
                last = axis;
            }
            int innermost = fromEnd - 1;
            while (innermost > from && Sizes[innermost] == 1) innermost--;
            long stride = innermost >= from && innermost < Sizes.Length ? Strides[innermost] : 0;
            for (int axis = toEnd - 1; axis >= to; axis--)
            {
                strides[axis] = stride;
                stride *= sizes[axis];
            }
            from = fromEnd;
            to = toEnd;
        }
        return new View(Slot, DType, Offset, sizes, strides);
    }

    public static long[] Replace(long[] values, int index, long value)
    {
        long[] copy = [.. values];
        copy[index] = value;
        return copy;
    }
}
