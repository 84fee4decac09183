using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>The page on conversion shows what the generator writes: <c>csharp twin</c> blocks are the twins of the <c>csharp convert</c> blocks before them.</summary>
public sealed partial class ConversionRulesPageTests
{
    private const string Page = "docs/conversion-rules.md";

    [Fact]
    public void Each_twin_is_what_the_generator_writes()
    {
        string page = Repository.Read(Page);
        Assert.True(Pairs().Count(page) > 10, "The page shows no twins.");
        Snapshot.MatchFile(Pairs().Replace(page, pair => $"{pair.Groups["start"].Value}{Twin(pair.Groups["code"].Value)}```"), Repository.PathOf(Page));
    }

    private static string Twin(string code)
    {
        string[] lines = Roslyn.Converted($$"""
            public partial class Model
            {
                [GraphFunction]
                public Tensor F(Tensor x, Tensor y, int n)
                {
            {{code}}
                }
            }
            """).Replace("global::TensorGraph.", "", StringComparison.Ordinal).Replace("global::", "", StringComparison.Ordinal).Split('\n');
        int first = Array.IndexOf(lines, "    {") + 1, last = Array.LastIndexOf(lines, "    }");
        return string.Concat(lines[first..last].Select(line => (line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line) + "\n"));
    }

    [GeneratedRegex(@"(?<start>```csharp convert\n(?<code>.*?)```\n\n```csharp twin\n).*?```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Pairs();
}
