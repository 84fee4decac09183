namespace TensorGraph.Backends.Loops;

/// <summary>The associative combinations that reductions are made of.</summary>
internal static class Folds
{
    public static bool IsFold(string op) => op.StartsWith("fold.", StringComparison.Ordinal);

    /// <summary>The pointwise op that combines two elements.</summary>
    public static string Combine(string fold) => fold[5..];

    /// <summary>The element that changes nothing.</summary>
    public static double Identity(string fold, DType dtype) => (Combine(fold), dtype) switch
    {
        ("add" or "or", _) => 0,
        ("mul", _) => 1,
        ("and", _) => -1,
        ("max", DType.Bool) => 0,
        ("min", DType.Bool) => -1,
        ("max", _) => dtype.IsFloat() ? double.NegativeInfinity : Lowest(dtype),
        ("min", _) => dtype.IsFloat() ? double.PositiveInfinity : Highest(dtype),
        _ => throw new ArgumentException($"no identity for {fold}", nameof(fold)),
    };

    /// <summary>True for sums of floats, whose error depends on the order of the additions.</summary>
    public static bool Rounds(string fold, DType dtype) => fold == "fold.add" && dtype.IsFloat();

    private static double Lowest(DType dtype) => dtype switch
    {
        DType.U8 => 0,
        DType.I8 => sbyte.MinValue,
        DType.I16 => short.MinValue,
        DType.I32 => int.MinValue,
        _ => long.MinValue,
    };

    // (double)long.MaxValue is 2⁶³, which saturates back to long.MaxValue when cast.
    private static double Highest(DType dtype) => dtype switch
    {
        DType.U8 => byte.MaxValue,
        DType.I8 => sbyte.MaxValue,
        DType.I16 => short.MaxValue,
        DType.I32 => int.MaxValue,
        _ => long.MaxValue,
    };
}
