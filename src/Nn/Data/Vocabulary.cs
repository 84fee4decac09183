using System.Collections;
using System.Text;

namespace TensorGraph;

/// <summary>
/// Tokens and their numbers. The padding, if there is one, is number 0; then come the token that takes the place of unknown ones, and the others, the
/// most frequent first.
/// </summary>
public sealed class Vocabulary : IReadOnlyList<string>
{
    private const string Step = "vocabulary";

    private readonly string[] _tokens;
    private readonly Dictionary<string, int> _numbers;

    private Vocabulary(IEnumerable<string> tokens, string unknown, string? padding)
    {
        _tokens = [.. tokens];
        _numbers = new(_tokens.Length, StringComparer.Ordinal);
        foreach (var (number, token) in _tokens.Index())
        {
            if (!_numbers.TryAdd(token, number))
                Throw.Raise(DiagnosticIds.BadData, Step, $"token '{token}' is there twice", "Leave one out.");
        }

        Unknown = NumberOf(unknown);
        Padding = padding is null ? null : NumberOf(padding);
    }

    /// <summary>Number of tokens, with the special ones.</summary>
    public int Count => _tokens.Length;

    /// <summary>Number of the token that takes the place of unknown ones.</summary>
    public int Unknown { get; }

    /// <summary>Number of the token that fills up, or null.</summary>
    public int? Padding { get; }

    /// <summary>The token of a number. Errors: TG2004 no such number.</summary>
    /// <param name="number">From 0 on.</param>
    public string this[int number] => number >= 0 && number < Count ? _tokens[number] : throw OutOfRange(number);

    /// <summary>The number of a token, or that of the unknown one. Errors: TG1002 null.</summary>
    /// <param name="token">A token.</param>
    public int this[string token] => _numbers.TryGetValue(Check.NotNull(token), out int number) ? number : Unknown;

    /// <summary>
    /// The vocabulary of a text. Tokens that are as frequent as each other are in ordinal order, so that the same text gives the same numbers.
    /// Errors: TG1002 null, TG1006 a token with a line end, TG2004 a size that leaves no room for the special tokens.
    /// </summary>
    /// <param name="tokens">All tokens of the text, as often as they occur.</param>
    /// <param name="minFrequency">Tokens that occur less often are left out.</param>
    /// <param name="maxSize">The most tokens to keep, with the special ones; null for all.</param>
    /// <param name="unknown">What stands for tokens that are left out.</param>
    /// <param name="padding">What fills up; null for none.</param>
    public static Vocabulary Build(
        IEnumerable<string> tokens, int minFrequency = 1, int? maxSize = null, string unknown = "<unk>", string? padding = "<pad>")
    {
        Check.NotNull(unknown);
        string[] special = padding is null ? [unknown] : [padding, unknown];
        int room = Check.AtLeast(special.Length, maxSize ?? int.MaxValue, Step, nameof(maxSize)) - special.Length;
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string token in Check.NotNull(tokens))
        {
            if (Check.NotNull(token).AsSpan().ContainsAny('\n', '\r'))
                Throw.Raise(DiagnosticIds.BadData, Step, $"a token has a line end: '{token}'", "Split the text at line ends.");
            counts[token] = counts.GetValueOrDefault(token) + 1;
        }

        var kept = counts.Where(entry => entry.Value >= minFrequency && !special.Contains(entry.Key))
            .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(room).Select(entry => entry.Key);
        return new(special.Concat(kept), unknown, padding);
    }

    /// <summary>The numbers of tokens. Errors: TG1002 null.</summary>
    /// <param name="tokens">The tokens of a piece of text.</param>
    public int[] Encode(IEnumerable<string> tokens) => [.. Check.NotNull(tokens).Select(token => this[token])];

    /// <summary>
    /// The numbers of tokens, cut or filled up to a length. Errors: TG1002 null, TG1006 a vocabulary without padding, TG2004 a length that is
    /// negative or beyond an array.
    /// </summary>
    /// <param name="tokens">The tokens of a piece of text.</param>
    /// <param name="length">How many numbers.</param>
    public int[] Encode(IEnumerable<string> tokens, int length)
    {
        Check.NotNull(tokens);
        Check.AtLeast(0, length, Step);
        if (Padding is not { } padding)
            throw new GraphException(DiagnosticIds.BadData, $"{Step}: there is no padding to fill up with", "Build it with one.", Ir.SourceSpan.Capture());
        if (length > Array.MaxLength)
            Throw.Range(Step, $"'{nameof(length)}' is {length}", $"It must be at most {Array.MaxLength}, the length of an array.");
        var numbers = new int[length];
        Array.Fill(numbers, padding);
        foreach (var (i, token) in tokens.Take(length).Index())
            numbers[i] = this[token];
        return numbers;
    }

    /// <summary>The tokens of numbers. Errors: TG1002 null, TG2004 no such number.</summary>
    /// <param name="numbers">Numbers of tokens.</param>
    public string[] Decode(IEnumerable<int> numbers) => [.. Check.NotNull(numbers).Select(number => this[number])];

    /// <summary>Writes one token a line, in the order of their numbers. Errors: TG1002 null, TG1006 when the file can't be written.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => DataFile.Try(Step, Check.NotNull(path), () => File.WriteAllText(path, string.Concat(_tokens.Select(token => token + "\n"))));

    /// <summary>
    /// Reads a file with one token a line, as <see cref="Save"/> writes and as models are published with. Errors: TG1002 null, TG1006 when the file is
    /// missing, has a token twice or lacks a special one.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="unknown">What stands for unknown tokens: <c>[UNK]</c>.</param>
    /// <param name="padding">What fills up: <c>[PAD]</c>; null for none.</param>
    public static Vocabulary Load(string path, string unknown = "<unk>", string? padding = "<pad>")
    {
        Check.NotNull(unknown);
        return new(DataFile.Try(Step, Check.NotNull(path), () => File.ReadAllLines(path, Encoding.UTF8)), unknown, padding);
    }

    /// <summary>The tokens in the order of their numbers.</summary>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_tokens).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int NumberOf(string special)
    {
        if (!_numbers.TryGetValue(special, out int number))
            Throw.Raise(DiagnosticIds.BadData, Step, $"there is no token '{special}'", "Name the special tokens that it has.");
        return number;
    }

    private GraphException OutOfRange(int number) => new(DiagnosticIds.OutOfRange, $"{Step}: there is no token {number} of {Count}",
        "Pass a number from 0 on.", Ir.SourceSpan.Capture());
}
