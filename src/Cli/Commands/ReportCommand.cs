using System.CommandLine;
using System.Globalization;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph report DIR</c>: what was traced, what it costs, and why it was traced again.</summary>
internal static class ReportCommand
{
    private const int MostKernels = 15;

    public static Command Create(Output output)
    {
        var folder = CommandTable.Folder();
        var json = CommandTable.Json();
        var command = new Command("report", "Functions, retraces, kernels, queues and memory of a recording") { folder, json };
        command.SetAction(parsed =>
        {
            var report = Report.Of(RecordingReader.Open(parsed.GetValue(folder)!));
            if (parsed.GetValue(json))
                output.Json(report);
            else
                Write(output, report);
            return App.Ok;
        });
        return command;
    }

    private static void Write(Output output, Report report)
    {
        var header = report.Recording;
        output.Line(string.Create(CultureInfo.InvariantCulture,
            $"{header.Program}, {header.Started:yyyy-MM-dd HH:mm:ss} UTC, {report.Seconds:0.0} s, device {header.Device}, TensorGraph {header.Library}, {header.Framework}"), "bold");
        output.Line(report.Folder);
        if (!report.IsComplete)
            output.Line("The program still runs or was killed: counts are those of the last second that was written.", "yellow");
        if (report.DamagedLines > 0)
            output.Line($"{report.DamagedLines} lines could not be read.", "yellow");
        if (report.DroppedTraces > 0)
            output.Line($"{report.DroppedTraces} further traces are not in the recording.", "yellow");
        Functions(output, report);
        Retraces(output, report);
        Kernels(output, report);
        Devices(output, report);
        Messages(output, report);
    }

    private static void Functions(Output output, Report report)
    {
        output.Heading("Functions");
        double whole = report.Functions.Sum(function => function.LaterMilliseconds);
        string[] columns = ["function", ">calls", ">run", ">share", ">mean", ">longest", ">first runs", ">traces", ">trace", ">compile"];
        output.Table(columns, report.Functions.Select(function => new[]
        {
            function.Function, Units.Count(function.Calls), Units.Time(function.LaterMilliseconds), Units.Share(function.LaterMilliseconds, whole),
            Units.Time(function.LaterMilliseconds / Math.Max(1, function.Calls - function.FirstRuns)), Units.Time(function.LongestMilliseconds),
            Units.Time(function.FirstMilliseconds), Units.Count(function.Signatures.Length), Units.Time(function.TraceMilliseconds),
            Units.Time(function.CompileMilliseconds),
        }));
        output.Heading("Signatures");
        output.Table(["#", "function", "signature", ">calls", ">run", ">first runs", ">nodes", ">kernels", ">arena", ">peak", "host islands", "passes"],
            report.Functions.SelectMany(function => function.Signatures.Select(signature => new[]
            {
                signature.Trace.ToString(CultureInfo.InvariantCulture), Short(function.Function),
                signature.Signature + (signature.MadeVariables ? " (made variables)" : ""), Units.Count(signature.Calls),
                Units.Time(signature.LaterMilliseconds), Units.Time(signature.FirstMilliseconds), $"{signature.NodesTraced} → {signature.NodesOptimized}", Units.Count(signature.Kernels),
                Units.Bytes(signature.ArenaBytes), Units.Bytes(signature.PeakBytes), string.Join(", ", signature.HostIslands),
                string.Join(", ", signature.Steps),
            })));
    }

    private static void Retraces(Output output, Report report)
    {
        if (report.Retraces.Length == 0)
            return;
        output.Heading("Retraces");
        output.Table(["#", "function", "argument", "old", "new", "at", "suggestion"], report.Retraces.Select(retrace => new[]
        {
            retrace.Trace.ToString(CultureInfo.InvariantCulture), Short(retrace.Function), retrace.Argument, retrace.Old, retrace.New, retrace.CallSite ?? "",
            retrace.Suggestion,
        }));
    }

    private static void Kernels(Output output, Report report)
    {
        if (report.Kernels.Length == 0)
            return;
        output.Heading(report.Kernels.Length > MostKernels
            ? $"Kernels: {MostKernels} of {report.Kernels.Length}; tgraph kernels shows all" : "Kernels");
        double whole = report.Kernels.Sum(kernel => kernel.LaterMilliseconds);
        output.Table(KernelsCommand.Columns, KernelsCommand.Rows(report.Kernels.Take(MostKernels), whole));
    }

    private static void Devices(Output output, Report report)
    {
        if (report.Devices.Length == 0)
            return;
        output.Heading("Devices");
        output.Table(["device", ">queued calls", ">deepest queue", ">live", ">pooled", ">peak"], report.Devices.Select(device => new[]
        {
            device.Device, Units.Count(device.Queued), Units.Count(device.DeepestQueue), Units.Bytes(device.LiveBytes),
            Units.Bytes(device.PooledBytes), Units.Bytes(device.PeakBytes),
        }));
    }

    private static void Messages(Output output, Report report)
    {
        if (report.Warnings.Length + report.Failures.Length == 0)
            return;
        output.Heading("Warnings and failures");
        foreach (var warning in report.Warnings)
            output.Line(warning.Message, "yellow");
        foreach (var failure in report.Failures)
            output.Line($"trace of {failure.Function} failed: {failure.Message}", "red");
    }

    /// <summary><c>Model.Step</c> of <c>Company.Product.Model.Step</c></summary>
    internal static string Short(string function) => string.Join('.', function.Split('.').TakeLast(2));
}
