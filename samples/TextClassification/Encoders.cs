using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using TensorGraph;

namespace TextClassification;

/// <summary>Makes numbers of a text, cut or filled up with zeros to one length.</summary>
/// <param name="Size">How many numbers there are.</param>
/// <param name="Encode">Numbers of a text, as many as asked for.</param>
public sealed record Encoder(int Size, Func<string, int, int[]> Encode);

/// <summary>The encoders that can be chosen. Each learns its vocabulary from the training texts.</summary>
public static partial class Encoders
{
    private const int Padding = 0;

    public static IReadOnlyList<string> Names { get; } = ["words", "ngrams", "wordpiece", "bpe"];

    public static Encoder Create(string name, IReadOnlyList<LabelledText> train) => name switch
    {
        "ngrams" => Of(train, Ngrams, minFrequency: 1),
        "wordpiece" => WordPiece(train),
        "bpe" => BytePairs.Encoder(train.SelectMany(example => Words(example.Text)), merges: 2000),
        _ => Of(train, Words, minFrequency: 2),
    };

    /// <summary>Words in lower case.</summary>
    public static IEnumerable<string> Words(string text) => Word().Matches(text.ToLowerInvariant()).Select(match => match.Value);

    /// <summary>Words, pairs of neighbours, and the beginnings of long words: a bag of them knows a little of order and of inflection.</summary>
    public static IEnumerable<string> Ngrams(string text)
    {
        const int Beginning = 4;
        string[] words = [.. Words(text)];
        return words.Concat(words.Zip(words.Skip(1), (first, second) => $"{first} {second}"))
            .Concat(words.Where(word => word.Length > Beginning).Select(word => word[..Beginning] + "-"));
    }

    private static Encoder Of(IReadOnlyList<LabelledText> train, Func<string, IEnumerable<string>> tokens, int minFrequency)
    {
        var vocabulary = Vocabulary.Build(train.SelectMany(example => tokens(example.Text)), minFrequency);
        return new(vocabulary.Count, (text, length) => vocabulary.Encode(tokens(text), length));
    }

    // [CLS] text [SEP]. A word that is not in the vocabulary is split into pieces that are, in the end letters.
    private static Encoder WordPiece(IReadOnlyList<LabelledText> train)
    {
        string[] words = [.. train.SelectMany(example => Words(example.Text))];
        var frequent = Vocabulary.Build(words, minFrequency: 3, unknown: "[UNK]", padding: "[PAD]");
        var letters = words.SelectMany(word => word).Distinct().Order().Select(letter => letter.ToString());
        var beginnings = Pieces(words, word => Enumerable.Range(3, Math.Max(0, word.Length - 3)).Select(length => word[..length]));
        var endings = Pieces(words, word => Enumerable.Range(1, word.Length - 1).Select(start => "##" + word[start..]));
        string[] tokens = [.. frequent.Take(2), "[CLS]", "[SEP]", "[MASK]",
            .. frequent.Skip(2).Concat(letters).Concat(letters.Select(letter => "##" + letter)).Concat(beginnings).Concat(endings).Distinct()];
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', tokens)));
        var tokenizer = BertTokenizer.Create(file, new BertOptions { LowerCaseBeforeTokenization = true });
        return new(tokens.Length, (text, length) =>
        {
            var numbers = tokenizer.EncodeToIds(text, length, out _, out _);
            return [.. numbers.Concat(Enumerable.Repeat(Padding, length)).Take(length)];
        });
    }

    private static IEnumerable<string> Pieces(IEnumerable<string> words, Func<string, IEnumerable<string>> pieces) =>
        Vocabulary.Build(words.SelectMany(pieces), minFrequency: 20).Skip(2);

    [GeneratedRegex("[a-z0-9+#]+")]
    private static partial Regex Word();
}
