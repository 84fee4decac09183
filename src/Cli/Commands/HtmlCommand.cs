using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using TensorGraph.Recording;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph html</c>: a recording as one page that needs no network.</summary>
internal static class HtmlCommand
{
    // "&lt;" inside of texts is escaped, so that none ends the script element that holds the data.
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = RecordingFormat.MostNested,
    };

    public static Command Create(Output output)
    {
        var folder = CommandTable.Folder();
        var file = CommandTable.Target("The page", "report.html");
        var noSources = new Option<bool>("--no-sources") { Description = "Leaves out the text of source files" };
        var json = CommandTable.Json();
        var command = new Command("html", "A page with the report, the graphs, the timeline and the memory plan") { folder, file, noSources, json };
        command.SetAction(parsed =>
        {
            var page = Page.Of(RecordingReader.Open(parsed.GetValue(folder)!), !parsed.GetValue(noSources));
            string path = Path.GetFullPath(parsed.GetValue(file)!);
            File.WriteAllText(path, Text(page));
            if (parsed.GetValue(json))
                output.Json(new { File = path, page.Traces.Length });
            else
                output.Line($"{path}: {page.Traces.Length} graphs");
            return App.Ok;
        });
        return command;
    }

    /// <summary>The page as text.</summary>
    internal static string Text(Page page) => Resource("page.html")
        .Replace("/*STYLE*/", Resource("page.css"), StringComparison.Ordinal)
        .Replace("/*DAGRE*/", Resource("dagre.min.js"), StringComparison.Ordinal)
        .Replace("/*LAYOUT*/", Resource("layout.js"), StringComparison.Ordinal)
        .Replace("/*SCRIPT*/", Resource("page.js"), StringComparison.Ordinal)
        .Replace("/*DATA*/", JsonSerializer.Serialize(page, Options), StringComparison.Ordinal);

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlCommand).Assembly.GetManifestResourceStream($"Html/{name}") ?? throw new UnreachableException(name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
