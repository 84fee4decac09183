using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace TextClassification;

/// <summary>Byte-pair encoding: the most frequent pairs of neighbours become one token, again and again. Source: Sennrich et al. 2016.</summary>
public static class BytePairs
{
    private const string End = "</w>";

    /// <summary>Learns from words, each as often as it occurs.</summary>
    public static Encoder Encoder(IEnumerable<string> words, int merges)
    {
        const string Padding = "<pad>", Unknown = "<unk>";
        List<(List<string> Symbols, int Count)> spelled = [.. words.CountBy(word => word).Select(entry => (Spelled(entry.Key), entry.Value))];
        string[] letters = [.. spelled.SelectMany(word => word.Symbols).Distinct().Order(StringComparer.Ordinal)];
        (string First, string Second)[] pairs = [.. Learn(spelled, merges)];
        string[] tokens = [Padding, Unknown, .. letters.Concat(pairs.Select(pair => pair.First + pair.Second)).Distinct()];
        var numbers = tokens.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        using var vocabulary = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(numbers));
        using var rules = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(pairs.Select(pair => $"{pair.First} {pair.Second}\n"))));
        var tokenizer = BpeTokenizer.Create(vocabulary, rules, PreTokenizer.CreateWhiteSpace(), unknownToken: Unknown, endOfWordSuffix: End);
        return new(tokens.Length, (text, length) =>
        {
            var encoded = tokenizer.EncodeToIds(string.Join(' ', Encoders.Words(text)));
            return [.. encoded.Concat(Enumerable.Repeat(0, length)).Take(length)];
        });
    }

    private static List<string> Spelled(string word) => [.. word[..^1].Select(letter => letter.ToString()), word[^1] + End];

    private static IEnumerable<(string First, string Second)> Learn(List<(List<string> Symbols, int Count)> words, int merges)
    {
        // In the order of the words, so that of pairs that are as frequent as each other the same one is taken each time.
        var counts = new Dictionary<(string First, string Second), int>();
        foreach (var (symbols, count) in words)
            Add(symbols, count);
        for (int i = 0; i < merges && counts.Count > 0; i++)
        {
            var (best, most) = counts.MaxBy(entry => entry.Value);
            if (most < 2)
                yield break;
            foreach (var (symbols, count) in words.Where(word => Has(word.Symbols, best)))
            {
                Add(symbols, -count);
                Merge(symbols, best);
                Add(symbols, count);
            }

            yield return best;
        }

        void Add(List<string> symbols, int count)
        {
            foreach (var pair in symbols.Zip(symbols.Skip(1)))
                counts[pair] = counts.GetValueOrDefault(pair) + count;
        }
    }

    private static bool Has(List<string> symbols, (string First, string Second) pair)
    {
        for (int i = 1; i < symbols.Count; i++)
        {
            if (symbols[i] == pair.Second && symbols[i - 1] == pair.First)
                return true;
        }

        return false;
    }

    private static void Merge(List<string> symbols, (string First, string Second) pair)
    {
        for (int i = 1; i < symbols.Count; i++)
        {
            if (symbols[i - 1] != pair.First || symbols[i] != pair.Second)
                continue;
            symbols[i - 1] += pair.Second;
            symbols.RemoveAt(i);
        }
    }
}
