namespace TensorGraph;

/// <summary>Makes datasets.</summary>
/// <example>
/// <code>
/// var data = Dataset.FromTensorSlices(Ops.Iota(5)).Map(x =&gt; x * x).Batch(2);
/// Console.WriteLine(string.Join(" ", data)); // [0, 1] [4, 9] [16]
/// </code>
/// </example>
public static partial class Dataset
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
        return Indexed("slices", count, i => Restored(column => Rows.Entry(column, i)), () => Restored(column => Literal.Zeros(Rows.EntryType(column))));

        T Restored(Func<Literal, Literal> entry) => Structure.Restore<T>([.. columns.Select(column => Tensor.From(entry(column)))]);
    }

    /// <summary>
    /// The elements of a C# sequence, for example of a method with <c>yield return</c>, enumerated anew by each iteration. It may be endless.
    /// Errors: TG1002 null, TG1006 when it is empty and a graph loops over it.
    /// </summary>
    /// <typeparam name="T">A tensor or a tuple of tensors; anything while <see cref="Dataset{T}.Map"/> is still to come.</typeparam>
    /// <param name="elements">The elements.</param>
    public static Dataset<T> FromEnumerable<T>(IEnumerable<T> elements) => Sequence("sequence", Check.NotNull(elements));

    /// <summary>
    /// The elements of an asynchronous C# sequence. The consumer waits for each one; <see cref="Dataset{T}.Prefetch"/> waits in its place. Errors:
    /// TG1002 null, TG1006 when it is empty and a graph loops over it.
    /// </summary>
    /// <typeparam name="T">A tensor or a tuple of tensors; anything while <see cref="Dataset{T}.Map"/> is still to come.</typeparam>
    /// <param name="elements">The elements.</param>
    public static Dataset<T> FromAsyncEnumerable<T>(IAsyncEnumerable<T> elements)
    {
        Check.NotNull(elements);
        return Sequence("async_sequence", Awaited());

        IEnumerable<T> Awaited()
        {
            var enumerator = elements.GetAsyncEnumerator();
            try
            {
                while (Await(enumerator.MoveNextAsync))
                    yield return enumerator.Current;
            }
            finally
            {
                Await(async () =>
                {
                    await enumerator.DisposeAsync();
                    return true;
                });
            }
        }
    }

    /// <summary>
    /// Elements that a function makes of their number: 0, 1, … Such a dataset is resumed anywhere at once. Errors: TG1002 null, TG2004 a negative
    /// count.
    /// </summary>
    /// <typeparam name="T">A tensor or a tuple of tensors; anything while <see cref="Dataset{T}.Map"/> is still to come.</typeparam>
    /// <param name="element">Makes an element; it is the same each time.</param>
    /// <param name="count">How many; null for endlessly many.</param>
    public static Dataset<T> Generate<T>(Func<long, T> element, long? count = null)
    {
        Check.NotNull(element);
        if (count < 0)
            Throw.Range("generate", $"'{nameof(count)}' is {count}", "It must be at least 0.");
        return Indexed("generate", count ?? long.MaxValue, element, () => element(0));
    }

    /// <summary>The numbers 0, 1, … count − 1, as i64. Errors: TG2004 a negative count. Source: tf.data.Dataset.range.</summary>
    /// <param name="count">How many.</param>
    public static Dataset<Tensor> Range(int count) => Indexed("range", Check.AtLeast(0, count, "dataset"), number => (Tensor)number, () => 0L);

    private static Dataset<T> Indexed<T>(string step, long count, Func<long, T> element, Func<T> example) =>
        new(step, from => new IndexedCursor<T>(step, count, element, from), () => [example()], []);

    private static Dataset<T> Sequence<T>(string step, IEnumerable<T> elements, Func<T>? example = null) =>
        new(step, from => new SequenceCursor<T>(step, elements, from), () => [example is null ? First(elements) : example()], []);

    private static T First<T>(IEnumerable<T> elements)
    {
        foreach (var element in elements)
            return element;
        Throw.Raise(DiagnosticIds.BadData, "dataset", "it is empty, so that its element type is unknown", "Pass at least one element.");
        return default!;
    }

    // What the sequence awaits must not come back to a thread that waits here.
    private static T Await<T>(Func<ValueTask<T>> start) =>
        (SynchronizationContext.Current is null ? start().AsTask() : Task.Run(() => start().AsTask())).GetAwaiter().GetResult();
}
