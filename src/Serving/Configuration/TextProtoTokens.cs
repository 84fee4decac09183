using System.Globalization;
using System.Text;

namespace TensorGraph.Serving;

/// <summary>The words, marks and strings of a text in the text format of protocol buffers.</summary>
internal sealed class TextProtoTokens
{
    private readonly string _text;
    private int _at;
    private int _line = 1;

    public TextProtoTokens(string text)
    {
        _text = text;
        Next();
    }

    /// <summary>The token to be taken next; empty at the end.</summary>
    public string Current { get; private set; } = "";

    /// <summary>True when that is a string.</summary>
    public bool IsText { get; private set; }

    /// <summary>True when the token that was taken last was a string.</summary>
    public bool WasText { get; private set; }

    /// <summary>Takes the next token, which is no string.</summary>
    public string Take()
    {
        if (IsText)
            throw Fault($"\"{Current}\" is not expected");
        string token = Current;
        WasText = false;
        Next();
        return token;
    }

    /// <summary>Takes strings that follow each other as one.</summary>
    public string TakeText()
    {
        var text = new StringBuilder();
        while (IsText)
        {
            text.Append(Current);
            Next();
        }

        WasText = true;
        return text.ToString();
    }

    /// <summary>Takes a mark if it is next.</summary>
    public bool TryTake(string mark)
    {
        if (IsText || Current != mark)
            return false;
        Next();
        return true;
    }

    /// <summary>An error at this place.</summary>
    public InvalidDataException Fault(string problem) => new(string.Create(CultureInfo.InvariantCulture, $"line {_line}: {problem}"));

    private void Next()
    {
        SkipSpace();
        (IsText, Current) = (false, "");
        if (_at == _text.Length)
            return;
        char first = _text[_at];
        if (first is '"' or '\'')
        {
            (IsText, Current) = (true, Quoted(first));
            return;
        }

        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.' or '-' or '+'))
            _at++;
        if (_at == start)
            _at++;
        Current = _text[start.._at];
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && (char.IsWhiteSpace(_text[_at]) || _text[_at] is '#' or '\uFEFF'))
        {
            if (_text[_at] == '#')
            {
                while (_at < _text.Length && _text[_at] != '\n')
                    _at++;
                continue;
            }

            if (_text[_at++] == '\n')
                _line++;
        }
    }

    private string Quoted(char mark)
    {
        var text = new StringBuilder();
        for (_at++; _at < _text.Length && _text[_at] != mark; _at++)
        {
            if (_text[_at] == '\n')
                throw Fault("a string does not end on its line");
            text.Append(_text[_at] == '\\' ? Escaped() : _text[_at]);
        }

        if (_at == _text.Length)
            throw Fault("a string does not end");
        _at++;
        return text.ToString();
    }

    private char Escaped()
    {
        _at++;
        return _at == _text.Length ? throw Fault("a string does not end") : _text[_at] switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '\\' or '"' or '\'' => _text[_at],
            var other => throw Fault($"'\\{other}' in a string"),
        };
    }
}
