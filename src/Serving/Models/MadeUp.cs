namespace TensorGraph.Serving;

/// <summary>Values for inputs when there are none.</summary>
internal static class MadeUp
{
    /// <summary>Zeros for each input: <paramref name="rows"/> of them, and 1 for each other size that is open.</summary>
    public static IReadOnlyDictionary<string, Literal> Zeros(ServableSignature signature, int rows)
    {
        string? batch = signature.HasBatchAxis ? $"{signature.Inputs.Values.First().Shape[0]}" : null;
        return signature.Inputs.ToDictionary(
            input => input.Key,
            input => Literal.Zeros(new(input.Value.DType, new([.. input.Value.Shape.Select(size => size.IsConstant ? size.Value : $"{size}" == batch ? rows : 1)]))),
            StringComparer.Ordinal);
    }
}
