using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Commands;

/// <summary>A row-major tensor as lines along one axis: line (o, i) begins at (o·Count·Inner) + i and steps by Inner.</summary>
internal readonly record struct LineSpace(long Outer, long Count, long Inner)
{
    public static LineSpace Of(long[] sizes, int axis)
    {
        long outer = 1;
        long inner = 1;
        for (int i = 0; i < axis; i++) outer *= sizes[i];
        for (int i = axis + 1; i < sizes.Length; i++) inner *= sizes[i];
        return new LineSpace(outer, sizes[axis], inner);
    }
}

/// <summary>Place of the first largest or smallest element; a NaN beats everything.</summary>
internal sealed record ArgCommand(LineSpace Space, View X, int Result, bool IsLargest) : Command([X.Slot], [Result])
{
    public override string Describe() => $"{(IsLargest ? "arg_max" : "arg_min")} s{X.Slot} -> s{Result}";
}

/// <summary>Running sums.</summary>
internal sealed record CumSumCommand(LineSpace Space, View X, int Result, bool IsReverse, bool IsExclusive) : Command([X.Slot], [Result])
{
    public override string Describe() => $"cum_sum s{X.Slot} -> s{Result}";
}

/// <summary>Sorts lines, stable, NaNs last, and tells where each element was; the results have the first <c>Count</c> of each line.</summary>
internal sealed record SortCommand(LineSpace Space, View X, int Sorted, int Places, long Count, bool IsDescending)
    : Command([X.Slot], [Sorted, Places])
{
    public override string Describe() => $"sort s{X.Slot} -> s{Sorted}, s{Places}";
}

/// <summary>Philox4x32-10: four words for each value of the counter.</summary>
internal sealed record RandomBitsCommand(View Key, View Counter, int Result, long Count) : Command([Key.Slot, Counter.Slot], [Result])
{
    public override string Describe() => FormattableString.Invariant($"random_bits {Count} -> s{Result}");
}
