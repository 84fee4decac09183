using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Tests;

/// <summary>
/// An error or warning is complete when its ID, its page and its test exist, and nothing speaks of an ID that does not.
/// The IDs are the constants of src/Graph/Shared/DiagnosticIds.cs; retired ones stay there as comments and are never reused.
/// </summary>
public sealed class DiagnosticsTest
{
    private static readonly string[] Sections = ["## Cause", "## Bad", "## Good", "## How to fix"];

    internal static readonly SortedSet<string> Ids = [.. ConstantsIn("src/Graph/Shared/DiagnosticIds.cs")];

    [Fact]
    public void Every_ID_has_a_page_and_every_page_an_ID()
    {
        IEnumerable<string> pages = Repository.Files().Where(file => file.StartsWith("docs/rules/TG", StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file));
        AssertSame(Ids, pages, "IDs in DiagnosticIds.cs", "pages in docs/rules");
    }

    [Fact]
    public void Every_page_has_the_four_sections_in_order()
    {
        foreach (string id in Ids)
        {
            string page = Repository.Read($"docs/rules/{id}.md");
            Assert.StartsWith($"# {id}: ", page, StringComparison.Ordinal);
            IEnumerable<string> found = page.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal));
            Assert.True(Sections.SequenceEqual(found), $"docs/rules/{id}.md has {string.Join(", ", found)}; wanted are {string.Join(", ", Sections)}.");
        }
    }

    [Fact]
    public void The_list_of_pages_names_each_one()
    {
        IEnumerable<string> listed = Regex.Matches(Repository.Read("docs/rules/README.md"), @"\((TG\d{4})\.md\)").Select(match => match.Groups[1].Value);
        AssertSame(Ids, listed, "IDs in DiagnosticIds.cs", "rows of docs/rules/README.md");
    }

    [Fact]
    public void Every_ID_has_a_test_file_named_after_it_and_every_such_file_an_ID()
    {
        IEnumerable<string> tested = Repository.Files()
            .Where(file => file.StartsWith("tests/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
            .Select(file => Regex.Match(Path.GetFileName(file), @"TG\d{4}").Value)
            .Where(id => id.Length > 0);
        AssertSame(Ids, tested, "IDs in DiagnosticIds.cs", "test files named after an ID");
    }

    [Fact]
    public void Every_ID_is_used_by_the_code_outside_the_list_itself()
    {
        string code = string.Join('\n', Repository.Files()
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal) && !file.EndsWith("/DiagnosticIds.cs", StringComparison.Ordinal))
            .Select(Repository.Read));
        IEnumerable<string> used = Constants("src/Graph/Shared/DiagnosticIds.cs").Where(entry => Regex.IsMatch(code, $@"\b{entry.Name}\b")).Select(entry => entry.Id);
        AssertSame(Ids, used, "IDs in DiagnosticIds.cs", "IDs that some code reports");
    }

    [Fact]
    public void Descriptors_have_known_IDs_release_notes_and_a_link_to_their_page()
    {
        DiagnosticDescriptor[] descriptors = [.. AnalyzerDescriptors().DistinctBy(descriptor => descriptor.Id)];
        Assert.All(descriptors, descriptor =>
        {
            Assert.Contains(descriptor.Id, Ids);
            Assert.EndsWith($"docs/rules/{descriptor.Id}.md", descriptor.HelpLinkUri, StringComparison.Ordinal);
        });
        IEnumerable<string> released = new[] { "Shipped", "Unshipped" }
            .SelectMany(kind => Regex.Matches(Repository.Read($"src/Analyzers/AnalyzerReleases.{kind}.md"), @"^(TG\d{4})", RegexOptions.Multiline))
            .Select(match => match.Groups[1].Value);
        AssertSame(descriptors.Select(descriptor => descriptor.Id), released, "descriptors", "rows of AnalyzerReleases.*.md");
    }

    private static IEnumerable<DiagnosticDescriptor> AnalyzerDescriptors() =>
        Assembly.Load("TensorGraph.Analyzers").GetTypes()
            .Where(type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)) && !type.IsAbstract)
            .SelectMany(type => ((DiagnosticAnalyzer)Activator.CreateInstance(type, nonPublic: true)!).SupportedDiagnostics);

    private static IEnumerable<string> ConstantsIn(string file) => Constants(file).Select(entry => entry.Id);

    private static IEnumerable<(string Name, string Id)> Constants(string file) =>
        !File.Exists(Repository.PathOf(file)) ? [] :
        Regex.Matches(Repository.Read(file), @"^\s*(?:public|internal) const string (\w+) = ""(TG\d{4})"";", RegexOptions.Multiline)
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    private static void AssertSame(IEnumerable<string> left, IEnumerable<string> right, string leftName, string rightName)
    {
        var a = new SortedSet<string>(left, StringComparer.Ordinal);
        var b = new SortedSet<string>(right, StringComparer.Ordinal);
        Assert.True(a.SetEquals(b), $"{leftName} without {rightName}: [{string.Join(", ", a.Except(b))}]; the other way round: [{string.Join(", ", b.Except(a))}]");
    }
}
