namespace TensorGraph.Serving;

/// <summary>Compares what a request has with a signature, before anything is computed.</summary>
internal static class SpecCheck
{
    /// <summary>Throws unless a shape fits.</summary>
    public static void Shape(string alias, TensorSpec spec, IReadOnlyList<long> shape)
    {
        bool fits = shape.Count == spec.Shape.Rank;
        for (int i = 0; fits && i < shape.Count; i++)
            fits = !spec.Shape[i].IsConstant || spec.Shape[i].Value == shape[i];
        if (!fits)
            throw ServingException.Invalid($"input '{alias}' must have shape {Text(spec)}, got [{string.Join(',', shape)}]");
    }

    /// <summary>Throws unless the names of the inputs are those of a signature.</summary>
    public static void Names(ServableSignature signature, ICollection<string> names)
    {
        if (names.Count == signature.Inputs.Count && names.All(signature.Inputs.ContainsKey))
            return;
        string[] extra = [.. names.Where(name => !signature.Inputs.ContainsKey(name)).Order(StringComparer.Ordinal)];
        string[] missing = [.. signature.Inputs.Keys.Except(names, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (extra.Length == 0 && missing.Length == 0)
            return;
        string difference = $"Sent extra: {{{string.Join(',', extra)}}}. Missing but required: {{{string.Join(',', missing)}}}.";
        throw ServingException.Invalid(names.Count != signature.Inputs.Count
            ? $"input size does not match signature: {names.Count}!={signature.Inputs.Count} len({{{Listed(names)}}}) != len({{{Listed(signature.Inputs.Keys)}}}). {difference}"
            : $"input tensor alias not found in signature: {extra[0]}. Inputs expected to be in the set {{{Listed(signature.Inputs.Keys)}}}. {difference}");
    }

    /// <summary>The outputs that a filter names, in its order; all without a filter.</summary>
    public static IReadOnlyList<string> Outputs(ServableSignature signature, IReadOnlyCollection<string> filter)
    {
        if (filter.Count == 0)
            return [.. signature.Outputs.Keys];
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in filter)
        {
            if (!signature.Outputs.ContainsKey(name))
                throw ServingException.Invalid($"output tensor alias not found in signature: {name} Outputs expected to be in the set {{{Listed(signature.Outputs.Keys)}}}.");
            if (!found.Add(name))
                throw ServingException.Invalid($"duplicate output tensor alias: {name}");
        }

        return [.. filter];
    }

    /// <summary>A shape with ? for sizes that are open.</summary>
    public static string Text(TensorSpec spec) => $"[{string.Join(',', spec.Shape.Select(size => size.IsConstant ? $"{size}" : "?"))}]";

    private static string Listed(IEnumerable<string> names) => string.Join(',', names.Order(StringComparer.Ordinal));
}
