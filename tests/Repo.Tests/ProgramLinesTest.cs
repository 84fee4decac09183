namespace TensorGraph.Tests;

public sealed class ProgramLinesTest
{
    private const string Page = "docs/programs.md";

    [Fact]
    public void The_table_has_the_number_of_lines_of_each_program()
    {
        IReadOnlyList<DocBlock> programs = DocBlock.In(Page);
        Assert.NotEmpty(programs);
        Assert.All(programs, program =>
        {
            int lines = program.Code.Split('\n').Count(line => line.Trim().Length > 0);
            Assert.Contains($"| {program.Section.ToLowerInvariant()} | {lines} |", Repository.Read(Page), StringComparison.Ordinal);
        });
    }
}
