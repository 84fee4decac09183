using TensorGraph.Passes;

namespace TensorGraph.Tests;

/// <summary>Pages that are made from code are up to date, and the code keeps to what they promise.</summary>
[Trait("Category", "Docs")]
public sealed class GeneratedPagesTest
{
    [Fact]
    public void The_page_of_flags() => Snapshot.MatchFile(Flags.Markdown(), Repository.PathOf("docs/flags.md"));

    [Fact]
    public void The_page_of_passes() => Snapshot.MatchFile(Pipeline.Markdown(), Repository.PathOf("docs/passes.md"));

    [Fact]
    public void There_are_at_most_ten_flags_and_code_reads_each()
    {
        Assert.InRange(Flags.All.Count, 1, 10);
        string code = string.Join('\n', Repository.Files()
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) && !file.EndsWith("/GeneratedPagesTest.cs", StringComparison.Ordinal)).Select(Repository.Read));
        Assert.All(Flags.All, flag => Assert.True(
            code.Contains($"(\"{flag.Name}\")", StringComparison.Ordinal) || code.Contains($"\"TENSORGRAPH_{flag.Name}\"", StringComparison.Ordinal), $"nothing reads TENSORGRAPH_{flag.Name}"));
    }
}
