namespace TensorGraph.Cli;

/// <summary>Finds the graph that a command line names.</summary>
internal static class Graphs
{
    /// <summary>The graph of a file, or of the most expensive trace of a recording that fits.</summary>
    /// <exception cref="UsageException">A file is asked for a function, a trace or a pass.</exception>
    public static (string Name, GraphText Text) Find(Output output, string path, string? function, int? number, string? after)
    {
        if (!RecordingReader.IsRecording(path))
        {
            var text = File(path, function, number, after);
            return (text.Graph.Name, text);
        }

        var trace = Trace(output, RecordingReader.Open(path), function, number);
        return (trace.Name, trace.Graph(after ?? "optimized"));
    }

    /// <summary>The graph of a file.</summary>
    /// <exception cref="UsageException">It is asked for a function, a trace or a pass.</exception>
    public static GraphText File(string path, string? function, int? number, string? after = null) =>
        function is null && number is null && after is null || !System.IO.File.Exists(path)
            ? GraphText.Open(path)
            : throw new UsageException($"'{path}' is one graph: --function, --trace and --after choose from a recording, which is a folder.");

    /// <summary>The most expensive trace that fits; a message names it where there are others.</summary>
    public static TraceReader Trace(Output output, RecordingReader recording, string? function, int? number)
    {
        var found = recording.Find(function, number);
        if (found.Length > 1)
            output.Fail($"tgraph: trace {found[0].Number}, {found[0].Name}, is the first of {found.Length} by time; --function and --trace choose others.");
        return found[0];
    }
}
