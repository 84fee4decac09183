namespace TensorGraph;

/// <summary>
/// Rows of a table by their numbers. Shape: (…) → (…, size). DType: i32 or i64 → that of the layer. Errors: TG2002 dtype, TG2004 a number that is no
/// row, as it runs. Gradient: each row gets the sum over its uses. Source: torch.nn.Embedding.
/// </summary>
/// <example>
/// <code>
/// var embedding = new Embedding(100, 8);
/// Console.WriteLine(embedding.Call(new[] { 3, 99 }).Shape); // [2, 8]
/// </code>
/// </example>
public sealed class Embedding : Module
{
    private readonly int? _padding;

    /// <summary>Makes the layer and its table. Errors: TG2004 a size below 1, or padding that is no row.</summary>
    /// <param name="entries">Rows of the table.</param>
    /// <param name="size">Numbers of a row.</param>
    /// <param name="padding">A row for padding: it starts at 0 and is not learned; null for none.</param>
    /// <param name="initializer">What the table starts from; normal numbers when null, as in PyTorch.</param>
    /// <param name="random">Numbers for the initialiser; <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="dtype">Element type of the table.</param>
    public Embedding(
        int entries, int size, int? padding = null, Initializer? initializer = null, RandomGenerator? random = null, DType dtype = DType.F32)
    {
        Check.AtLeast(1, entries, "embedding");
        Check.AtLeast(1, size, "embedding");
        Check.Range(padding is null || (padding >= 0 && padding < entries), "embedding", nameof(padding), padding ?? 0, "the number of a row");
        _padding = padding;
        Table = Weights.Initial("table", Cleared(initializer ?? Initializers.Normal(), padding), new Shape(entries, size), entries, size, random, dtype);
    }

    /// <summary>One row for each entry, (entries, size).</summary>
    public Variable Table { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        Tensor rows = Ops.Gather(Table, Check.NotNull(x));
        return _padding is not { } padding ? rows : Ops.Where(Ops.ExpandDims(x == padding, -1), Ops.StopGradient(rows), rows);
    }

    internal static Initializer Cleared(Initializer initializer, int? padding) => padding is not { } row ? initializer
        : (shape, fanIn, fanOut, random) => Ops.Where(
            Ops.ExpandDims(Ops.Iota(shape[0]) == row, -1), 0.0, initializer(shape, fanIn, fanOut, random));
}

/// <summary>How an <see cref="EmbeddingBag"/> joins its rows.</summary>
public enum BagMode
{
    /// <summary>Mean of the rows that are not padding; 0 without any.</summary>
    Mean,

    /// <summary>Sum of the rows.</summary>
    Sum,

    /// <summary>Largest number of each column; 0 without any row.</summary>
    Max,
}

/// <summary>
/// Rows of a table, joined for each example: the bag of words. Shape: (…, length) → (…, size). DType: i32 or i64 → that of the layer. Errors: TG2002
/// dtype, TG2003 a scalar, TG2004 a number that is no row, as it runs. Source: torch.nn.EmbeddingBag.
/// </summary>
public sealed class EmbeddingBag : Module
{
    private readonly BagMode _mode;
    private readonly int? _padding;

    /// <summary>Makes the layer and its table. Errors: TG2004 a setting out of range.</summary>
    /// <param name="entries">Rows of the table.</param>
    /// <param name="size">Numbers of a row.</param>
    /// <param name="mode">How rows are joined.</param>
    /// <param name="padding">A row that does not count; null for none.</param>
    /// <param name="initializer">What the table starts from; normal numbers when null, as in PyTorch.</param>
    /// <param name="random">Numbers for the initialiser; <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="dtype">Element type of the table.</param>
    public EmbeddingBag(
        int entries, int size, BagMode mode = BagMode.Mean, int? padding = null, Initializer? initializer = null, RandomGenerator? random = null,
        DType dtype = DType.F32)
    {
        Check.AtLeast(1, entries, "embedding_bag");
        Check.AtLeast(1, size, "embedding_bag");
        Check.Range(Enum.IsDefined(mode), "embedding_bag", nameof(mode), (int)mode, "a value of BagMode");
        Check.Range(padding is null || (padding >= 0 && padding < entries), "embedding_bag", nameof(padding), padding ?? 0, "the number of a row");
        (_mode, _padding) = (mode, padding);
        Table = Weights.Initial("table", Embedding.Cleared(initializer ?? Initializers.Normal(), padding), new Shape(entries, size), entries, size,
            random, dtype);
    }

    /// <summary>One row for each entry, (entries, size).</summary>
    public Variable Table { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        if (Check.NotNull(x).Rank == 0)
            Throw.Rank("embedding_bag", $"got {x.Type}", "The last axis is the bag.");
        Tensor rows = Ops.Gather(Table, x);
        int axis = x.Rank - 1;
        Tensor counts = _padding is { } padding ? x != padding : Ops.Equal(x, x);
        Tensor inBag = Ops.ExpandDims(counts, -1), number = Ops.Sum(inBag.Cast(rows.DType), [axis]);
        if (_mode == BagMode.Max)
        {
            // A bag without rows, as an empty one, has no largest number.
            Tensor largest = Ops.ReduceMax(Ops.Where(inBag, rows, double.NegativeInfinity), [axis]);
            return Ops.Where(number > 0, largest, 0.0);
        }

        Tensor sum = Ops.Sum(Ops.Where(inBag, rows, 0.0), [axis]);
        return _mode == BagMode.Sum ? sum : sum / Ops.Max(number, 1);
    }
}
