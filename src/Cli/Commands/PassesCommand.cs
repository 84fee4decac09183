using System.CommandLine;
using System.Globalization;
using TensorGraph.Recording;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph passes</c>: what each pass changed in a graph.</summary>
internal static class PassesCommand
{
    public static Command Create(Output output)
    {
        var folder = CommandTable.Folder();
        var function = CommandTable.Function();
        var trace = CommandTable.Trace();
        var only = new Option<string?>("--pass") { Description = "Only what this pass changed" };
        var brief = new Option<bool>("--brief") { Description = "Only counts of nodes and rules" };
        var json = CommandTable.Json();
        var command = new Command("passes", "What each pass changed in a graph") { folder, function, trace, only, brief, json };
        command.SetAction(parsed =>
        {
            var found = Graphs.Trace(output, RecordingReader.Open(parsed.GetValue(folder)!), parsed.GetValue(function), parsed.GetValue(trace));
            var changes = Changes(found, parsed.GetValue(only)).ToArray();
            if (parsed.GetValue(json))
            {
                output.Json(new
                {
                    found.Name,
                    Nodes = found.Event.Nodes,
                    Passes = changes.Select(change => new
                    {
                        change.Pass.Pass, change.Pass.Round, change.Pass.Before, change.Pass.After, change.Pass.Rules,
                        Removed = change.Lines.Where(line => line.Kind == '-').Select(line => line.Text.Trim()),
                        Added = change.Lines.Where(line => line.Kind == '+').Select(line => line.Text.Trim()),
                    }),
                });
                return App.Ok;
            }

            output.Line(string.Create(CultureInfo.InvariantCulture, $"{found.Name}: {found.Event.Nodes} nodes as traced"), "bold");
            foreach (var (pass, lines) in changes)
                Write(output, pass, parsed.GetValue(brief) ? [] : lines);
            return App.Ok;
        });
        return command;
    }

    private static IEnumerable<(PassRow Pass, List<DiffLine> Lines)> Changes(TraceReader trace, string? only)
    {
        GraphText? before = null;
        bool isKnown = only is null || trace.Passes.Any(pass => pass.Pass == only);
        if (!isKnown)
            throw new UsageException($"there is no pass '{only}'; there are {string.Join(", ", trace.Passes.Select(pass => pass.Pass).Distinct())}.");
        foreach (var (pass, graph) in trace.Steps())
        {
            if (pass is not null && (only is null || pass.Pass == only))
                yield return (pass, TextDiff.Of(before!.Lines, graph.Lines));
            before = graph;
        }
    }

    private static void Write(Output output, PassRow pass, List<DiffLine> lines)
    {
        output.Heading(string.Create(CultureInfo.InvariantCulture, $"{pass.Pass}, round {pass.Round}: {pass.Before} → {pass.After} nodes"));
        foreach (var rule in pass.Rules.GroupBy(rule => rule.Rule))
            output.Line($"  rule {rule.Key}, {rule.Sum(used => used.Times)}×: {string.Join(", ", rule.Select(used => used.Source).Where(line => line.Length > 0).Distinct())}");
        foreach (var line in TextDiff.Around(lines))
            output.Line($"{line.Kind} {line.Text}", line.Kind switch { '+' => "green", '-' => "red", _ => "grey" });
    }
}
