namespace TensorGraph.Tests;

/// <summary>
/// Each block of a page that is marked <c>csharp</c> is a whole program: it compiles with the generator as a user's project does, runs, and prints the
/// <c>text</c> block that follows. A block marked <c>cs</c> is an excerpt. Pages of rules have a test of their own.
/// </summary>
public sealed class ReadmeTest
{
    public static TheoryData<string> Pages() =>
    [
        .. Repository.Files().Where(file => file.EndsWith(".md", StringComparison.Ordinal) && !file.StartsWith("docs/rules/", StringComparison.Ordinal))
            .Where(file => DocBlock.In(file).Count > 0),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_block_compiles_runs_and_prints_what_is_shown(string page)
    {
        foreach (DocBlock block in DocBlock.In(page))
        {
            DocProgram program = DocProgram.Compile(block);
            Assert.True(!program.Errors.Any(), $"{block} does not compile:\n{string.Join('\n', program.Errors)}");
            string printed = program.Run();
            if (block.Output is not null)
            {
                Assert.Equal(block.Output, printed);
            }
        }
    }
}
