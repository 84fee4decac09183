using System.Globalization;
using System.Text;

namespace TensorGraph.Ir;

internal enum TokenKind { End, Name, Value, Resource, Number, String, Symbol }

/// <summary>A piece of the text form.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">Its text; of a name, value, resource or string the name itself, without sigil, quotes and <c>#1</c>.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Tag">The <c>1</c> of <c>%x#1</c>; empty without.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Start, int End, string Tag = "")
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;
}

/// <summary>Cuts the text form into tokens; line breaks and comments (<c>// …</c>) mean nothing.</summary>
internal sealed class Lexer(string text, string file)
{
    private const int MostShown = 120;

    private int _at;

    public int Length => text.Length;

    public Token Next()
    {
        SkipBlanks();
        int start = _at;
        if (_at == text.Length)
            return new(TokenKind.End, "end of text", start, start);
        char c = text[_at];
        if (c is '%' or '@')
        {
            _at++;
            string name = At('"') ? String() : Name(digitsFirst: c == '%');
            string tag = At('#') ? Digits(_at + 1) : "";
            return new(c == '%' ? TokenKind.Value : TokenKind.Resource, name, start, _at, tag);
        }

        if (Printer.IsIdentifierStart(c))
            return new(TokenKind.Name, Name(digitsFirst: false), start, _at);
        if (char.IsAsciiDigit(c))
            return new(TokenKind.Number, Number(), start, _at);
        if (c == '"')
            return new(TokenKind.String, String(), start, _at);
        _at += c is '=' or '!' or '<' && text.AsSpan(_at + 1).StartsWith('=') ? 2 : 1;
        return new(TokenKind.Symbol, text[start.._at], start, _at);
    }

    public GraphException Error(int position, string problem)
    {
        var (line, start) = Locate(position);
        int column = position - start + 1;
        var excerpt = text.AsSpan(start..LineEnd(start)).TrimEnd('\r');
        string place = string.Create(CultureInfo.InvariantCulture, $"{(file.Length > 0 ? file : "text")}:{line}:{column}");
        string margin = string.Create(CultureInfo.InvariantCulture, $"{line,5} | ");
        // Of a long line the part around the position, with a caret below.
        int first = Math.Clamp(column - 1 - (MostShown / 2), 0, Math.Max(0, excerpt.Length - MostShown));
        string shown = Printable(excerpt.Slice(first, Math.Min(MostShown, excerpt.Length - first)));
        return new GraphException(
            DiagnosticIds.BadText, $"{place}: {Short(problem)}",
            $"docs/ir.md has the grammar.\n{margin}{shown}\n{new string(' ', margin.Length - 2)}| {new string(' ', column - 1 - first)}^");
    }

    private static string Short(string problem) => problem.Length <= 4 * MostShown ? Printable(problem)
        : Printable($"{problem.AsSpan(0, 2 * MostShown)} … {problem.AsSpan(problem.Length - MostShown)}");

    // One character for each, so that the caret stays below its place.
    private static string Printable(ReadOnlySpan<char> part)
    {
        char[] shown = part.ToArray();
        for (int i = 0; i < shown.Length; i++)
            shown[i] = char.IsControl(shown[i]) && shown[i] != '\n' ? ' ' : shown[i];
        return new(shown);
    }

    public SourceSpan Source(int position) => file.Length == 0 ? SourceSpan.None : new(file, Locate(position).Line, "");

    private int _sourceLine = 1, _sourceAt, _sourceEnd = -1;

    // Positions are asked for in rising order while nodes are made, so the lines before the last one are not counted again.
    private (int Line, int Start) Locate(int position)
    {
        if (position < _sourceAt)
            (_sourceLine, _sourceAt, _sourceEnd) = (1, 0, -1);
        if (_sourceEnd < 0)
            _sourceEnd = LineEnd(0);
        while (_sourceEnd < position)
            (_sourceLine, _sourceAt, _sourceEnd) = (_sourceLine + 1, _sourceEnd + 1, LineEnd(_sourceEnd + 1));
        return (_sourceLine, _sourceAt);
    }

    private int LineEnd(int start) => text.IndexOf('\n', start) is >= 0 and var end ? end : text.Length;

    private bool At(char c) => _at < text.Length && text[_at] == c;

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (char.IsWhiteSpace(text[_at]))
                _at++;
            else if (text.AsSpan(_at).StartsWith("//", StringComparison.Ordinal))
                _at = text.IndexOf('\n', _at) is >= 0 and var end ? end : text.Length;
            else
                return;
        }
    }

    private string Name(bool digitsFirst)
    {
        int start = _at;
        if (_at == text.Length || !(Printer.IsIdentifierStart(text[_at]) || (digitsFirst && char.IsAsciiDigit(text[_at]))))
            throw Error(_at, "expected a name");
        while (_at < text.Length && Printer.IsIdentifierPart(text[_at]))
            _at++;
        return text[start.._at];
    }

    private string Digits(int start)
    {
        for (_at = start; _at < text.Length && char.IsAsciiDigit(text[_at]);)
            _at++;
        return _at > start ? text[start.._at] : throw Error(start, "expected digits");
    }

    // 12, 0.5, 1E-07, 0x7fc00001
    private string Number()
    {
        int start = _at;
        if (text[_at] == '0' && _at + 1 < text.Length && text[_at + 1] == 'x')
        {
            for (_at += 2; _at < text.Length && char.IsAsciiHexDigit(text[_at]);)
                _at++;
            return text[start.._at];
        }

        Digits(_at);
        if (At('.'))
            Digits(_at + 1);
        if (_at < text.Length && text[_at] is 'e' or 'E')
            Digits(_at + (_at + 1 < text.Length && text[_at + 1] is '+' or '-' ? 2 : 1));
        return text[start.._at];
    }

    private string String()
    {
        int start = _at++;
        var value = new StringBuilder();
        while (_at < text.Length && text[_at] is not ('"' or '\n'))
        {
            char c = text[_at++];
            if (c == '\\' && _at < text.Length)
            {
                c = text[_at++] switch
                {
                    'n' => '\n',
                    'u' when _at + 4 <= text.Length && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture, out ushort code) => Escaped(code),
                    '"' => '"',
                    '\\' => '\\',
                    _ => throw Error(_at - 2, "unknown escape; \\\" \\\\ \\n and \\u0000 exist"),
                };
            }

            value.Append(c);
        }

        if (!At('"'))
            throw Error(start, "this text has no closing quote on its line");
        _at++;
        return value.ToString();
    }

    private char Escaped(ushort code)
    {
        _at += 4;
        return (char)code;
    }
}
