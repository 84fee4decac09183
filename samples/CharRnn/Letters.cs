using TensorGraph;

namespace CharRnn;

/// <summary>A text as the numbers of its letters.</summary>
public sealed class Letters
{
    public Letters(string text)
    {
        Alphabet = [.. text.Distinct().Order()];
        Numbers = [.. text.Select(letter => Array.IndexOf(Alphabet, letter))];
    }

    public char[] Alphabet { get; }

    public int[] Numbers { get; }

    public static string DefaultPath => Path.Combine(AppContext.BaseDirectory, "data", "README.md");

    /// <summary>The text of a file. TG1006 when it is missing or too short to learn from.</summary>
    public static Letters Read(string path, int length)
    {
        string text = string.Join('\n', Dataset.FromTextLines(path));
        return text.Length > 2 * length ? new(text)
            : throw new GraphException(DiagnosticIds.BadData, $"data: '{path}' has {text.Length} letters, for sequences of {length}", "Pass a longer text.");
    }

    public string Text(Tensor numbers) => new([.. numbers.ToArray<int>().Select(number => Alphabet[number])]);

    /// <summary>Batches of pieces of the text, endlessly, and of the letters that follow each of theirs.</summary>
    public Dataset<(Tensor Letters, Tensor Next)> Pieces(int length, int batch, int seed) => Dataset.FromTensorSlices((Tensor)Numbers)
        .Window(length + 1, shift: Math.Max(1, length / 4))
        .Map(piece => (Letters: piece[..^1], Next: piece[1..]))
        .Cache().Shuffle(1000, seed).Repeat().Batch(batch, dropRemainder: true).Prefetch();
}
