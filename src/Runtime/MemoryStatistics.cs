namespace TensorGraph;

/// <summary>Memory of a device.</summary>
/// <param name="LiveBytes">Bytes in tensors that are, as far as is known, alive.</param>
/// <param name="PooledBytes">Bytes that are free and kept for the next tensors.</param>
/// <param name="PeakBytes">The most bytes that were alive at once.</param>
public readonly record struct MemoryStatistics(long LiveBytes, long PooledBytes, long PeakBytes)
{
    /// <summary>For each graph that ran, by name, the most bytes that one run took at once, beside its arguments and variables.</summary>
    public IReadOnlyDictionary<string, long> PeakByGraph { get => field ?? Empty; init; }

    private static IReadOnlyDictionary<string, long> Empty { get; } = new Dictionary<string, long>();
}
