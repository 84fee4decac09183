using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

public sealed partial class ProgramLinesTest
{
    private const string Page = "docs/programs.md";

    [Fact]
    public void The_table_has_the_number_of_lines_of_each_program()
    {
        IReadOnlyList<DocBlock> programs = DocBlock.In(Page);
        Assert.NotEmpty(programs);
        Assert.All(programs, program =>
        {
            string file = string.Concat(program.Section.Split(' ', ',').Where(word => word.Length > 0).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
            int lines = Lines(program.Code), peer = Lines(Repository.Read($"benchmarks/TorchSharpPeer/Programs/{file}.cs"));
            Assert.Contains($"| {program.Section.ToLowerInvariant()} | {lines} | {peer} |", Repository.Read(Page), StringComparison.Ordinal);
        });
    }

    private static int Lines(string program) =>
        program.Split('\n').Count(line => line.Trim().Length > 0 && !UsingDirective().IsMatch(line));

    [GeneratedRegex(@"^using [\w. ]+;")]
    private static partial Regex UsingDirective();
}
