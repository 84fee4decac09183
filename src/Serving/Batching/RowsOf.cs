namespace TensorGraph.Serving;

/// <summary>Rows of tensors: their entries along the first axis.</summary>
internal static class RowsOf
{
    /// <summary>True when all axes but the first are equal.</summary>
    public static bool HaveEqualRows(Literal a, Literal b) => a.Type.Shape.Rank == b.Type.Shape.Rank && Rest(a).SequenceEqual(Rest(b));

    /// <summary>Some of the rows.</summary>
    public static Literal Slice(Literal value, int first, int count)
    {
        long width = Width(value);
        var slice = Literal.Zeros(value.Type.As(value.Type.Shape.With(0, count)));
        Array.Copy(value.Data, first * width, slice.Data, 0, count * width);
        return slice;
    }

    /// <summary>Some of the rows of each tensor.</summary>
    public static IReadOnlyDictionary<string, Literal> Slice(IReadOnlyDictionary<string, Literal> values, int first, int count)
    {
        var slices = new OrderedDictionary<string, Literal>(values.Count, StringComparer.Ordinal);
        foreach (var (name, value) in values)
            slices[name] = Slice(value, first, count);
        return slices;
    }

    /// <summary>The rows of several tensors, then copies of the first row of the last one until there are <paramref name="total"/>.</summary>
    public static Literal Concat(IReadOnlyList<Literal> values, int total)
    {
        long width = Width(values[0]);
        var joined = Literal.Zeros(values[0].Type.As(values[0].Type.Shape.With(0, total)));
        long at = 0;
        foreach (var value in values)
        {
            Array.Copy(value.Data, 0, joined.Data, at, value.Count);
            at += value.Count;
        }

        for (; at < total * width; at += width)
            Array.Copy(values[^1].Data, 0, joined.Data, at, width);
        return joined;
    }

    /// <summary>Tensors whose other axes are as long as the longest, filled up with the first element of each.</summary>
    public static IReadOnlyList<Literal> Padded(IReadOnlyList<Literal> values)
    {
        if (values.All(value => HaveEqualRows(value, values[0])))
            return values;
        long[] longest = [.. Rest(values[0])];
        foreach (var value in values)
        {
            foreach (var (i, size) in Rest(value).Index())
                longest[i] = Math.Max(longest[i], size);
        }

        return [.. values.Select(value => Padded(value, longest))];
    }

    private static Literal Padded(Literal value, long[] rest)
    {
        long[] old = value.Type.Shape.ToArray(), shape = [old[0], .. rest];
        var padded = Literal.Zeros(new(value.Type.DType, new(shape)));
        if (value.Count == 0)
            return padded;
        for (long i = 0; i < padded.Count; i++)
            padded.Copy(i, value, 0);
        long length = old[^1];
        for (long row = 0; row < value.Count / length; row++)
        {
            // The place of a run of elements: its index in each axis, from the last one but one to the first.
            long index = row, at = 0, step = shape[^1];
            for (int axis = old.Length - 2; axis >= 0; axis--)
            {
                at += index % old[axis] * step;
                (index, step) = (index / old[axis], step * shape[axis]);
            }

            Array.Copy(value.Data, row * length, padded.Data, at, length);
        }

        return padded;
    }

    private static IEnumerable<long> Rest(Literal value) => value.Type.Shape.ToArray().Skip(1);

    private static long Width(Literal value) => value.Type.Shape.ToArray().Skip(1).Aggregate(1L, (product, size) => product * size);
}
