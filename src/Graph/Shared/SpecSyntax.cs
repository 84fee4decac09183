namespace TensorGraph.Ir;

/// <summary>
/// The text of a tensor spec: <c>"f32[batch,784]"</c>. A size is a number, a name (equal names are equal sizes) or <c>?</c> (any size);
/// no brackets means a scalar. Used by the run time and by the analyzer.
/// </summary>
#if TENSORGRAPH_ANALYZERS
internal
#else
public
#endif
static class SpecSyntax
{
    /// <summary>Names of all dtypes, in the order of the enum.</summary>
    internal static readonly string[] DTypeNames = ["bool", "u8", "i8", "i16", "i32", "i64", "f16", "bf16", "f32", "f64", "string"];

    /// <summary>Splits a spec into dtype and sizes; <paramref name="error"/> says what is wrong, null when nothing is.</summary>
    public static (string DType, string[] Sizes) Split(string text, out string? error)
    {
        string trimmed = text.Trim();
        int open = trimmed.IndexOf('[');
        string dtype = (open < 0 ? trimmed : trimmed.Substring(0, open)).Trim();
        error = null;
        if (!DTypeNames.Contains(dtype))
            error = "'" + dtype + "' is not a dtype; the dtypes are " + string.Join(", ", DTypeNames);
        else if (open >= 0 && !trimmed.EndsWith("]", StringComparison.Ordinal))
            error = "']' is missing";
        if (error is not null || open < 0)
            return (dtype, []);

        return (dtype, SplitSizes(trimmed.Substring(open + 1, trimmed.Length - open - 2), out error));
    }

    /// <summary>Splits the sizes of a shape, <c>"batch,784"</c>; <paramref name="error"/> says what is wrong, null when nothing is.</summary>
    public static string[] SplitSizes(string text, out string? error)
    {
        string[] sizes = text.Trim().Length == 0 ? [] : text.Split(',').Select(size => size.Trim()).ToArray();
        error = null;
        foreach (string size in sizes)
        {
            if (size != "?" && !IsName(size) && !IsNumber(size))
                error = "'" + size + "' is not a size; write a number, a name or ?";
        }

        return sizes;
    }

    /// <summary>A C-like identifier.</summary>
    public static bool IsName(string text) =>
        text.Length > 0 && (char.IsLetter(text[0]) || text[0] == '_') && text.All(c => char.IsLetterOrDigit(c) || c == '_');

    private static bool IsNumber(string text) => text.Length > 0 && text.Length < 19 && text.All(c => c >= '0' && c <= '9');
}
