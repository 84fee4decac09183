namespace TensorGraph.Tests;

/// <summary>The script for one test class says what it does not find; a build of one project leaves the analyzers out, which a build of the solution runs.</summary>
public sealed class ScriptTest
{
    [Fact]
    public void A_class_that_does_not_exist_is_said_to()
    {
        // Not as one word, which the script would find here.
        const string Name = "NoSuch" + "Class";
        if (OperatingSystem.IsWindows())
            return;
        CommandResult result = CommandResult.Run("bash", ["./test", Name], Repository.Root);
        Assert.Equal((2, $"test: no class {Name}, {Name}Test or {Name}Tests under tests/"), (result.ExitCode, result.Output.Trim()));
    }

    [Theory]
    [InlineData("", "false")]
    [InlineData("-p:BuildingSolutionFile=true", "")]
    public void Analyzers_run_in_builds_of_the_solution(string option, string expected)
    {
        CommandResult result = CommandResult.Run("dotnet",
            ["msbuild", "src/Graph/Graph.csproj", "-getProperty:RunAnalyzersDuringBuild", .. option.Length == 0 ? Array.Empty<string>() : [option]], Repository.Root);
        Assert.Equal((0, expected), (result.ExitCode, result.Output.Trim()));
    }
}
