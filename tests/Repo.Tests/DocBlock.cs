using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>A <c>csharp</c> block of a page under its <c>##</c> heading, and what it prints if a <c>text</c> block follows at once.</summary>
public sealed partial record DocBlock(string File, int Line, string Section, string Code, string? Output)
{
    public static IReadOnlyList<DocBlock> In(string file)
    {
        string page = Repository.Read(file).ReplaceLineEndings("\n");
        return [.. Blocks().Matches(page).Select(match => new DocBlock(
            file,
            page[..match.Index].Count(letter => letter == '\n') + 1,
            Headings().Matches(page[..match.Index]).LastOrDefault()?.Groups["title"].Value ?? "",
            match.Groups["code"].Value,
            match.Groups["output"].Success ? match.Groups["output"].Value.TrimEnd() : null))];
    }

    public override string ToString() => $"{File}:{Line}";

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```\n(?:\s*```text\n(?<output>.*?)^```)?", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("^## (?<title>.*)$", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
