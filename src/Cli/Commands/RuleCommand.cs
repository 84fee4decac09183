using System.CommandLine;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph rule TG3101</c>: prints the page of an error or warning.</summary>
internal static class RuleCommand
{
    public static Command Create(Output output)
    {
        var id = new Argument<string?>("id") { Description = "ID of an error or warning, such as TG3101; none lists them", Arity = ArgumentArity.ZeroOrOne };
        var json = CommandTable.Json();
        var command = new Command("rule", "Explains an error or warning") { id, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(id) is not { } wanted)
            {
                List(output, parsed.GetValue(json));
                return App.Ok;
            }

            string page = Read(wanted.ToUpperInvariant());
            if (parsed.GetValue(json))
                output.Json(new { Id = wanted.ToUpperInvariant(), Title = Title(page), Page = page });
            else
                output.Line(page.TrimEnd());
            return App.Ok;
        });
        return command;
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "rules");

    private static string[] Ids => [.. Directory.EnumerateFiles(Folder, "TG*.md").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    private static string Read(string id)
    {
        if (Ids.Contains(id))
            return File.ReadAllText(Path.Combine(Folder, id + ".md"));
        string group = id.Length >= 3 ? id[..3] : "TG";
        string[] near = [.. Ids.Where(known => known.StartsWith(group, StringComparison.Ordinal))];
        throw new UsageException($"there is no rule '{id}'; there are {string.Join(", ", near.Length > 0 ? near : Ids)}.");
    }

    private static string Title(string page) => page.Split('\n')[0].TrimStart('#', ' ').Split(": ", 2)[^1];

    private static void List(Output output, bool json)
    {
        var rules = Ids.Select(id => (Id: id, Title: Title(Read(id)))).ToArray();
        if (json)
            output.Json(rules.Select(rule => new { rule.Id, rule.Title }));
        else
            output.Table(["ID", "title"], rules.Select(rule => new[] { rule.Id, rule.Title }));
    }
}
