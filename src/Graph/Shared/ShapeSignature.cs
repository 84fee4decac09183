namespace TensorGraph.Ir;

/// <summary>
/// Shapes of inputs and results in words: <c>"... m k, ... k n -> ... m n"</c>. <c>...</c> stands for broadcast axes, a name for one size
/// (equal names are equal sizes), a number for itself; an empty side is a scalar. Read by the shape rule and by the analyzer.
/// </summary>
#if TENSORGRAPH_ANALYZERS
internal
#else
public
#endif
sealed class ShapeSignature
{
    private ShapeSignature(IReadOnlyList<IReadOnlyList<string>> inputs, IReadOnlyList<IReadOnlyList<string>> results)
    {
        Inputs = inputs;
        Results = results;
    }

    /// <summary>Tokens of each input.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Inputs { get; }

    /// <summary>Tokens of each result.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Results { get; }

    /// <summary>Reads a signature; ill-formed ones are a bug of the op table.</summary>
    public static ShapeSignature Parse(string text)
    {
        int arrow = text.IndexOf("->", StringComparison.Ordinal);
        if (arrow < 0)
            throw new FormatException("no '->' in shape signature '" + text + "'");
        return new ShapeSignature(Side(text.Substring(0, arrow)), Side(text.Substring(arrow + 2)));
    }

    private static IReadOnlyList<string>[] Side(string text) =>
        text.Split(',').Select(part => (IReadOnlyList<string>)part.Split([' '], StringSplitOptions.RemoveEmptyEntries)).ToArray();
}
