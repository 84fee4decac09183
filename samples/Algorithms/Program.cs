using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Algorithms;
using Spectre.Console;

// A file or pipe gets no escape codes.
if (Console.IsOutputRedirected)
{
    AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
    AnsiConsole.Profile.Width = 140;
}

var steps = new Option<int>("--steps") { Description = "Calls that are timed each way", DefaultValueFactory = _ => 20 };
steps.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() < 1)
        result.AddError("--steps must be at least 1.");
});
var seed = new Option<int>("--seed") { Description = "Start of the random numbers", DefaultValueFactory = _ => 1 };
var json = new Option<string?>("--json") { Description = "Also writes the figures to this file" };
var root = new RootCommand("Algorithms with loops that the data ends, imperatively and as graphs.") { steps, seed, json };
root.SetAction(parsed =>
{
    Figure[] figures = [.. new Measurements(parsed.GetValue(steps), parsed.GetValue(seed)).All()];
    var table = new Table().AddColumns("algorithm", "iterations", "difference", "imperative ms", "traced ms", "speed-up", "graph nodes");
    foreach (var column in table.Columns.Skip(1))
        column.RightAligned();
    foreach (var figure in figures)
    {
        table.AddRow(figure.Algorithm, Text("D", figure.Iterations), Text("E1", figure.Difference), Text("F3", figure.ImperativeMs),
            Text("F3", figure.TracedMs), Text("F1", figure.Speedup), Text("D", figure.GraphNodes));
    }

    AnsiConsole.Write(table);
    var options = new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    if (parsed.GetValue(json) is { } path)
        File.WriteAllText(path, JsonSerializer.Serialize(figures, options) + "\n");
    return 0;
});
return root.Parse(args).Invoke();

static string Text(string format, IFormattable number) => number.ToString(format, CultureInfo.InvariantCulture);
