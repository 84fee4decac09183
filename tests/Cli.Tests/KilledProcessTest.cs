using System.Diagnostics;
using TensorGraph.Cli;

namespace TensorGraph.Tests;

/// <summary>A process that is killed while it is recorded leaves a folder that can be read.</summary>
public sealed class KilledProcessTest : IDisposable
{
#if DEBUG
    private const string Configuration = "debug";
#else
    private const string Configuration = "release";
#endif

    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-killed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Its_recording_is_reported_as_far_as_it_was_written()
    {
        string program = Path.Combine(Repository.Root, "artifacts", "bin", "Digits", Configuration, "Digits.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--epochs", "100000"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TENSORGRAPH_DUMP"] = _folder;
        using var process = Process.Start(start)!;
        while (!HasCalls() && !process.HasExited)
            Thread.Sleep(50);
        process.Kill();
        process.WaitForExit();

        var report = Tool.Json("report", _folder);
        Assert.False(report.GetProperty("isComplete").GetBoolean());
        Assert.Contains("TrainStep", report.GetProperty("functions")[0].GetProperty("function").GetString(), StringComparison.Ordinal);
        Assert.True(report.GetProperty("functions")[0].GetProperty("calls").GetInt64() > 0);
    }

    private bool HasCalls() =>
        Directory.Exists(Path.Combine(_folder, "run-1", "graphs")) && Report.Of(RecordingReader.Open(_folder)).Functions.Any(function => function.Calls > 0);
}
