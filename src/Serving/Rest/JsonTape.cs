using System.Text.Json;

namespace TensorGraph.Serving;

/// <summary>The kinds of JSON values.</summary>
internal enum JsonKind : byte
{
    Null,
    False,
    True,
    Integer,
    Real,
    String,
    Array,
    Object,
}

/// <summary>A value of a document.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Start">Where its text starts.</param>
/// <param name="End">Where its text ends.</param>
/// <param name="Count">Entries of a list or an object.</param>
/// <param name="Next">Number of the value that follows it and all in it.</param>
internal readonly record struct JsonValue(JsonKind Kind, int Start, int End, int Count, int Next);

/// <summary>
/// A JSON document as a list of its values in order. NaN and infinities are numbers, text after the first value does not matter, and values may be
/// nested as deeply as memory allows, since nothing here recurses.
/// </summary>
internal sealed class JsonTape(byte[] text, List<JsonValue> values)
{
    /// <summary>A value by its number; 0 is the document.</summary>
    public JsonValue this[int value] => values[value];

    /// <summary>The bytes of a value.</summary>
    public ReadOnlySpan<byte> Bytes(int value) => text.AsSpan(values[value].Start, values[value].End - values[value].Start);

    /// <summary>Numbers of the entries of a list.</summary>
    public IEnumerable<int> Entries(int list)
    {
        for (int entry = list + 1; entry < values[list].Next; entry = values[entry].Next)
            yield return entry;
    }

    /// <summary>Keys and values of an object.</summary>
    public IEnumerable<(string Key, int Value)> Members(int value)
    {
        for (int key = value + 1; key < values[value].Next; key = values[key + 1].Next)
            yield return (Text(key), key + 1);
    }

    /// <summary>The value of a key, or -1. Of several the first counts.</summary>
    public int Find(int value, string key)
    {
        foreach (var (name, member) in Members(value))
        {
            if (name == key)
                return member;
        }

        return -1;
    }

    /// <summary>The text of a string.</summary>
    /// <exception cref="ServingException">It is not UTF-8, or has half a character.</exception>
    public string Text(int value)
    {
        var bytes = Bytes(value);
        var reader = new Utf8JsonReader(bytes);
        try
        {
            reader.Read();
            return reader.GetString() ?? "";
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw ServingException.Invalid($"JSON Parse error: Invalid encoding in string. at offset: {values[value].Start}", fault);
        }
    }

    /// <summary>The value as text for an error, cut when it is long.</summary>
    public string Shown(int value)
    {
        const int Longest = 256;
        var bytes = Bytes(value);
        string shown = System.Text.Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, Longest)]);
        return bytes.Length > Longest ? shown + "...TRUNCATED" : shown;
    }

    /// <summary>Name of the kind of a value for an error.</summary>
    public string KindName(int value) => values[value].Kind switch
    {
        JsonKind.Null => "Null",
        JsonKind.False or JsonKind.True => "Bool",
        JsonKind.Integer or JsonKind.Real => "Number",
        JsonKind.String => "String",
        JsonKind.Array => "Array",
        _ => "Object",
    };
}
