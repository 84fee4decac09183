using TensorGraph.Recording;

namespace TensorGraph.Cli;

/// <summary>The content of a report, the costliest first.</summary>
internal sealed record Report(
    string Folder, RecordingHeader Recording, bool IsComplete, double Seconds, FunctionReport[] Functions, RetraceReport[] Retraces,
    KernelReport[] Kernels, DeviceRow[] Devices, WarningEvent[] Warnings, FailureEvent[] Failures, int DroppedTraces, int DamagedLines)
{
    /// <summary>The report of a recording.</summary>
    public static Report Of(RecordingReader recording)
    {
        var functions = recording.Traces.GroupBy(trace => trace.Event.Function).Select(FunctionReport.Of)
            .OrderByDescending(function => function.RunMilliseconds + function.TraceMilliseconds + function.CompileMilliseconds).ToArray();
        double last = recording.Events.Select(line => line.Time).Append(recording.Totals.Time).Max();
        return new(
            recording.Folder, recording.Header, recording.IsComplete, last, functions,
            [.. recording.Traces.Where(trace => trace.Event.Cause is not null).Select(RetraceReport.Of)],
            [.. KernelReport.Sorted(recording.Traces)],
            [.. recording.Totals.Devices.Where(device => device.Queued > 0 || device.PeakBytes > 0)], [.. recording.Events.OfType<WarningEvent>()],
            [.. recording.Events.OfType<FailureEvent>()], recording.Totals.DroppedTraces, recording.DamagedLines);
    }
}

/// <summary>A graph function: sums over its traces. First runs, which may compile code, are part of the runs.</summary>
internal sealed record FunctionReport(
    string Function, long Calls, double RunMilliseconds, double LongestMilliseconds, double TraceMilliseconds, double CompileMilliseconds,
    SignatureReport[] Signatures, double FirstMilliseconds, long FirstRuns)
{
    /// <summary>Time of the runs after the first ones.</summary>
    public double LaterMilliseconds => RunMilliseconds - FirstMilliseconds;

    /// <summary>The report of the traces of a function.</summary>
    public static FunctionReport Of(IEnumerable<TraceReader> traces)
    {
        TraceReader[] all = [.. traces];
        return new(
            all[0].Event.Function, all.Sum(trace => trace.Calls), all.Sum(trace => trace.Milliseconds),
            all.SelectMany(trace => trace.Programs).Select(program => program.LongestMilliseconds).DefaultIfEmpty().Max(),
            all.Sum(trace => trace.Event.Milliseconds), all.SelectMany(trace => trace.Compiled).Sum(compiled => compiled.Milliseconds),
            [.. all.Select(SignatureReport.Of).OrderByDescending(signature => signature.LaterMilliseconds)
                .ThenByDescending(signature => signature.RunMilliseconds)],
            all.Sum(trace => trace.FirstMilliseconds), all.SelectMany(trace => trace.Programs).Count(program => program.Calls > 0));
    }
}

/// <summary>A trace: one concrete signature.</summary>
internal sealed record SignatureReport(
    int Trace, string Signature, string? CallSite, bool MadeVariables, long Calls, double RunMilliseconds, double LongestMilliseconds,
    int NodesTraced, int NodesOptimized, string[] Steps, int Kernels, long ArenaBytes, long PeakBytes, string[] HostIslands, string[] State,
    double FirstMilliseconds)
{
    /// <summary>Time of the runs after the first ones.</summary>
    public double LaterMilliseconds => RunMilliseconds - FirstMilliseconds;

    /// <summary>The report of a trace.</summary>
    public static SignatureReport Of(TraceReader trace)
    {
        var largest = trace.Programs.MaxBy(program => program.PeakBytes);
        return new(
            trace.Number, trace.Event.Signature, trace.Event.CallSite, trace.Event.MadeVariables, trace.Calls, trace.Milliseconds,
            trace.Programs.Select(program => program.LongestMilliseconds).DefaultIfEmpty().Max(), trace.Event.Nodes,
            trace.Compiled.FirstOrDefault()?.Nodes ?? trace.Event.Nodes,
            [.. trace.Passes.Where(pass => pass.Before != pass.After).Select(pass => $"{pass.Pass} {pass.Before} → {pass.After}")],
            largest is null ? 0 : KernelReport.All(largest.Commands).Count(), largest?.ArenaBytes ?? 0, largest?.PeakBytes ?? 0,
            [.. trace.Commands.Where(command => command.IsHost).SelectMany(command => command.Ops).Distinct()], trace.Event.State,
            trace.FirstMilliseconds);
    }
}

/// <summary>A trace after the first of its function.</summary>
internal sealed record RetraceReport(string Function, int Trace, string Argument, string Old, string New, string? CallSite, string Suggestion)
{
    /// <summary>The report of a trace that has a cause.</summary>
    public static RetraceReport Of(TraceReader trace)
    {
        var cause = trace.Event.Cause!;
        return new(trace.Event.Function, trace.Number, cause.Argument, cause.Old, cause.New, trace.Event.CallSite, cause.Suggestion);
    }
}

/// <summary>
/// A command that runs: a kernel, or an op without one. Bytes and FLOPs are estimates of one run. The first run, which may compile code, is part of
/// the time.
/// </summary>
internal sealed record KernelReport(
    string Function, int Trace, string[] Ops, string[] Sources, string Region, bool IsHost, long Calls, double Milliseconds, long Bytes, long Flops,
    string Text, double FirstMilliseconds)
{
    /// <summary>Time of the runs after the first.</summary>
    public double LaterMilliseconds => Milliseconds - FirstMilliseconds;

    /// <summary>Runs after the first.</summary>
    public long LaterCalls => Math.Max(0, Calls - 1);

    /// <summary>Its instructions, where they are asked for.</summary>
    public string? Il { get; init; }

    /// <summary>The kernels of traces: first those that take most time after their first run.</summary>
    public static IEnumerable<KernelReport> Sorted(IEnumerable<TraceReader> traces) => traces.SelectMany(Of)
        .OrderByDescending(kernel => kernel.LaterMilliseconds).ThenByDescending(kernel => kernel.Milliseconds);

    /// <summary>The kernels of a trace. The time of a loop or branch is that of what is in it.</summary>
    public static IEnumerable<KernelReport> Of(TraceReader trace) =>
        trace.Programs.SelectMany(program => All(program.Commands)).Select(found => new KernelReport(
            trace.Event.Function, trace.Number, found.Command.Ops, found.Command.Sources, found.Region, found.Command.IsHost, found.Command.Calls,
            found.Command.Milliseconds, found.Command.Bytes, found.Command.Flops, found.Command.Text,
            found.Command.FirstMilliseconds));

    /// <summary>Commands with the regions that they are in; those that run regions are left out.</summary>
    public static IEnumerable<(CommandRow Command, string Region)> All(IEnumerable<CommandRow> commands, string region = "") =>
        commands.SelectMany(command => command.Regions.Length == 0
            ? [(command, region)]
            : command.Regions.SelectMany(inner => All(inner.Commands, $"{region}{string.Join(", ", command.Ops)}.{inner.Name} ")));
}
