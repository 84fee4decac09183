namespace TensorGraph.Backends.Commands;

/// <summary>Sizes of axes.</summary>
internal static class Extents
{
    /// <summary>The number of elements that they span; 1 for none.</summary>
    public static long Product(ReadOnlySpan<long> sizes)
    {
        long product = 1;
        foreach (long size in sizes) product *= size;
        return product;
    }
}
