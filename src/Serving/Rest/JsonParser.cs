namespace TensorGraph.Serving;

/// <summary>Reads a document into a <see cref="JsonTape"/>.</summary>
internal ref struct JsonParser
{
    private readonly byte[] _text;
    private readonly List<JsonValue> _values;
    private readonly Stack<int> _open = [];
    private int _at;

    private JsonParser(byte[] text)
    {
        _text = text;
        // A number and its comma have some bytes.
        _values = new(Math.Min(text.Length / 4, 1 << 20) + 1);
    }

    /// <summary>Reads the first value of a text.</summary>
    /// <exception cref="ServingException">There is none.</exception>
    public static JsonTape Parse(byte[] text)
    {
        var parser = new JsonParser(text);
        parser.Run();
        return new(text, parser._values);
    }

    private void Run()
    {
        SkipSpace();
        if (_at == _text.Length)
            throw ServingException.Invalid("JSON Parse error: The document is empty");
        bool wantsValue = true;
        do
        {
            SkipSpace();
            if (wantsValue)
            {
                wantsValue = Value();
                continue;
            }

            int container = _open.Peek();
            bool isObject = _values[container].Kind == JsonKind.Object;
            switch (Peek())
            {
                case ',':
                    _at++;
                    SkipSpace();
                    if (isObject)
                        Key();
                    wantsValue = true;
                    break;
                case ']' when !isObject:
                case '}' when isObject:
                    Close();
                    break;
                default:
                    throw Fault(isObject ? "Missing a comma or } after an object member." : "Missing a comma or ] after an array element.");
            }
        }
        while (wantsValue || _open.Count > 0);
    }

    // True when it opened a list or an object that has entries.
    private bool Value()
    {
        int start = _at;
        switch (Peek())
        {
            case '{':
            case '[':
                bool isObject = _text[_at++] == '{';
                Count();
                _open.Push(_values.Count);
                _values.Add(new(isObject ? JsonKind.Object : JsonKind.Array, start, 0, 0, 0));
                SkipSpace();
                if (Peek() == (isObject ? '}' : ']'))
                {
                    Close();
                    return false;
                }

                if (isObject)
                    Key();
                return true;
            case '"':
                String();
                Add(JsonKind.String, start);
                break;
            case 't':
                Word("true"u8);
                Add(JsonKind.True, start);
                break;
            case 'f':
                Word("false"u8);
                Add(JsonKind.False, start);
                break;
            case 'n':
                Word("null"u8);
                Add(JsonKind.Null, start);
                break;
            default:
                Add(Number(), start);
                break;
        }

        return false;
    }

    private void Key()
    {
        int start = _at;
        if (Peek() != '"')
            throw Fault("Missing a name for object member.");
        String();
        _values.Add(new(JsonKind.String, start, _at, 0, _values.Count + 1));
        SkipSpace();
        if (Peek() != ':')
            throw Fault("Missing a colon after a name of object member.");
        _at++;
    }

    private void Add(JsonKind kind, int start)
    {
        Count();
        _values.Add(new(kind, start, _at, 0, _values.Count + 1));
    }

    // One more entry of what is open.
    private readonly void Count()
    {
        if (_open.TryPeek(out int container))
            _values[container] = _values[container] with { Count = _values[container].Count + 1 };
    }

    private void Close()
    {
        _at++;
        int container = _open.Pop();
        _values[container] = _values[container] with { End = _at, Next = _values.Count };
    }

    private void String()
    {
        _at++;
        while (true)
        {
            int length = _text.AsSpan(_at).IndexOfAny((byte)'"', (byte)'\\');
            if (length < 0)
                throw Fault("Missing a closing quotation mark in string.");
            if (_text.AsSpan(_at, length).IndexOfAnyInRange((byte)0, (byte)0x1f) >= 0)
                throw Fault("Invalid encoding in string.");
            _at += length;
            if (_text[_at] == '"')
                break;
            // What follows is looked at when the text is read.
            _at += 2;
            if (_at > _text.Length)
                throw Fault("Missing a closing quotation mark in string.");
        }

        _at++;
    }

    private JsonKind Number()
    {
        int start = _at;
        if (Peek() == '-')
            _at++;
        if (Peek() is 'I')
        {
            Word("Infinity"u8);
            return JsonKind.Real;
        }

        if (_at == start && Peek() is 'N')
        {
            Word("NaN"u8);
            return JsonKind.Real;
        }

        if (Peek() == '0')
            _at++;
        else
            Digits();
        bool isReal = false;
        if (Peek() == '.')
        {
            isReal = true;
            _at++;
            Digits();
        }

        if (Peek() is 'e' or 'E')
        {
            isReal = true;
            _at++;
            if (Peek() is '+' or '-')
                _at++;
            Digits();
        }

        return isReal ? JsonKind.Real : JsonKind.Integer;
    }

    private void Digits()
    {
        int start = _at;
        while (Peek() is >= '0' and <= '9')
            _at++;
        if (_at == start)
            throw Fault("Invalid value.");
    }

    private void Word(ReadOnlySpan<byte> word)
    {
        if (!_text.AsSpan(_at).StartsWith(word))
            throw Fault("Invalid value.");
        _at += word.Length;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            _at++;
    }

    // -1 at the end.
    private readonly int Peek() => _at < _text.Length ? _text[_at] : -1;

    private readonly ServingException Fault(string problem) => ServingException.Invalid($"JSON Parse error: {problem} at offset: {_at}");
}
