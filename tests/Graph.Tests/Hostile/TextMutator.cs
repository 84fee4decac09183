using System.Text.RegularExpressions;

namespace TensorGraph.Tests.Hostile;

/// <summary>
/// Changes a good text in ways that keep most of its structure: whole tokens, brackets with what is in them, and lines are taken away, doubled,
/// swapped and replaced by what has their form. The same seed gives the same text.
/// </summary>
internal sealed partial class TextMutator(Random random)
{
    private static readonly string[] Numbers =
    [
        "0", "-1", "1", "2", "3", "100000", "2147483647", "2147483648", "4294967296", "1000000000000000", "4611686018427387904",
        "9223372036854775807", "9223372036854775808", "99999999999999999999", "1e999", "1E-400", "0x7fc00001", "0x", "1.5", "-0.0", "inf", "nan", "?",
    ];

    private static readonly string[] Names =
    [
        .. OpTable.All.Select(op => op.Name), .. DTypes.All.Select(dtype => dtype.Name()), "graph", "return", "yield", "assume", "variables", "functions",
        "streams", "by", "shape", "dim", "true", "false", "floordiv", "max", "min", "then", "body", "a", "b", "n", "axis", "axes", "value", "var", "fn",
        "dtype", "carried", "sequences", "length", "results", "step", "start", "stop", "low", "high", "permutation", "keep", "batch", "_", "ä", "x.y",
    ];

    private static readonly string[] Odd =
    [
        "\0", "\"", "\\", "\"\\u0000\"", "\"\\q\"", "\n", "\r", "…", "\ud800", "#", "@", "%", "%0", "@w", "(", ")", "[", "]", "{", "}", ",", ":", "=", "==",
        "!=", "<", "<=", "*", "+", "-", "//", "\u2028", "f32[0]", "f32[?]", "f32[a, b]", "i64[2]", "dim(a*b)", "shape[0, -1]", "[0, 1]", "f32[2] [1, 2]",
        "floordiv(a, 0)", "(a+b)*(a-b)", "{}", "()", "@print", "string[] \"x\"",
    ];

    public string Mutate(string text)
    {
        for (int i = random.Next(3) > 0 ? 1 : random.Next(2, 5); i > 0 && text.Length > 0; i--)
            text = Once(text);
        return text;
    }

    private string Once(string text)
    {
        var tokens = Token().Matches(text).Select(match => match.Value).ToList();
        int at = random.Next(tokens.Count);
        switch (random.Next(16))
        {
            case 0:
                tokens.RemoveAt(at);
                break;
            case 1:
                tokens.Insert(at, tokens[at]);
                break;
            case 2:
                int other = random.Next(tokens.Count);
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
            case 3:
                tokens.Insert(at, Odd[random.Next(Odd.Length)]);
                break;
            case 4 or 5 or 6:
                return Lines(text);
            case 7:
                Brackets(tokens, at);
                break;
            case 8:
                return text[..random.Next(text.Length)];
            case 9:
                tokens.Insert(at, string.Concat(Enumerable.Repeat(tokens[at], 1 << random.Next(2, 11))));
                break;
            default:
                Replace(tokens, at);
                break;
        }

        return string.Concat(tokens);
    }

    // By something of the same kind: another one of the text, or a hostile one.
    private void Replace(List<string> tokens, int at)
    {
        for (; at < tokens.Count - 1 && string.IsNullOrWhiteSpace(tokens[at]);)
            at++;
        char kind = Kind(tokens[at]);
        string[] alike = [.. tokens.Where(token => Kind(token) == kind)];
        string[] hostile = kind switch { '0' => Numbers, 'a' => Names, _ => alike };
        string[] from = random.Next(2) == 0 ? alike : hostile;
        tokens[at] = from[random.Next(from.Length)];
    }

    private string Lines(string text)
    {
        var lines = text.Split('\n').ToList();
        int at = random.Next(lines.Count), other = random.Next(lines.Count);
        switch (random.Next(3))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(at, lines[other]);
                break;
            default:
                (lines[at], lines[other]) = (lines[other], lines[at]);
                break;
        }

        return string.Join('\n', lines);
    }

    // Takes away, doubles or nests a bracket with all that is in it.
    private void Brackets(List<string> tokens, int at)
    {
        int open = tokens.FindIndex(at, token => token is "(" or "[" or "{");
        if (open < 0)
            return;
        int depth = 0, close = open;
        for (; close < tokens.Count; close++)
        {
            depth += tokens[close] is "(" or "[" or "{" ? 1 : tokens[close] is ")" or "]" or "}" ? -1 : 0;
            if (depth == 0)
                break;
        }

        var inside = tokens[open..Math.Min(close + 1, tokens.Count)];
        switch (random.Next(3))
        {
            case 0:
                tokens.RemoveRange(open, inside.Count);
                break;
            case 1:
                tokens.InsertRange(open, inside);
                break;
            default:
                tokens.InsertRange(open, Enumerable.Repeat(tokens[open], 1 << random.Next(10)));
                break;
        }
    }

    private static char Kind(string token) => char.IsAsciiDigit(token[0]) ? '0' : char.IsLetter(token[0]) || token[0] == '_' ? 'a'
        : token[0] is '%' or '@' or '"' ? token[0] : ' ';

    [GeneratedRegex("""[%@]?"[^"\n]*"?|[%@]?[\w.]+|\s+|.""", RegexOptions.Singleline)]
    private static partial Regex Token();
}
