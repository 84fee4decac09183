using System.Diagnostics;
using System.Globalization;

namespace TensorGraph.Benchmarks.Compare;

/// <summary>Another library in a process of its own, which runs a workload when it is asked to.</summary>
internal sealed class Peer : IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(30);

    private readonly Process _process;

    private Peer(string name, Process process) => (Name, _process) = (name, process);

    public string Name { get; }

    /// <summary>TorchSharp, built and started; null with the reason where that can't be done.</summary>
    public static (Peer? Peer, string? Reason) TorchSharp(int threads)
    {
        string project = Path.Combine(Machine.Repository(), "benchmarks", "TorchSharpPeer");
        using Process build = Start("build", "-c", "Release", "-v", "q", "--nologo", project);
        string output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        if (build.ExitCode != 0) return (null, $"TorchSharp can't be had here: {output.Trim().Split('\n')[0]}");
        Process process = Start("run", "--no-build", "-c", "Release", "--project", project, "--", "serve", threads.ToString(CultureInfo.InvariantCulture));
        return process.StandardOutput.ReadLine() is { } name ? (new Peer(name, process), null) : (null, "TorchSharp does not start");
    }

    /// <summary>ONNX Runtime on models that this library exported; null with the reason where it can't be loaded.</summary>
    public static (Peer? Peer, string? Reason) OnnxRuntime(int threads, string models)
    {
        Process process = Start(typeof(Peer).Assembly.Location, "onnxruntime", threads.ToString(CultureInfo.InvariantCulture), models);
        return process.StandardOutput.ReadLine() is { } name ? (new Peer(name, process), null) : (null, "ONNX Runtime does not start");
    }

    /// <summary>Nanoseconds of one step, mean of several; null for a workload that it does not have.</summary>
    public double? Run(string workload, int steps)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{steps} {workload}"));
        _process.StandardInput.Flush();
        string? answer = _process.StandardOutput.ReadLine();
        // Its threads spin for some milliseconds after their last op, which makes the peer faster, and would take the cores from who comes next.
        Thread.Sleep(Rest);
        return double.TryParse(answer, CultureInfo.InvariantCulture, out double nanoseconds) ? nanoseconds : null;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5_000)) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }
}
