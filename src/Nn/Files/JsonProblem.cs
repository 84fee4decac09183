using System.Globalization;
using System.Text.Json;

namespace TensorGraph;

/// <summary>The fault of JSON text and its place. The reader's own words name .NET types.</summary>
internal static class JsonProblem
{
    /// <summary>The fault of text that is no JSON, or that is not what was expected.</summary>
    public static string Of(JsonException fault)
    {
        const string Root = "$";
        string place = fault.Path is null or Root ? "" : $"{fault.Path[Root.Length..].TrimStart('.')}, ";
        bool isText = fault.InnerException is JsonException || fault.GetType() != typeof(JsonException);
        // The reader's depth is 64.
        string problem = fault.Message.Contains("maximum configured depth", StringComparison.Ordinal) ? "it is nested more than 64 deep" : fault.Message.Contains("uplicate", StringComparison.Ordinal) ? "a name is there twice"
            : isText ? "it is no JSON from here on" : "something is missing here, or is not what it should be";
        return fault.LineNumber is { } line && fault.BytePositionInLine is { } at
            ? string.Create(CultureInfo.InvariantCulture, $"{place}line {line + 1}, byte {at + 1}: {problem}") : $"{place}{problem}";
    }

    /// <summary>The fault of text that is no JSON, or of an invalid operation on it.</summary>
    public static string Of(Exception fault) => fault is JsonException json ? Of(json) : "a value in it is of another kind, or a text that is no Unicode";
}
