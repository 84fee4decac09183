namespace TensorGraph.Tests;

/// <summary>Each C# block of the README and of the page on data is a whole program: it compiles with the generator as a user's project does, runs, and prints what is shown.</summary>
public sealed class ReadmeTest
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/data.md")]
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
