namespace TensorGraph.Cli;

/// <summary>Finds the graph that a command line names.</summary>
internal static class Graphs
{
    /// <summary>The graph of a file, or of the most expensive trace of a recording that fits.</summary>
    public static (string Name, GraphText Text) Find(Output output, string path, string? function, int? number, string after)
    {
        if (!RecordingReader.IsRecording(path))
        {
            var text = GraphText.Open(path);
            return (text.Graph.Name, text);
        }

        var trace = Trace(output, RecordingReader.Open(path), function, number);
        return (trace.Name, trace.Graph(after));
    }

    /// <summary>The most expensive trace that fits; a message names it where there are others.</summary>
    public static TraceReader Trace(Output output, RecordingReader recording, string? function, int? number)
    {
        var found = recording.Find(function, number);
        if (found.Length > 1)
            output.Fail($"tgraph: trace {found[0].Number}, {found[0].Name}, is the first of {found.Length} by time; --function and --trace choose others.");
        return found[0];
    }
}
