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

    /// <summary>Elements filled up to the sizes given, or to the largest, and stacked.</summary>
    public static T Pad<T>(IReadOnlyList<T> elements, Shape[]? shapes, double padding)
    {
        Tensor[][] rows = [.. elements.Select(Structure.Flatten)];
        var wanted = PaddedShapes(rows[0], shapes);
        return Structure.Restore<T>([.. wanted.Select((shape, leaf) => Pad([.. rows.Select(row => row[leaf])], shape, padding))]);
    }

    /// <summary>The sizes that the tensors of an element get; not constant for the largest of a batch. TG2003 when they do not fit.</summary>
    public static Shape[] PaddedShapes(Tensor[] leaves, Shape[]? shapes)
    {
        if (shapes is null)
            return [.. leaves.Select(leaf => new Shape([.. leaf.Shape.Dims.Select(_ => Dim.Dynamic)]))];
        if (shapes.Length != leaves.Length)
            Throw.Rank("padded_batch", $"there are {shapes.Length} shapes for elements of {leaves.Length} tensors", "Pass a shape for each tensor.");
        return shapes;
    }

    private static Tensor Stack(Tensor[] rows)
    {
        var type = rows[0].Type;
        var stacked = Literal.Zeros(type.As(new Shape([rows.Length, .. type.Shape])));
        long count = stacked.Count / rows.Length;
        for (int i = 0; i < rows.Length; i++)
        {
            SameDType("batch", rows, i);
            if (rows[i].Shape != type.Shape)
                Throw.Shape("batch", $"element {i} is {rows[i].Type}, element 0 {type}",
                    "Bring the elements to one shape with Map, or fill them up with PaddedBatch.");
            Array.Copy(rows[i].ToLiteral().Data, 0, stacked.Data, i * count, count);
        }

        return Tensor.From(stacked);
    }

    private static Tensor Pad(Tensor[] rows, Shape shape, double padding)
    {
        var type = rows[0].Type;
        for (int i = 0; i < rows.Length; i++)
        {
            SameDType("padded_batch", rows, i);
            if (rows[i].Rank != shape.Rank)
                Throw.Rank("padded_batch", $"element {i} is {rows[i].Type}, its shape shall be {shape}", "Give all elements the same number of axes.");
        }

        long[] sizes = [.. shape.Dims.Select((size, axis) => size.IsConstant ? size.Value : rows.Max(row => row.Shape[axis].Value))];
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Shape.Dims.Zip(sizes).Any(pair => pair.First.Value > pair.Second))
                Throw.Shape("padded_batch", $"element {i} is {rows[i].Type}, larger than {new Shape(sizes)}", "Cut the elements with Map, or pass larger sizes.");
        }

        var result = Filled(type.As(new Shape([rows.Length, .. sizes])), padding);
        long count = result.Count / rows.Length;
        for (int i = 0; i < rows.Length; i++)
            CopyBlock(rows[i].ToLiteral(), result, i * count, sizes);
        return Tensor.From(result);
    }

    private static Literal Filled(TensorType type, double padding)
    {
        var result = Literal.Zeros(type);
        if (padding == 0 || type.DType == DType.String)
            return result;
        for (long i = 0; i < result.Count; i++)
            result.SetDouble(i, padding);
        if (!type.DType.IsFloat() && result.Count > 0 && result.GetDouble(0) != padding)
            Throw.Raise(DiagnosticIds.NotRepresentable, "padded_batch", $"{type.DType} has no {padding}", "Pass a padding that the dtype has.");
        return result;
    }

    // Runs along the last axis are copied one by one.
    private static void CopyBlock(Literal from, Literal to, long start, long[] sizes)
    {
        long[] own = [.. from.Type.Shape.Dims.Select(size => size.Value)];
        long run = own.Length == 0 ? 1 : own[^1];
        var index = new long[own.Length];
        for (long copied = 0; copied < from.Count; copied += run)
        {
            long place = 0;
            for (int axis = 0; axis < own.Length; axis++)
                place = (place * sizes[axis]) + index[axis];
            Array.Copy(from.Data, copied, to.Data, start + place, run);
            for (int axis = own.Length - 2; axis >= 0 && ++index[axis] == own[axis]; axis--)
                index[axis] = 0;
        }
    }

    private static void SameDType(string step, Tensor[] rows, int i)
    {
        if (rows[i].DType != rows[0].DType)
            Throw.DType(step, $"element {i} is {rows[i].Type}, element 0 {rows[0].Type}", "Cast the elements to one dtype with Map.");
    }
}
