using System.CommandLine;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph show</c>: a graph in text form, as traced or after a pass.</summary>
internal static class ShowCommand
{
    public static Command Create(Output output)
    {
        var path = CommandTable.Source();
        var function = CommandTable.Function();
        var trace = CommandTable.Trace();
        var after = CommandTable.After();
        var json = CommandTable.Json();
        var command = new Command("show", "A graph in text form") { path, function, trace, after, json };
        command.SetAction(parsed =>
        {
            string? wanted = parsed.GetValue(function);
            var (name, text) = Graphs.Find(output, parsed.GetValue(path)!, wanted, parsed.GetValue(trace), parsed.GetValue(after));
            if (parsed.GetValue(json))
                Json(output, name, text);
            else
                output.Line(text.Text.TrimEnd());
            return App.Ok;
        });
        return command;
    }

    private static void Json(Output output, string name, GraphText text) => output.Json(new
    {
        Name = name,
        Nodes = text.Graph.NodeCount,
        Ops = text.Graph.Entry.AllNodes().CountBy(node => node.Op.Name).OrderByDescending(op => op.Value).ToDictionary(),
        Body = text.Graph.Entry.AllNodes().Select(node => new
        {
            Op = node.Op.Name,
            Types = node.Types.Select(type => type.ToString()),
            Source = text.SourceOf(node),
            Text = text.LineOf(node),
        }),
        text.Text,
    });
}
