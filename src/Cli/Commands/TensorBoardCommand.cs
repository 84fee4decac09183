using System.CommandLine;
using TensorGraph.Recording;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph tensorboard</c>: the graphs and curves of a recording as event files, one folder for each function.</summary>
internal static class TensorBoardCommand
{
    public static Command Create(Output output)
    {
        var folder = CommandTable.Folder();
        var target = CommandTable.Target("Folder for TensorBoard", "tensorboard");
        var json = CommandTable.Json();
        var command = new Command("tensorboard", "Writes graphs and curves for TensorBoard") { folder, target, json };
        command.SetAction(parsed =>
        {
            string root = parsed.GetValue(target)!;
            string[] files = [.. Write(RecordingReader.Open(parsed.GetValue(folder)!), root)];
            if (parsed.GetValue(json))
                output.Json(files);
            else
                output.Line($"{files.Length} files. tensorboard --logdir {root}");
            return App.Ok;
        });
        return command;
    }

    private static IEnumerable<string> Write(RecordingReader recording, string root)
    {
        var progress = recording.Events.OfType<ProgressEvent>().ToArray();
        using (var process = GraphRecorder.TensorBoard(Path.Combine(root, "process")))
        {
            foreach (var line in progress)
            {
                process.AddScalar("queue", line.Queue, Step(line), At(recording, line));
                process.AddScalar("memory/live", line.LiveBytes, Step(line), At(recording, line));
                process.AddScalar("memory/pooled", line.PooledBytes, Step(line), At(recording, line));
            }

            yield return process.Path;
        }

        foreach (var function in recording.Find(null, null).GroupBy(trace => trace.Event.Function))
        {
            using var writer = GraphRecorder.TensorBoard(Path.Combine(root, FolderOf(function.Key)));
            if (function.FirstOrDefault(trace => trace.Compiled.Length > 0) is { } first)
                writer.AddGraph(first.Graph("optimized").Graph);
            var numbers = function.Select(trace => trace.Number).ToHashSet();
            foreach (var line in progress)
            {
                var rows = line.Traces.Where(row => numbers.Contains(row.Trace)).ToArray();
                long calls = rows.Sum(row => row.Calls);
                if (calls == 0)
                    continue;
                writer.AddScalar("calls", calls, Step(line), At(recording, line));
                writer.AddScalar("milliseconds per call", rows.Sum(row => row.Milliseconds) / calls, Step(line), At(recording, line));
            }

            yield return writer.Path;
        }
    }

    // A name of a generic class is no name of a folder everywhere, and one in a recording of somebody else must not lead elsewhere.
    private static string FolderOf(string function)
    {
        string name = string.Concat(function.Select(c => char.IsLetterOrDigit(c) || c is '_' or '.' or '-' ? c : '_'));
        return name.Trim('.').Length == function.Length ? name : $"{name.Trim('.')}_{(uint)function.GetHashCode(StringComparison.Ordinal):x8}";
    }

    private static long Step(ProgressEvent line) => (long)(line.Time * 1000);

    private static DateTimeOffset At(RecordingReader recording, ProgressEvent line) => recording.Header.Started.AddSeconds(line.Time);
}
