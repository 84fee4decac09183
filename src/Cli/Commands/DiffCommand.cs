using System.CommandLine;
using TensorGraph.Ir;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph diff A B</c>: two recordings by signature, or two graphs line by line.</summary>
internal static class DiffCommand
{
    public static Command Create(Output output)
    {
        var first = new Argument<string>("a") { Description = "Folder of a recording, or a graph (.tg)" };
        var second = new Argument<string>("b") { Description = "What it is compared with" };
        var function = new Option<string?>("--function", "-f") { Description = "Compares the graphs of this function" };
        var after = CommandTable.After();
        var json = CommandTable.Json();
        var command = new Command("diff", "Compares two recordings or graphs; exit code 1 where graphs differ") { first, second, function, after, json };
        command.SetAction(parsed =>
        {
            string a = parsed.GetValue(first)!, b = parsed.GetValue(second)!;
            bool byGraph = parsed.GetValue(function) is not null || !RecordingReader.IsRecording(a) || !RecordingReader.IsRecording(b);
            return byGraph
                ? Graphs(output, Find(a), Find(b), parsed.GetValue(json))
                : Recordings(output, RecordingReader.Open(a), RecordingReader.Open(b), parsed.GetValue(json));

            // A recording may be compared with a file.
            GraphText Find(string path) => RecordingReader.IsRecording(path)
                ? Cli.Graphs.Find(output, path, parsed.GetValue(function), null, parsed.GetValue(after)).Text
                : GraphText.Open(path);
        });
        return command;
    }

    private static int Graphs(Output output, GraphText a, GraphText b, bool json)
    {
        // The graphs decide, not the names of their values.
        string? difference = Printer.Print(a.Graph) == Printer.Print(b.Graph) ? null : GraphComparer.Difference(a.Graph, b.Graph);
        bool differs = difference is not null;
        List<DiffLine> lines = differs ? TextDiff.Of(a.Lines, b.Lines) : [];
        if (json)
        {
            output.Json(new
            {
                Differs = differs,
                First = difference,
                Removed = lines.Where(line => line.Kind == '-').Select(line => line.Text.Trim()),
                Added = lines.Where(line => line.Kind == '+').Select(line => line.Text.Trim()),
            });
        }
        else if (differs)
        {
            if (lines.TrueForAll(line => line.Kind == ' '))
                output.Line(difference!);
            foreach (var line in TextDiff.Around(lines, context: 2))
                output.Line($"{line.Kind} {line.Text}", line.Kind switch { '+' => "green", '-' => "red", _ => "grey" });
        }
        else
        {
            output.Line("the graphs are equal");
        }

        return differs ? App.Differs : App.Ok;
    }

    private static int Recordings(Output output, RecordingReader a, RecordingReader b, bool json)
    {
        var drifts = GraphLock.Of(a).Compare(GraphLock.Of(b));
        var rows = Rows(a, b).ToArray();
        if (json)
        {
            output.Json(new { A = a.Folder, B = b.Folder, Differences = drifts, Signatures = rows });
            return drifts.Length == 0 ? App.Ok : App.Differs;
        }

        output.Line($"A {a.Folder}");
        output.Line($"B {b.Folder}");
        output.Heading("Times");
        output.Table(["function", "signature", ">calls A", ">calls B", ">mean A", ">mean B", ">B/A"], rows.Select(row => new[]
        {
            ReportCommand.Short(row.Function), row.Signature, Units.Count(row.CallsA), Units.Count(row.CallsB),
            Units.Time(row.MeanA), Units.Time(row.MeanB), row is { MeanA: > 0, MeanB: > 0 } ? Units.Share(row.MeanB, row.MeanA) : "",
        }));
        output.Heading("Graphs");
        if (drifts.Length == 0)
            output.Line("no difference");
        else
            output.Table(["function", "signature", "what", "A", "B"], drifts.Select(drift => new[] { ReportCommand.Short(drift.Function), drift.Signature, drift.What, drift.Expected, drift.Found }));
        return drifts.Length == 0 ? App.Ok : App.Differs;
    }

    private static IEnumerable<TimesOfSignature> Rows(RecordingReader a, RecordingReader b) =>
        from trace in a.Traces.Select(trace => (trace, IsA: true)).Concat(b.Traces.Select(trace => (trace, IsA: false)))
        group trace by (trace.trace.Event.Function, trace.trace.Event.Signature) into alike
        let ofA = Sum(alike.Where(entry => entry.IsA).Select(entry => entry.trace))
        let ofB = Sum(alike.Where(entry => !entry.IsA).Select(entry => entry.trace))
        orderby Math.Max(ofA.Milliseconds, ofB.Milliseconds) descending
        select new TimesOfSignature(alike.Key.Function, alike.Key.Signature, ofA.Calls, ofB.Calls, Mean(ofA), Mean(ofB));

    private static (long Calls, double Milliseconds) Sum(IEnumerable<TraceReader> traces) =>
        traces.Aggregate((Calls: 0L, Milliseconds: 0.0), (sum, trace) => (sum.Calls + trace.Calls, sum.Milliseconds + trace.Milliseconds));

    private static double Mean((long Calls, double Milliseconds) sum) => sum.Calls == 0 ? 0 : sum.Milliseconds / sum.Calls;

    private sealed record TimesOfSignature(string Function, string Signature, long CallsA, long CallsB, double MeanA, double MeanB);
}
