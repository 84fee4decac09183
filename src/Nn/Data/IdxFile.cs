using System.Buffers.Binary;

namespace TensorGraph;

/// <summary>
/// Files of one tensor in the IDX format, as MNIST and Fashion-MNIST have: two zero bytes, element type, number of axes, sizes, elements; big-endian.
/// Source: yann.lecun.com/exdb/mnist.
/// </summary>
public static class IdxFile
{
    private const string Step = "idx";

    private static readonly Dictionary<byte, DType> s_types = new()
    {
        [8] = DType.U8,
        [9] = DType.I8,
        [11] = DType.I16,
        [12] = DType.I32,
        [13] = DType.F32,
        [14] = DType.F64,
    };

    /// <summary>The tensor of a file, unzipped when its name ends in .gz. Errors: TG1002 null, TG1006 when it is missing or damaged.</summary>
    /// <param name="path">The file.</param>
    public static Tensor Read(string path) => DataFile.Try(Step, Check.NotNull(path), () =>
    {
        using var stream = DataFile.Open(Step, path);
        Span<byte> start = stackalloc byte[4];
        stream.ReadExactly(start);
        if (start[0] != 0 || start[1] != 0 || !s_types.TryGetValue(start[2], out var dtype))
            throw new InvalidDataException("it is not an IDX file");
        var sizes = new long[start[3]];
        foreach (ref long size in sizes.AsSpan())
        {
            stream.ReadExactly(start);
            size = BinaryPrimitives.ReadInt32BigEndian(start);
        }

        if (sizes.Any(size => size < 1))
            throw new InvalidDataException($"its header says {string.Join(" × ", sizes)} elements; each size is at least 1");
        return Tensor.From(Elements(stream, dtype, sizes));
    });

    private static Literal Elements(Stream stream, DType dtype, long[] sizes)
    {
        // Beyond an array's length any product is as good as another.
        int size = dtype.Size();
        Int128 claimed = sizes.Aggregate((Int128)size, (product, axis) => product > Array.MaxLength ? product : product * axis);
        // The header is no reason to take memory: it grows with what the file has.
        var content = new MemoryStream();
        var part = new byte[1 << 16];
        for (int read; content.Length <= claimed && (read = stream.Read(part)) > 0;)
            content.Write(part, 0, read);
        if (content.Length != claimed)
            throw new InvalidDataException($"its header says {string.Join(" × ", sizes)} elements, it has {(content.Length > claimed ? "more" : $"{content.Length / size}")}");
        var literal = Literal.Zeros(new(dtype, new Shape(sizes)));
        var target = literal.Bytes(0, (int)claimed);
        content.GetBuffer().AsSpan(0, (int)claimed).CopyTo(target);
        for (int i = 0; BitConverter.IsLittleEndian && size > 1 && i < claimed; i += size)
            target.Slice(i, size).Reverse();
        return literal;
    }
}
