using Microsoft.CodeAnalysis;

namespace TensorGraph.Tests;

/// <summary>A rule page tells the truth: its bad program is refused with exactly that ID, at build time or when it runs; its good one works.</summary>
public sealed class RulePagesTest
{
    public static TheoryData<string> Ids() => [.. DiagnosticsTest.Ids];

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_bad_program_is_refused_with_the_ID_and_the_good_one_works(string id)
    {
        foreach (DocBlock block in DocBlock.In($"docs/rules/{id}.md"))
        {
            DocProgram program = DocProgram.Compile(block);
            Diagnostic[] foreign = [.. program.Errors.Where(error => error.Id != id)];
            Assert.True(foreign.Length == 0, $"{block} does not compile:\n{string.Join('\n', foreign.AsEnumerable())}");

            bool reported = program.Diagnostics.Any(diagnostic => diagnostic.Id == id) || (!program.Errors.Any() && Raises(program, id));
            Assert.True(reported == (block.Section == "Bad"), $"{block}: {(reported ? "is refused with" : "passes without")} {id}");
        }
    }

    private static bool Raises(DocProgram program, string id)
    {
        bool warned = false;
        void Warned(GraphWarning warning) => warned |= warning.Id == id;
        GraphFunctions.Warning += Warned;
        try
        {
            program.Run();
            return warned;
        }
        catch (GraphException failure) when (failure.Id == id)
        {
            return true;
        }
        finally
        {
            GraphFunctions.Warning -= Warned;
        }
    }
}
