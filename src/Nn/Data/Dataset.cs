namespace TensorGraph;

/// <summary>Makes datasets.</summary>
public static class Dataset
{
    /// <summary>
    /// The entries of tensors along their first axis, one after the other; of a tuple of tensors the entries that belong together. Errors: TG1001
    /// a symbolic tensor, TG1002 null, TG2001 when the first axes differ in size, TG2002 when it is neither a tensor nor a tuple of tensors,
    /// TG2003 a scalar. Source: tf.data.Dataset.from_tensor_slices.
    /// </summary>
    /// <typeparam name="T">A tensor, or a tuple of tensors.</typeparam>
    /// <param name="tensors">What to slice.</param>
    public static Dataset<T> FromTensorSlices<T>(T tensors)
    {
        Literal[] columns = [.. Structure.Flatten(tensors).Select(tensor => tensor.ToLiteral())];
        foreach (var column in columns)
        {
            if (column.Type.Rank == 0)
                Throw.Rank("dataset", "a scalar has no slices", "Pass tensors with at least one axis.");
            if (column.Type.Shape[0] != columns[0].Type.Shape[0])
                Throw.Shape("dataset", $"the tensors have different numbers of entries: {string.Join(", ", columns.Select(each => each.Type))}",
                    "Their first axes must be of one size.");
        }

        long count = columns.Length == 0 ? 0 : columns[0].Type.Shape[0].Value;
        return new(Slices(), () => Structure.Restore<T>([.. columns.Select(column => Tensor.From(Literal.Zeros(Rows.EntryType(column))))]));

        IEnumerable<T> Slices()
        {
            for (long i = 0; i < count; i++)
                yield return Structure.Restore<T>([.. columns.Select(column => Tensor.From(Rows.Entry(column, i)))]);
        }
    }

    /// <summary>The elements of a C# sequence, which must be one that can be enumerated again and again. Errors: TG1002 null, TG1006 when it is empty
    /// and a graph loops over it.</summary>
    /// <typeparam name="T">A tensor or a tuple of tensors; anything while <see cref="Dataset{T}.Map"/> is still to come.</typeparam>
    /// <param name="elements">The elements.</param>
    public static Dataset<T> FromEnumerable<T>(IEnumerable<T> elements)
    {
        Check.NotNull(elements);
        return new(elements, () =>
        {
            foreach (var element in elements)
                return element;
            Throw.Raise(DiagnosticIds.BadData, "dataset", "it is empty, so that its element type is unknown", "Pass at least one element.");
            return default!;
        });
    }

    /// <summary>The numbers 0, 1, … count − 1, as i64. Errors: TG2004 a negative count. Source: tf.data.Dataset.range.</summary>
    /// <param name="count">How many.</param>
    public static Dataset<Tensor> Range(int count) =>
        new(Enumerable.Range(0, Check.AtLeast(0, count, "dataset")).Select(number => (Tensor)(long)number), () => 0L);
}
