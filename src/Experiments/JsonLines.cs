using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TensorGraph.Staleness.Experiments;

/// <summary>Lines of the values of a JSON text, by paths such as <c>grids[0].rates[1]</c>.</summary>
internal sealed class JsonLines
{
    private readonly Dictionary<string, int> _lines = [];
    private readonly byte[] _text;
    private int _line = 1;
    private int _counted;

    /// <param name="text">Text that was read as JSON already.</param>
    public JsonLines(string text)
    {
        _text = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(_text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        reader.Read();
        Walk(ref reader, "");
    }

    /// <summary>
    /// The path with the line of its value, or of the nearest one around it; the path alone where the text has neither. Of several, such as
    /// <c>grids[0].workers[1] with modes[0]</c>, it is the line of the first.
    /// </summary>
    public string At(string path)
    {
        for (string around = path.Split(' ')[0]; around.Length > 0; around = around[..Math.Max(0, around.LastIndexOfAny(['.', '[']))])
        {
            if (_lines.TryGetValue(around, out int line))
                return string.Create(CultureInfo.InvariantCulture, $"{path}, line {line}");
        }

        return path;
    }

    private void Walk(ref Utf8JsonReader reader, string path)
    {
        _line += _text.AsSpan(_counted, (int)reader.TokenStartIndex - _counted).Count((byte)'\n');
        _counted = (int)reader.TokenStartIndex;
        _lines[path] = _line;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                Walk(ref reader, path.Length > 0 ? $"{path}.{name}" : name);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
                Walk(ref reader, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"));
        }
    }
}
