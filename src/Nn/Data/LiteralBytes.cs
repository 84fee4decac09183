namespace TensorGraph;

/// <summary>A tensor as bytes: dtype, rank, sizes, elements.</summary>
internal static class LiteralBytes
{
    public static void Write(BinaryWriter writer, Literal literal)
    {
        writer.Write((byte)literal.Type.DType);
        writer.Write((byte)literal.Type.Rank);
        foreach (var size in literal.Type.Shape)
            writer.Write(size.Value);
        if (literal.Data is string[] texts)
        {
            foreach (string text in texts)
                writer.Write(text);
            return;
        }

        foreach (var (offset, count) in literal.Parts())
            writer.Write(literal.Bytes(offset, count));
    }

    public static Literal Read(BinaryReader reader)
    {
        var dtype = (DType)reader.ReadByte();
        if (!Enum.IsDefined(dtype))
            throw new InvalidDataException("it has an unknown dtype");
        long[] sizes = new long[reader.ReadByte()];
        Int128 elements = 1;
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = reader.ReadInt64();
            elements = sizes[i] < 0 || elements > long.MaxValue ? -1 : elements * sizes[i];
        }

        // Each element takes a byte at least.
        if (elements < 0 || elements > reader.BaseStream.Length - reader.BaseStream.Position)
            throw new InvalidDataException("its sizes are damaged");
        var literal = Literal.Zeros(new(dtype, new Shape(sizes)));
        if (literal.Data is string[] texts)
        {
            for (int i = 0; i < texts.Length; i++)
                texts[i] = reader.ReadString();
            return literal;
        }

        foreach (var (offset, count) in literal.Parts())
            reader.BaseStream.ReadExactly(literal.Bytes(offset, count));
        return literal;
    }
}
