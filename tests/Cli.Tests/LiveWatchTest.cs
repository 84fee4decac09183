using System.Diagnostics;
using System.Globalization;
using TensorGraph.Cli;

namespace TensorGraph.Tests;

/// <summary>A process is watched by its number, without anything having been switched on in it.</summary>
[Trait("Category", "Long")]
public sealed class LiveWatchTest
{
#if DEBUG
    private const string Configuration = "debug";
#else
    private const string Configuration = "release";
#endif

    [Fact]
    public void A_process_that_runs_tells_its_calls()
    {
        string program = Path.Combine(Repository.Root, "artifacts", "bin", "Digits", Configuration, "Digits.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--epochs", "100000"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        string number = process.Id.ToString(CultureInfo.InvariantCulture);
        var output = new StringWriter();
        // It may not have begun to listen, or to train.
        while (!output.ToString().Contains("Classifier.TrainStep", StringComparison.Ordinal) && !process.HasExited)
            App.Run(["watch", number, "--lines", "2", "--interval", "0.5"], new Output(output, TextWriter.Null));
        process.Kill();
        process.WaitForExit();
        Assert.Matches(@"[\d,]+ calls/s .* Digits\.Classifier\.TrainStep", output.ToString());
    }

    [Fact]
    public void A_number_that_is_no_process_is_refused() =>
        Assert.Contains("process 2147483646 can't be watched", Tool.Fails("watch", "2147483646"), StringComparison.Ordinal);
}
