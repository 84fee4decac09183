namespace TensorGraph;

/// <summary>
/// Bounds of what a size may be. An expression beyond them says nothing to people, and its polynomial would take time and memory out of proportion
/// to the program that asks for it.
/// </summary>
internal static class DimLimits
{
    /// <summary>Products in a sum.</summary>
    public const int MostTerms = 1024;

    /// <summary>Factors of a product.</summary>
    public const int MostFactors = 128;

    /// <summary>Characters of the text.</summary>
    public const int MostCharacters = 1 << 14;

    /// <summary>Functions inside functions.</summary>
    public const int MostNested = 100;

    /// <summary>TG2004 for an expression beyond a bound.</summary>
    public static void Check(DimExpression expression)
    {
        if (expression.Terms > MostTerms)
            throw TooComplicated(expression, $"has {expression.Terms} terms", $"{MostTerms} terms");
        if (expression.Degree > MostFactors)
            throw TooComplicated(expression, $"has a product of {expression.Degree} factors", $"{MostFactors} factors");
        if (expression.Text.Length > MostCharacters)
            throw TooComplicated(expression, $"has {expression.Text.Length} characters", $"{MostCharacters} characters");
        if (expression.Depth > MostNested)
            throw TooComplicated(expression, $"nests functions {expression.Depth} levels deep", $"{MostNested} levels");
    }

    /// <summary>TG2004 for a product that would be beyond a bound, before it is multiplied out. Equal terms may still make it shorter.</summary>
    public static void CheckProduct(DimExpression left, DimExpression right)
    {
        long characters = ((long)left.Terms * right.Text.Length) + ((long)right.Terms * left.Text.Length);
        if (characters > 4 * MostCharacters)
            throw TooComplicated(left, $"times {Cut(right.Text)} has about {characters} characters", $"{MostCharacters} characters");
    }

    /// <summary>TG2004: the number does not fit.</summary>
    public static GraphException TooLarge(string expression) => Error(
        $"{Cut(expression)} is beyond 64 bits", "No tensor has that many elements; use smaller sizes.");

    /// <summary>TG2004: the quotient has no value.</summary>
    public static GraphException DividedByZero(Dim dividend) => Error(
        $"{Cut(dividend.InGraph.ToString())} is divided by 0", "Divide by a size that is at least 1.");

    private static GraphException TooComplicated(DimExpression expression, string problem, string most) => Error(
        $"{Cut(expression.Text)} {problem}, the most are {most}", "Take the size from a tensor (Ops.Size), or give its axis a name of its own.");

    private static GraphException Error(string problem, string remedy) =>
        new(DiagnosticIds.OutOfRange, "size: " + problem, remedy, Ir.SourceSpan.Capture());

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
