namespace TensorGraph;

/// <summary>Functions that repeat, split and turn tensors, made of ops that rearrange elements. Gradient: to the elements that were used.</summary>
public static partial class Ops
{
    /// <summary>
    /// The tensor side by side with itself, so many times along each axis; missing numbers are in front and 1. Shape: each size times its number.
    /// Errors: TG2004 a negative number. Source: np.tile.
    /// </summary>
    public static Tensor Tile(Tensor x, params ReadOnlySpan<long> times)
    {
        Shape shape = Check.NotNull(x).GraphType.Shape;
        int rank = Math.Max(shape.Rank, times.Length);
        List<Dim> apart = [], repeated = [], joined = [];
        for (int axis = 0; axis < rank; axis++)
        {
            Dim size = axis < rank - shape.Rank ? 1 : shape[axis - rank + shape.Rank];
            long count = axis < rank - times.Length ? 1 : times[axis - rank + times.Length];
            if (count < 0)
                Throw.Range("tile", $"{count} times along axis {axis}", "Numbers of copies are not negative.");
            apart.AddRange(1, size);
            repeated.AddRange(count, size);
            joined.Add(count * size);
        }

        return Reshape(BroadcastTo(Reshape(x, [.. apart]), new Shape([.. repeated])), [.. joined]);
    }

    /// <summary>
    /// Each entry of an axis several times, one after the other. Errors: TG2004 no such axis, or a negative number. Source: np.repeat.
    /// </summary>
    public static Tensor Repeat(Tensor x, long count, int axis = 0)
    {
        Shape shape = Check.NotNull(x).GraphType.Shape;
        int at = Axis("repeat", axis, x.Rank);
        if (count < 0)
            Throw.Range("repeat", $"{count} times along axis {at}", "Numbers of copies are not negative.");
        var apart = ExpandDims(x, at + 1);
        return Reshape(BroadcastTo(apart, apart.GraphType.Shape.With(at + 1, count)), [.. shape.Dims.SetItem(at, shape[at] * count)]);
    }

    /// <summary>Equal parts along an axis. Errors: TG2001 when they are not equal; TG2004 no such axis, or no part. Source: np.split.</summary>
    /// <example>
    /// <code>
    /// Tensor[] halves = Ops.Split(new[] { 1f, 2f, 3f, 4f }, 2);
    /// Console.WriteLine(halves[1]); // [3, 4]
    /// </code>
    /// </example>
    public static Tensor[] Split(Tensor x, int parts, int axis = 0)
    {
        Shape shape = Check.NotNull(x).GraphType.Shape;
        int at = Axis("split", axis, x.Rank);
        if (parts < 1)
            Throw.Range("split", $"{parts} parts of {x.GraphType}", "Make at least one part.");
        if (shape[at] is { IsConstant: true, Value: var size } && size % parts != 0)
            Throw.Shape("split", $"axis {at} of {x.GraphType} has no {parts} equal parts", "Give the sizes of the parts: Ops.Split(x, [2, 3]).");
        Dim part = Dim.FloorDiv(shape[at], parts);
        // The reshape checks, when the graph runs, what is not known now.
        var rows = Reshape(x, [.. shape.Take(at), parts, part, .. shape.Skip(at + 1)]);
        return [.. Enumerable.Range(0, parts).Select(i => Entry(rows, at, i))];
    }

    /// <summary>
    /// Parts of given sizes along an axis. Errors: TG2001 when they do not add up to its size; TG2004 no such axis. Source: torch.split.
    /// </summary>
    public static Tensor[] Split(Tensor x, Shape sizes, int axis = 0)
    {
        Shape shape = Check.NotNull(x).GraphType.Shape, none = new(new long[x.Rank]);
        int at = Axis("split", axis, x.Rank);
        Dim all = sizes.InGraph.Aggregate((Dim)0, (sum, size) => sum + size);
        if (all != shape[at] && all.IsConstant && shape[at].IsConstant)
            Throw.Shape("split", $"axis {at} of {x.GraphType} is not {sizes} together", "Give sizes that add up to that of the axis.");
        var parts = new Tensor[sizes.Rank];
        Dim start = 0;
        foreach (var (i, size) in sizes.InGraph.Index())
        {
            Dim stop = i == parts.Length - 1 ? shape[at] : start + size;
            parts[i] = Reshape(Slice(x, none.With(at, start), shape.With(at, stop)), [.. shape.Dims.SetItem(at, size)]);
            start += size;
        }

        return parts;
    }

    /// <summary>The entries of an axis, as many tensors as it is long. Errors: TG1001 a size that only a run knows. Source: tf.unstack.</summary>
    public static Tensor[] Unstack(Tensor x, int axis = 0)
    {
        int at = Axis("unstack", axis, Check.NotNull(x).Rank);
        return [.. Enumerable.Range(0, checked((int)x.Shape[at].Value)).Select(i => Entry(x, at, i))];
    }

    /// <summary>
    /// Entries of an axis moved on by <paramref name="shift"/>; what leaves at the end comes in at the beginning. Errors: TG2004 no such axis.
    /// Source: np.roll.
    /// </summary>
    public static Tensor Roll(Tensor x, long shift, int axis = 0)
    {
        int at = Axis("roll", axis, Check.NotNull(x).Rank);
        Dim size = x.GraphType.Shape[at];
        if (!size.IsConstant)
            return Gather(x, Mod(Sub(Iota(size, DType.I64), Mod(shift, SizeOf(size))), SizeOf(size)), at);
        long moved = size.Value == 0 ? 0 : ((shift % size.Value) + size.Value) % size.Value;
        if (moved == 0)
            return x;
        Shape none = new(new long[x.Rank]), shape = x.GraphType.Shape;
        return Concat([Slice(x, none.With(at, size - moved), shape), Slice(x, none, shape.With(at, size - moved))], at);
    }

    /// <summary>
    /// The lower triangle of the last two axes, zeros above the diagonal. Errors: TG2003 fewer than two axes. Source: np.tril.
    /// </summary>
    public static Tensor Tril(Tensor x, int diagonal = 0) => Triangle("tril", x, (row, column) => column <= row + (long)diagonal);

    /// <summary>
    /// The upper triangle of the last two axes, zeros below the diagonal. Errors: TG2003 fewer than two axes. Source: np.triu.
    /// </summary>
    public static Tensor Triu(Tensor x, int diagonal = 0) => Triangle("triu", x, (row, column) => column >= row + (long)diagonal);

    /// <summary>All products of an element of a and one of b. Shape: elements of a, elements of b. Source: np.outer.</summary>
    public static Tensor Outer(Tensor a, Tensor b) => ExpandDims(Reshape(a, -1), 1) * Reshape(b, -1);

    /// <summary>
    /// Each element of a times the whole of b, side by side. Shape: the sizes of both multiplied, axis by axis from the last. Source: np.kron.
    /// </summary>
    public static Tensor Kron(Tensor a, Tensor b)
    {
        Shape left = Check.NotNull(a).GraphType.Shape, right = Check.NotNull(b).GraphType.Shape;
        int rank = Math.Max(left.Rank, right.Rank);
        Dim[] SizesOf(Shape shape) => [.. Enumerable.Repeat((Dim)1, rank - shape.Rank), .. shape];
        Dim[] of = SizesOf(left), by = SizesOf(right);
        var product = Reshape(a, [.. of.SelectMany(size => new Dim[] { size, 1 })]) * Reshape(b, [.. by.SelectMany(size => new Dim[] { 1, size })]);
        return Reshape(product, [.. of.Zip(by, (one, other) => one * other)]);
    }

    private static Tensor Triangle(string op, Tensor x, Func<Tensor, Tensor, Tensor> isKept)
    {
        if (Check.NotNull(x).Rank < 2)
            Throw.Rank(op, $"a {x.GraphType} is no matrix", "Pass a tensor with at least two axes.");
        if (x.DType == DType.String)
            Throw.DType(op, $"a {x.GraphType} has no zeros", "Use a dtype of numbers; Ops.Where chooses between texts.");
        Shape matrix = new([.. x.GraphType.Shape.TakeLast(2)]);
        return Where(isKept(Positions(matrix, 0), Positions(matrix, 1)), x, ZerosLike(x));
    }

    // The entry of an axis at a place, without the axis.
    private static Tensor Entry(Tensor x, int axis, long place)
    {
        Shape shape = x.GraphType.Shape;
        var entry = Slice(x, new Shape(new long[x.Rank]).With(axis, place), shape.With(axis, place + 1));
        return Reshape(entry, [.. shape.Without([axis])]);
    }
}
