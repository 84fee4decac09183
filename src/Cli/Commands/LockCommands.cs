using System.CommandLine;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph lock</c> writes what is expected of the graphs of a program; <c>tgraph check</c> fails where it drifts.</summary>
internal static class LockCommands
{
    private const string DefaultFile = "graph.lock";

    public static Command CreateLock(Output output)
    {
        var folder = CommandTable.Folder();
        var file = CommandTable.Target("The file", DefaultFile);
        var json = CommandTable.Json();
        var command = new Command("lock", "Writes graph.lock: signatures, node counts, kernels, peak memory, host islands") { folder, file, json };
        command.SetAction(parsed =>
        {
            var written = GraphLock.Of(RecordingReader.Open(parsed.GetValue(folder)!));
            Output.WriteJson(parsed.GetValue(file)!, written);
            if (parsed.GetValue(json))
                output.Json(written);
            else
                output.Line($"{parsed.GetValue(file)}: {written.Signatures.Length} signatures");
            return App.Ok;
        });
        return command;
    }

    public static Command CreateCheck(Output output)
    {
        var folder = CommandTable.Folder();
        var file = new Option<string>("--lock") { Description = "The lock", DefaultValueFactory = _ => DefaultFile };
        var json = CommandTable.Json();
        var command = new Command("check", "Compares a recording with graph.lock; exit code 1 where it drifts") { folder, file, json };
        command.SetAction(parsed =>
        {
            var drifts = GraphLock.Read(parsed.GetValue(file)!).Compare(GraphLock.Of(RecordingReader.Open(parsed.GetValue(folder)!)));
            if (parsed.GetValue(json))
                output.Json(drifts);
            else
                Write(output, parsed.GetValue(file)!, drifts);
            return drifts.Length == 0 ? App.Ok : App.Differs;
        });
        return command;
    }

    private static void Write(Output output, string file, Drift[] drifts)
    {
        if (drifts.Length == 0)
        {
            output.Line($"as in {file}");
            return;
        }

        foreach (var signature in drifts.GroupBy(drift => $"{drift.Function}({drift.Signature})"))
        {
            output.Line(signature.Key, "bold");
            foreach (var drift in signature)
                output.Line($"  {drift.What}: {drift.Expected} → {drift.Found}", "yellow");
        }

        output.Line($"{drifts.Length} differences from {file}. If they are meant: tgraph lock, and commit the file.");
    }
}
