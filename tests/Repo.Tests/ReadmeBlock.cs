using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>A fenced block of the README: a C# program, and what it prints if a <c>text</c> block follows at once.</summary>
public sealed partial record ReadmeBlock(int Line, string Code, string? Output)
{
    public static IReadOnlyList<ReadmeBlock> All()
    {
        string readme = Repository.Read("README.md").ReplaceLineEndings("\n");
        return [.. Blocks().Matches(readme).Select(match => new ReadmeBlock(
            readme[..match.Index].Count(letter => letter == '\n') + 1,
            match.Groups["code"].Value,
            match.Groups["output"].Success ? match.Groups["output"].Value.TrimEnd() : null))];
    }

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```\n(?:\s*```text\n(?<output>.*?)^```)?", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
