namespace TensorGraph.Analyzers;

/// <summary>64-bit FNV-1a hashes of text. Where the order of parts does not matter their hashes are added.</summary>
internal static class TextHash
{
    public const ulong Start = 14695981039346656037;

    private const ulong Prime = 1099511628211;

    public static ulong Add(ulong hash, string text)
    {
        foreach (char c in text)
            hash = unchecked((hash ^ c) * Prime);
        return unchecked((hash ^ 0xFF) * Prime);
    }

    /// <summary>A hash of two in their order, one that no sum of other hashes gives.</summary>
    public static ulong Add(ulong hash, ulong next)
    {
        for (int shift = 0; shift < 64; shift += 16)
            hash = unchecked((hash ^ ((next >> shift) & 0xFFFF)) * Prime);
        return hash ^ (hash >> 29);
    }

    /// <summary>A hash of the different ones of some names, in any order.</summary>
    public static ulong OfSet(IEnumerable<string> names) =>
        names.Distinct(StringComparer.Ordinal).Aggregate(0UL, (hash, name) => unchecked(hash + Add(Start, name)));
}
