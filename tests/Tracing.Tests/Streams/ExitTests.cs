namespace TensorGraph.Tests.Streams;

/// <summary>A process ends at once and as it wants to, whatever is queued or runs.</summary>
public sealed class ExitTests
{
    [Theory]
    [InlineData("return", 3)]
    [InlineData("environment-exit", 4)]
    [InlineData("exit-in-another-thread", 5)]
    [InlineData("waits-in-the-background", 6)]
    [InlineData("awaits", 8)]
    [InlineData("exit-in-a-host-call", 9)]
    public void With_work_in_flight_a_process_ends(string way, int code) => Assert.Equal((code, "queued|exit|"), Run(way));

    [Fact]
    public void A_thread_in_the_foreground_finishes_its_work_first() => Assert.Equal((7, "queued|8|exit|"), Run("foreground-thread"));

    [Fact]
    public void An_exception_that_nothing_catches_ends_it_with_that_message()
    {
        var (code, output) = Run("exception-in-another-thread");
        Assert.NotEqual(0, code);
        Assert.Contains("System.InvalidOperationException: of the program", output, StringComparison.Ordinal);
    }

    private static (int Code, string Output) Run(string way)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ExitProgram.dll");
        var environment = new Dictionary<string, string> { ["TENSORGRAPH_DEVICE"] = Device.Default.Name, ["DOTNET_DbgEnableMiniDump"] = "0" };
        var run = CommandResult.Run("dotnet", [program, way], AppContext.BaseDirectory, environment, timeoutSeconds: 120);
        return (run.ExitCode, run.Output.Replace("\r", "", StringComparison.Ordinal).Replace('\n', '|'));
    }
}
