namespace TensorGraph;

public sealed partial class Dataset<T>
{
    // Sizes of examples for axes that are not fixed; no two axes have the same pair.
    private const int OneSize = 5;

    /// <summary>
    /// Elements stacked along a new first axis. Errors: TG2001 when shapes differ, TG2002 when dtypes differ or the elements are not tensors,
    /// TG2004 a size below 1. Source: tf.data.Dataset.batch.
    /// </summary>
    /// <param name="size">Elements of a batch.</param>
    /// <param name="dropRemainder">
    /// True leaves out a last batch that is smaller, so that all have one shape. In a loop of a graph that is faster: every size that occurs is
    /// compiled for itself, and the size of the batch is asked for at each iteration.
    /// </param>
    public Dataset<T> Batch(int size, bool dropRemainder = false)
    {
        Check.AtLeast(1, size, "batch");
        return Then("batch", from => new BatchCursor<T>(Open(from), size, dropRemainder, Rows.Stack), () => BatchesOf(_examples(), size, dropRemainder));
    }

    /// <summary>
    /// Elements of different sizes, filled up and stacked along a new first axis. Errors: TG2001 when an element is larger than a fixed size,
    /// TG2002 when dtypes differ or the elements are not tensors, TG2003 when the number of axes differs, TG2004 a size below 1, TG2005 a padding
    /// that the dtype does not have. Source: tf.data.Dataset.padded_batch.
    /// </summary>
    /// <param name="size">Elements of a batch.</param>
    /// <param name="dropRemainder">True leaves out a last batch that is smaller.</param>
    /// <param name="shapes">
    /// For each tensor of an element, the sizes that it gets; <see cref="Dim.Dynamic"/> for the largest size in the batch. Null makes all axes so.
    /// </param>
    /// <param name="padding">What numbers are filled up with; texts are with empty ones.</param>
    public Dataset<T> PaddedBatch(int size, bool dropRemainder = false, IReadOnlyList<Shape>? shapes = null, double padding = 0)
    {
        Check.AtLeast(1, size, "padded_batch");
        Shape[]? copy = shapes is null ? null : [.. shapes];
        return Then("padded_batch", from => new BatchCursor<T>(Open(from), size, dropRemainder, elements => Rows.Pad(elements, copy, padding)),
            () => BatchesOf(PaddedExamples(copy), size, dropRemainder));
    }

    /// <summary>
    /// Padded batches of elements of like length, so that little is filled up. Each length has its bucket; a bucket that is full is the next batch.
    /// At the end come those that are not full, from the shortest on. Errors: TG1002 null, TG2004 unless boundaries rise and there is a size of at
    /// least 1 for each bucket; those of <see cref="PaddedBatch"/>. Source: tf.data.Dataset.bucket_by_sequence_length.
    /// </summary>
    /// <param name="length">Length of an element.</param>
    /// <param name="boundaries">The least lengths of the buckets but for the first one.</param>
    /// <param name="sizes">Elements of a batch, for each bucket: one more than boundaries.</param>
    /// <param name="dropRemainder">True leaves out the batches that are smaller at the end.</param>
    /// <param name="shapes">As in <see cref="PaddedBatch"/>.</param>
    /// <param name="padding">What numbers are filled up with.</param>
    public Dataset<T> BucketByLength(
        Func<T, int> length, IReadOnlyList<int> boundaries, IReadOnlyList<int> sizes, bool dropRemainder = false, IReadOnlyList<Shape>? shapes = null,
        double padding = 0)
    {
        const string name = "bucket_by_length";
        Check.NotNull(length);
        int[] limits = [.. Check.NotNull(boundaries)], counts = [.. Check.NotNull(sizes)];
        if (counts.Length != limits.Length + 1)
            Throw.Range(name, $"{limits.Length} boundaries make {limits.Length + 1} buckets, there are {counts.Length} sizes", "Pass a size for each bucket.");
        foreach (int count in counts)
            Check.AtLeast(1, count, name, nameof(sizes));
        if (limits.Zip(limits.Skip(1)).Any(pair => pair.First >= pair.Second))
            Throw.Range(name, $"the boundaries {string.Join(", ", limits)} do not rise", "Pass them in order, each once.");
        Shape[]? copy = shapes is null ? null : [.. shapes];
        var buckets = new Buckets<T>(length, limits, counts, dropRemainder, elements => Rows.Pad(elements, copy, padding));
        // Two sizes of batches at least, so that graphs take the number of examples from each batch.
        return Then(name, from => new BucketCursor<T>(this, buckets, from), () => BatchesOf(PaddedExamples(copy), 2, dropRemainder: false));
    }

    /// <summary>
    /// Runs of neighbouring elements, stacked along a new first axis: 0 1 2, 1 2 3, … for a size of 3. Elements at the end that make no full window
    /// are left out. Errors: TG2001 and TG2002 as <see cref="Batch"/>, TG2004 a size or shift below 1.
    /// </summary>
    /// <param name="size">Elements of a window.</param>
    /// <param name="shift">Elements from the start of a window to that of the next.</param>
    public Dataset<T> Window(int size, int shift = 1)
    {
        Check.AtLeast(1, size, "window");
        Check.AtLeast(1, shift, "window");
        return Then("window", from => new WindowCursor<T>(this, size, shift, from), () => BatchesOf(_examples(), size, dropRemainder: true));
    }

    // A batch of batches has no type that all share unless the inner ones do.
    private static IEnumerable<T> BatchesOf(IEnumerable<T> examples, int size, bool dropRemainder)
    {
        bool isFirst = true;
        foreach (var example in examples)
        {
            yield return Of(example, size);
            if (isFirst && !dropRemainder && size > 1)
                yield return Of(example, size - 1);
            isFirst = false;
        }

        static T Of(T element, int count) => Rows.Stack([.. Enumerable.Repeat(element, count)]);
    }

    private IEnumerable<T> PaddedExamples(Shape[]? shapes)
    {
        var leaves = Structure.Flatten(_examples().First());
        var wanted = Rows.PaddedShapes(leaves, shapes);
        int unknown = 0;
        bool isFixed = wanted.All(shape => shape.All(size => size.IsConstant));
        for (int variant = 1; variant <= (isFixed ? 1 : 2); variant++)
        {
            unknown = 0;
            yield return Structure.Restore<T>([.. leaves.Zip(wanted, (leaf, shape) => Tensor.From(Literal.Zeros(leaf.Type.As(
                new Shape([.. shape.Dims.Select(size => size.IsConstant ? size : (Dim)(OneSize + (variant * ++unknown)))])))))]);
        }
    }
}
