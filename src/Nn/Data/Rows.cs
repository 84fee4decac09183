namespace TensorGraph;

/// <summary>Entries along the first axis, taken out and put together on the host.</summary>
internal static class Rows
{
    public static TensorType EntryType(Literal column) => column.Type.As(column.Type.Shape.Without([0]));

    public static Literal Entry(Literal column, long index)
    {
        var entry = Literal.Zeros(EntryType(column));
        Array.Copy(column.Data, index * entry.Count, entry.Data, 0, entry.Count);
        return entry;
    }

    /// <summary>Elements stacked along a new first axis, leaf by leaf. TG2001 and TG2002 when they differ in type.</summary>
    public static T Stack<T>(IReadOnlyList<T> elements)
    {
        Tensor[][] rows = [.. elements.Select(Structure.Flatten)];
        return Structure.Restore<T>([.. rows[0].Select((_, leaf) => Stack([.. rows.Select(row => row[leaf])]))]);
    }

    private static Tensor Stack(Tensor[] rows)
    {
        var type = rows[0].Type;
        var stacked = Literal.Zeros(type.As(new Shape([rows.Length, .. type.Shape])));
        long count = stacked.Count / rows.Length;
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].DType != type.DType)
                Throw.DType("batch", $"element {i} is {rows[i].Type}, element 0 {type}", "Cast the elements to one dtype with Map.");
            if (rows[i].Shape != type.Shape)
                Throw.Shape("batch", $"element {i} is {rows[i].Type}, element 0 {type}",
                    "Bring the elements to one shape with Map, for example by padding.");
            Array.Copy(rows[i].ToLiteral().Data, 0, stacked.Data, i * count, count);
        }

        return Tensor.From(stacked);
    }
}
