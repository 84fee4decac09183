using System.CommandLine;
using TensorGraph.Ir;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph replay</c>: runs a recorded call node by node and stops where values go wrong.</summary>
internal static class ReplayCommand
{
    public static Command Create(Output output)
    {
        var folder = CommandTable.Folder();
        var function = CommandTable.Function();
        var trace = CommandTable.Trace();
        var device = new Option<string>("--device") { Description = "The device that is compared with the interpreter", DefaultValueFactory = _ => "managed" };
        var tolerance = CommandTable.Number("--tolerance", "Differences allowed, relative to the largest value; by dtype unless given");
        var json = CommandTable.Json();
        var command = new Command("replay", "Runs a recorded call node by node, on the interpreter and a device") { folder, function, trace, device, tolerance, json };
        command.SetAction(parsed =>
        {
            var recording = RecordingReader.Open(parsed.GetValue(folder)!);
            // What only made variables ran once, and may be the only one that has inputs.
            var found = recording.Find(parsed.GetValue(function), parsed.GetValue(trace)).FirstOrDefault(each => each.Inputs is not null)
                ?? Graphs.Trace(output, recording, parsed.GetValue(function), parsed.GetValue(trace));
            var (arguments, variables) = found.ReadInputs();
            var text = found.Graph("optimized");
            var host = new HostResults(found.ReadHostResults());
            foreach (var (name, resource) in Printer.Resources(text.Graph))
            {
                if (resource.Kind == ResourceKind.HostFunction)
                    resource.HostFunction = _ => host.Next(name);
                else if (resource.Kind == ResourceKind.Variable)
                    resource.HostValue = variables.TryGetValue(name, out var value) ? value : throw new UsageException($"the recording lacks the value of @{name}.");
            }

            Device target;
            try
            {
                target = Devices.Find(parsed.GetValue(device)!);
            }
            catch (ArgumentException unknown)
            {
                throw new UsageException(unknown.Message.Split(" (Parameter", 2)[0]);
            }

            using var scope = Device.Use(target);
            var result = new Replay(text, arguments, host, (graph, values) => Run(target, graph, values), parsed.GetValue(tolerance)).Run();
            if (parsed.GetValue(json))
                output.Json(new { found.Name, Device = target.Name, result.Nodes, result.Compared, result.Fault });
            else
                Write(output, found, target, result);
            return result.Fault is null ? App.Ok : App.Differs;
        });
        return command;
    }

    private static Literal[] Run(Device device, Ir.Graph graph, Literal[] values)
    {
        var results = device.Compile(graph).Run([.. values.Select(device.From)]);
        return [.. results.Select(result => result.ToLiteral())];
    }

    private static void Write(Output output, TraceReader trace, Device device, ReplayResult result)
    {
        output.Line($"{trace.Name}, trace {trace.Number}: {result.Nodes} nodes, {result.Compared} compared on {device.Name}", "bold");
        if (result.Fault is not { } fault)
        {
            output.Line("All agree, and none turns NaN or infinite.", "green");
            return;
        }

        output.Line($"node {fault.Number}, {fault.Op}{(fault.Source.Length > 0 ? $" at {fault.Source}" : "")}: {fault.Problem}", "red");
        output.Line($"  {fault.Node}");
        foreach (var (i, input) in fault.Inputs.Index())
            output.Line($"  input {i}      {input}");
        foreach (var (i, value) in fault.Reference.Index())
            output.Line($"  interpreter {i} {value}");
        foreach (var (i, value) in fault.Device.Index())
            output.Line($"  device {i}     {value}");
    }
}
