namespace TensorGraph.Tests;

/// <summary>Each C# block of the README is a whole program: it compiles with the generator as a user's project does, runs, and prints what is shown.</summary>
public sealed class ReadmeTest
{
    [Fact]
    public void Each_block_compiles_runs_and_prints_what_is_shown()
    {
        foreach (DocBlock block in DocBlock.In("README.md"))
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
