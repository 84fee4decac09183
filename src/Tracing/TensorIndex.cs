namespace TensorGraph;

/// <summary>
/// A choice of entries of one axis: a number (negative, or <c>^1</c>, from the end), a range (<c>..</c> is the whole axis), a range with a step, a
/// tensor of positions that are data, or <see cref="Tensor.NewAxis"/>. Everything but the last converts by itself. Source: NumPy indexing.
/// </summary>
public readonly struct TensorIndex
{
    private TensorIndex(Range? range, long number, Tensor? positions, int step = 1) =>
        (Range, Number, Positions, Step) = (range, number, positions, step);

    internal Range? Range { get; }

    internal long Number { get; }

    internal Tensor? Positions { get; }

    /// <summary>Of a range, from which entry to the next; negative from the last one on.</summary>
    internal int Step { get; }

    internal bool IsNewAxis => Range is null && Number == long.MinValue;

    internal static TensorIndex NewAxis => new(null, long.MinValue, null);

    /// <summary>One entry; a negative number counts from the end.</summary>
    public static implicit operator TensorIndex(int index) => new(null, index, null);

    /// <summary>One entry.</summary>
    public static implicit operator TensorIndex(Index index) => new(null, index.IsFromEnd ? -index.Value : index.Value, null);

    /// <summary>The entries of a range.</summary>
    public static implicit operator TensorIndex(Range range) => new(range, 0, null);

    /// <summary>
    /// Every so many entries of a range, from its first one; with a negative step from its last one to the first: <c>(.., -1)</c> is the axis back to
    /// front.
    /// </summary>
    public static implicit operator TensorIndex((Range Entries, int Step) index) => new(index.Entries, 0, null, index.Step);

    /// <summary>The entries at positions that are data, i32 or i64.</summary>
    public static implicit operator TensorIndex(Tensor positions) => new(null, 0, Check.NotNull(positions));
}
