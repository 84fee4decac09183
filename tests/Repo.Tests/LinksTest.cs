using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>Links between pages lead to files and headings that exist, and paths of sources that the architecture page names are there.</summary>
public sealed partial class LinksTest
{
    [Fact]
    public void Every_link_of_a_page_leads_somewhere()
    {
        var broken = new List<string>();
        foreach (string page in Repository.Files().Where(file => file.EndsWith(".md", StringComparison.Ordinal)))
        {
            foreach (Match link in Links().Matches(Fences().Replace(Repository.Read(page), "")))
            {
                string target = link.Groups["target"].Value, anchor = link.Groups["anchor"].Value;
                if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
                    continue;
                string file = target.Length == 0 ? page : Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, target)).Replace('\\', '/');
                bool exists = File.Exists(Repository.PathOf(file)) || Directory.Exists(Repository.PathOf(file));
                if (!exists || (anchor.Length > 0 && !Anchors(file).Contains(anchor)))
                    broken.Add($"{page}: {link.Value}");
            }
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void Every_path_that_the_architecture_page_names_exists()
    {
        string[] paths = [.. Paths().Matches(Repository.Read("docs/architecture.md")).Select(match => match.Groups[1].Value.TrimEnd('.'))];
        Assert.InRange(paths.Length, 15, 100);
        Assert.All(paths, path => Assert.True(File.Exists(Repository.PathOf(path)) || Directory.Exists(Repository.PathOf(path)), path));
    }

    private static IEnumerable<string> Anchors(string file) =>
        Headings().Matches(Repository.Read(file).ReplaceLineEndings("\n")).Select(heading => NoLetters().Replace(heading.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<target>[^)#\s]*)(#(?<anchor>[^)\s]*))?\)")]
    private static partial Regex Links();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoLetters();

    [GeneratedRegex(@"\b((?:src|tests|samples|docs)/[\w./]+)")]
    private static partial Regex Paths();
}
