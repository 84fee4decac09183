using CharRnn;

namespace TensorGraph.Tests;

/// <summary>The writer learns and writes alike both ways.</summary>
public sealed class CharRnnTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Training_and_writing_are_alike_both_ways()
    {
        File.WriteAllText(_path, string.Concat(Enumerable.Repeat("abcd", 100)));
        var (imperative, traced) = new Session(new() { Path = _path, Steps = 4, Length = 8, Batch = 4, Units = 8, Count = 20 }).Go();
        Close.Within(imperative!.Losses, traced.Losses, 1e-4, 0);
        Assert.Equal(20, traced.Text.Length);
        Assert.Equal(imperative.Text, traced.Text);
    }

    [Fact]
    public void It_learns_a_text_that_goes_in_circles()
    {
        File.WriteAllText(_path, string.Concat(Enumerable.Repeat("abcd", 100)));
        var settings = new Settings { Path = _path, Steps = 80, Length = 8, Batch = 8, Units = 16, Count = 12, LearningRate = 0.02, Temperature = 0, Prompt = "cd", OnlyTraced = true };
        Assert.Equal("abcdabcdabcd", new Session(settings).Go().Traced.Text);
    }

    [Fact]
    public void The_command_says_what_is_wrong_with_a_text()
    {
        File.WriteAllText(_path, "short");
        var run = CommandResult.Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "CharRnn.dll"), "--file", _path], AppContext.BaseDirectory);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("TG1006: ", run.Output.TrimStart('\n'), StringComparison.Ordinal);
        Assert.Contains("5 letters", run.Output, StringComparison.Ordinal);
    }
}
