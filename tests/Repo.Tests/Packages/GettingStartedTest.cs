using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>The commands of docs/getting-started.md, run in their order, print what the page shows, whatever the numbers are on this machine.</summary>
[Trait("Category", "Long")]
[Collection(PackedFeedCollection.Name)]
public sealed partial class GettingStartedTest(PackedFeed feed, ITestOutputHelper output)
{
    [Fact]
    public void The_commands_of_the_page_work_in_order()
    {
        string page = Repository.Read("docs/getting-started.md").ReplaceLineEndings("\n"), folder = Directory.CreateDirectory(Path.Combine(feed.Root, "start")).FullName;
        string printed = "";
        foreach (Match block in Blocks().Matches(page))
        {
            if (block.Groups["kind"].Value == "text")
            {
                string[] have = [.. printed.Split('\n').Select(Normalised)];
                Assert.All(block.Groups["body"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.True(
                    line == "…" || have.Contains(Normalised(line)), $"not printed: {line}\nprinted:\n{printed}"));
                continue;
            }

            printed = "";
            foreach (string line in block.Groups["body"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var clock = Stopwatch.StartNew();
                if (words[0] == "cd")
                    folder = Path.Combine(folder, words[1]);
                else
                    printed += feed.Run(words[0] == "tgraph" ? Path.Combine(feed.Tools, words[0]) : words[0], folder, words[1..]);
                output.WriteLine($"{clock.Elapsed.TotalSeconds,6:f1} s  {line}");
            }
        }

        Assert.True(File.Exists(Path.Combine(folder, "report.html")));
        Assert.DoesNotContain('\e', printed);
    }

    // Numbers, and the widths of columns that they make, differ from machine to machine.
    private static string Normalised(string line) => Spaces().Replace(Numbers().Replace(line, "#"), " ").Trim();

    [GeneratedRegex(@"^```(?<kind>console|text)\n(?<body>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"\d[\d.,]*( (ns|µs|ms|s|B|KB|MB|GB|kB|KiB|MiB)\b)?")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
