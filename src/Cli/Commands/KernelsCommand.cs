using System.CommandLine;
using System.Globalization;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph kernels</c>: what runs, with estimates of its work and, of a recording, its time.</summary>
internal static class KernelsCommand
{
    /// <summary>Columns of <see cref="Rows"/>.</summary>
    public static string[] Columns { get; } =
        ["#", "function", "ops", "at", ">calls", ">run", ">share", ">first run", ">bytes", ">flops", ">bandwidth", ">speed"];

    public static Command Create(Output output)
    {
        var path = CommandTable.Source();
        var function = CommandTable.Function();
        var trace = CommandTable.Trace();
        var code = new Option<bool>("--code") { Description = "Shows the loop program of each kernel" };
        var il = new Option<bool>("--il") { Description = "Shows its IL too, as this machine would run it" };
        var json = CommandTable.Json();
        var command = new Command("kernels", "Kernels by time, with estimated bytes and FLOPs") { path, function, trace, code, il, json };
        command.SetAction(parsed =>
        {
            string source = parsed.GetValue(path)!;
            if (!RecordingReader.IsRecording(source))
            {
                Lowered(output, Graphs.File(source, parsed.GetValue(function), parsed.GetValue(trace)), parsed.GetValue(il), parsed.GetValue(json));
                return App.Ok;
            }

            var recording = RecordingReader.Open(source);
            var traces = recording.Find(parsed.GetValue(function), parsed.GetValue(trace));
            KernelReport[] kernels = [.. KernelReport.Sorted(traces)];
            if (kernels.Length == 0)
                throw new UsageException($"'{recording.Folder}' has no kernels: nothing of it ran, or it ran on a device that has none.");
            if (parsed.GetValue(il))
                kernels = WithIl(kernels, traces);
            if (parsed.GetValue(json))
                output.Json(kernels);
            else if (parsed.GetValue(code) || parsed.GetValue(il))
                Code(output, kernels);
            else
                output.Table(Columns, Rows(kernels, kernels.Sum(kernel => kernel.LaterMilliseconds)));
            return App.Ok;
        });
        return command;
    }

    /// <summary>Rows of a table of kernels.</summary>
    public static IEnumerable<string[]> Rows(IEnumerable<KernelReport> kernels, double whole) => kernels.Select(kernel => new[]
    {
        kernel.Trace.ToString(CultureInfo.InvariantCulture), ReportCommand.Short(kernel.Function),
        kernel.Region + Shorten(kernel) + (kernel.IsHost ? " (host)" : ""), string.Join(", ", kernel.Sources.Take(3)), Units.Count(kernel.Calls),
        Units.Time(kernel.LaterMilliseconds), Units.Share(kernel.LaterMilliseconds, whole), Units.Time(kernel.FirstMilliseconds),
        Units.Bytes(kernel.Bytes), Units.Count(kernel.Flops), Units.Rate((double)kernel.Bytes * kernel.LaterCalls, kernel.LaterMilliseconds, "B"),
        Units.Rate((double)kernel.Flops * kernel.LaterCalls, kernel.LaterMilliseconds, "FLOP"),
    });

    private static KernelReport[] WithIl(KernelReport[] kernels, TraceReader[] traces)
    {
        var code = traces.ToDictionary(trace => trace.Number, KernelCode.Of);
        return Array.ConvertAll(kernels, kernel => kernel with { Il = code[kernel.Trace].GetValueOrDefault(kernel.Text) });
    }

    private static string Shorten(KernelReport kernel)
    {
        const int Most = 6;
        string[] ops = kernel.Ops.Length > 0 ? kernel.Ops : ["copy"];
        return ops.Length <= Most ? string.Join(", ", ops) : $"{string.Join(", ", ops.Take(Most))}, … {ops.Length} ops";
    }

    private static void Code(Output output, KernelReport[] kernels)
    {
        foreach (var kernel in kernels)
        {
            output.Heading($"{Units.Time(kernel.LaterMilliseconds)} in {Units.Count(kernel.LaterCalls)} runs after the first, {kernel.Region}{Shorten(kernel)} {string.Join(", ", kernel.Sources)}");
            output.Line(kernel.Text);
            if (kernel.Il is not null)
                output.Line(kernel.Il.TrimEnd());
        }
    }

    // Kernels do not depend on sizes, but a graph is lowered for numbers.
    private static void Lowered(Output output, GraphText text, bool il, bool json)
    {
        if (text.Graph.Entry.Parameters.FirstOrDefault(parameter => !parameter.Types[0].Shape.IsConstant) is { } open)
        {
            throw new UsageException(
                $"parameter '{open.Attrs.Get("name", "")}' is {open.Types[0]}: kernels of a graph are made for numbers. Write numbers into its parameters, or name a recording.");
        }

        string code = Devices.Managed.Compile(text.Graph).Dump();
        string? instructions = il ? string.Concat(KernelCode.Of(text.Graph).Select(pair => $"\n{pair.Key}\n{pair.Value}")) : null;
        if (json)
            output.Json(new { text.Graph.Name, Code = code, Il = instructions });
        else
            output.Line(code.TrimEnd() + (instructions is null ? "" : "\n" + instructions.TrimEnd()));
    }
}
