using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Tests;

/// <summary>Checks what the analyzers say about a program; <c>[|…|]</c> marks where they must say it.</summary>
internal static class Rule
{
    /// <summary>Exactly the marked places are reported with the ID, nothing else is, and the generated code still compiles.</summary>
    public static void Reports(string id, string marked)
    {
        string source = Unmark(Roslyn.Usings + marked, out List<TextSpan> expected);
        Diagnostic[] found = [.. Roslyn.Diagnostics(source)];
        Assert.Equal(expected.Select(span => $"{id} '{source.Substring(span.Start, span.Length)}'"), found.Select(d => $"{d.Id} '{source.Substring(d.Location.SourceSpan.Start, d.Location.SourceSpan.Length)}'"));
        Assert.Equal(expected, found.Select(d => d.Location.SourceSpan));
        Assert.All(found, d => Assert.EndsWith(".", d.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        Roslyn.Generate(source);
    }

    /// <summary>Exactly one thing is reported, with the ID and with these words.</summary>
    public static void Says(string id, string source, params string[] words)
    {
        Diagnostic found = Assert.Single(Roslyn.Diagnostics(Roslyn.Usings + source));
        Assert.Equal(id, found.Id);
        Assert.All(words, word => Assert.Contains(word, found.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    /// <summary>Nothing is reported, and the generated code compiles.</summary>
    public static void Silent(string source)
    {
        Assert.Empty(Roslyn.Diagnostics(Roslyn.Usings + source));
        Roslyn.Generate(Roslyn.Usings + source);
    }

    private static string Unmark(string marked, out List<TextSpan> spans)
    {
        spans = [];
        string text = marked;
        for (int start = text.IndexOf("[|", StringComparison.Ordinal); start >= 0; start = text.IndexOf("[|", StringComparison.Ordinal))
        {
            text = text.Remove(start, 2);
            int end = text.IndexOf("|]", StringComparison.Ordinal);
            text = text.Remove(end, 2);
            spans.Add(TextSpan.FromBounds(start, end));
        }
        return text;
    }
}
