using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>Files stay small enough to read in one go: median about 150 lines, none above 600 except tables.</summary>
public sealed class SizeTest(ITestOutputHelper output)
{
    private const int Limit = 600;

    // A file that must be longer is named here with the reason.
    private static readonly Dictionary<string, string> Exempt = [];

    [Fact]
    public void No_source_file_is_longer_than_the_limit()
    {
        (string File, int Lines)[] sizes =
        [
            .. Repository.Files()
                .Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
                .Select(file => (file, File.ReadLines(Repository.PathOf(file)).Count()))
                .OrderByDescending(entry => entry.Item2),
        ];

        foreach (IGrouping<string, (string File, int Lines)> area in sizes.GroupBy(entry => string.Join('/', entry.File.Split('/')[..2])))
        {
            int[] lines = [.. area.Select(entry => entry.Lines)];
            output.WriteLine($"{area.Key,-24} {lines.Length,4} files {lines.Sum(),6} lines, median {lines[lines.Length / 2],4}, longest {lines[0],4} ({area.First().File})");
        }

        IEnumerable<string> tooLong = sizes.Where(entry => entry.Lines > Limit && !IsTable(entry.File) && !Exempt.ContainsKey(entry.File)).Select(entry => $"{entry.File}: {entry.Lines} lines");
        Assert.Empty(tooLong);
        Assert.All(Exempt.Keys, file => Assert.Contains(sizes, entry => entry.File == file && entry.Lines > Limit));
    }

    /// <summary>A line of code fits a window of 150 columns. One with a text in quotes may be longer, since breaking texts makes them hard to find.</summary>
    [Fact]
    public void No_line_is_wider_than_150_columns()
    {
        const int Columns = 150;
        IEnumerable<string> tooWide = Repository.Files().Where(file => file.EndsWith(".cs", StringComparison.Ordinal) && !file.StartsWith("tests/", StringComparison.Ordinal) && !IsText(file))
            .SelectMany(file => File.ReadLines(Repository.PathOf(file)).Select((line, i) => (Place: $"{file}:{i + 1}", Line: line)))
            .Where(entry => entry.Line.Length > Columns && !entry.Line.Contains('"', StringComparison.Ordinal)).Select(entry => $"{entry.Place}: {entry.Line.Length} columns");
        Assert.Empty(tooWide);
    }

    // Tables of a page are written in a raw string.
    private static bool IsText(string file) => file == "src/Graph/Flags.cs";

    private static bool IsTable(string file) => file.StartsWith("src/Graph/Ops/", StringComparison.Ordinal);
}
