using System.Globalization;

namespace TensorGraph.Serving;

/// <summary>Bodies of the REST form of the open inference protocol.</summary>
internal static class InferJson
{
    /// <summary>The text of a key of an object, or null without the key.</summary>
    public static string? Text(JsonTape json, int value, string key)
    {
        int found = json.Find(value, key);
        if (found < 0)
            return null;
        return json[found].Kind == JsonKind.String ? json.Text(found) : throw ServingException.Invalid($"'{key}' must be a string");
    }

    /// <summary>A text in the parameters of an object, or null.</summary>
    public static string? Parameter(JsonTape json, int value, string key)
    {
        int parameters = json.Find(value, "parameters");
        return parameters >= 0 && json[parameters].Kind == JsonKind.Object ? Text(json, parameters, key) : null;
    }

    /// <summary>A number in the parameters of an object, or null.</summary>
    public static int? Size(JsonTape json, int value, string key)
    {
        int parameters = json.Find(value, "parameters");
        int found = parameters >= 0 && json[parameters].Kind == JsonKind.Object ? json.Find(parameters, key) : -1;
        if (found < 0)
            return null;
        return json[found].Kind == JsonKind.Integer && int.TryParse(json.Bytes(found), NumberStyles.None, CultureInfo.InvariantCulture, out int size)
            ? size : throw ServingException.Invalid($"'{key}' must be a number of bytes");
    }

    /// <summary>True when the parameters of an object set a switch.</summary>
    public static bool IsSet(JsonTape json, int value, string key)
    {
        int parameters = json.Find(value, "parameters");
        int found = parameters >= 0 && json[parameters].Kind == JsonKind.Object ? json.Find(parameters, key) : -1;
        return found >= 0 && json[found].Kind == JsonKind.True;
    }

    /// <summary>The entries of a list of objects; none without the key.</summary>
    public static IEnumerable<int> Objects(JsonTape json, string key)
    {
        int list = json.Find(0, key);
        if (list < 0)
            return [];
        if (json[list].Kind != JsonKind.Array || json.Entries(list).Any(entry => json[entry].Kind != JsonKind.Object))
            throw ServingException.Invalid($"'{key}' must be a list of objects");
        return json.Entries(list);
    }

    /// <summary>The sizes of an input.</summary>
    public static long[] Shape(JsonTape json, int input)
    {
        int list = json.Find(input, "shape");
        if (list < 0 || json[list].Kind != JsonKind.Array)
            throw ServingException.Invalid("an input has no 'shape'");
        return [.. json.Entries(list).Select(entry =>
            json[entry].Kind == JsonKind.Integer && long.TryParse(json.Bytes(entry), NumberStyles.None, CultureInfo.InvariantCulture, out long size)
                ? size : throw ServingException.Invalid("'shape' must be a list of sizes"))];
    }
}
