using System.Diagnostics;
using TensorGraph.Backends;
using TensorGraph.Passes;

namespace TensorGraph.Recording;

/// <summary>A trace in a recording: its number, the passes over its graph, and the counts of its runs.</summary>
internal sealed class RecordedTrace(GraphRecorder recorder, int number, string? folder)
{
    private readonly List<PassRow> _passes = [];
    private readonly List<ExecutableProfile> _profiles = [];
    private long _start = Stopwatch.GetTimestamp();
    private int _files = 1;
    private int _hasInputs;

    /// <summary>Its number.</summary>
    public int Number => number;

    /// <summary>The runs of its executables, by device.</summary>
    public ExecutableProfile[] Profiles
    {
        get
        {
            lock (_profiles)
                return [.. _profiles];
        }
    }

    /// <summary>Its counts when the last line of progress was written.</summary>
    public (long Calls, double Milliseconds) Reported { get; set; }

    /// <summary>A pass has run.</summary>
    public void OnPass(PassReport report, Ir.Graph graph)
    {
        string? file = report.Changed && folder is not null ? recorder.WriteGraph(folder, _files++, report.Pass, graph) : null;
        _passes.Add(new(report.Pass, report.Round, report.Before, report.After,
            [.. report.Rules.Select(rule => new RuleRow(rule.Rule, rule.Source.ToString(), rule.Times))], file));
    }

    /// <summary>The time from here on is that of a compilation.</summary>
    public void OnCompile() => _start = Stopwatch.GetTimestamp();

    /// <summary>It was compiled for a device.</summary>
    public void OnCompiled(Executable executable)
    {
        double milliseconds = Stopwatch.GetElapsedTime(_start).TotalMilliseconds;
        if (executable.Profile is { } profile)
        {
            lock (_profiles)
                _profiles.Add(profile);
        }

        string? graph = folder is null ? null : recorder.WriteGraph(folder, _files++, "optimized", executable.Graph);
        recorder.Append(new CompileEvent(number, executable.Device.Name, milliseconds, executable.Graph.NodeCount, [.. _passes], graph));
        _passes.Clear();
    }

    /// <summary>
    /// Keeps the inputs of the first call, if the recording is to have them. In C# code of a graph, reading them might wait for itself.
    /// </summary>
    public void OnCall(Ir.Graph graph, ReadOnlySpan<TensorData> inputs)
    {
        if (recorder.KeepsInputs && _hasInputs == 0 && !HostCode.IsEntered && Interlocked.Exchange(ref _hasInputs, 1) == 0)
            recorder.WriteInputs(number, graph, inputs.ToArray());
    }
}
