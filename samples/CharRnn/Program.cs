using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CharRnn;
using Spectre.Console;
using TensorGraph;

// A file or pipe gets no escape codes.
if (Console.IsOutputRedirected)
    AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });

Settings usual = new();
var file = new Option<string?>("--file") { Description = "The text to learn from; the README of this repository otherwise" };
var steps = Positive("--steps", usual.Steps, "Training steps");
var length = Positive("--length", usual.Length, "Letters of a piece of text");
var batch = Positive("--batch", usual.Batch, "Pieces of a step");
var units = Positive("--units", usual.Units, "Units of the LSTM layer");
var count = Positive("--letters", usual.Count, "Letters to write");
var temperature = new Option<double>("--temperature") { Description = "0 writes the likeliest letter each time", DefaultValueFactory = _ => usual.Temperature };
var prompt = new Option<string?>("--prompt") { Description = "What to write on after" };
var seed = new Option<int>("--seed") { Description = "Start of the random numbers", DefaultValueFactory = _ => usual.Seed };
var traced = new Option<bool>("--traced") { Description = "Runs as a graph only" };
var json = new Option<string?>("--json") { Description = "Also writes the figures to this file" };
var root = new RootCommand("Learns to write text letter by letter, imperatively and as a graph.")
{
    file, steps, length, batch, units, count, temperature, prompt, seed, traced, json,
};
root.SetAction(parsed =>
{
    try
    {
        var settings = usual with
        {
            Path = parsed.GetValue(file) ?? usual.Path,
            Steps = parsed.GetValue(steps),
            Length = parsed.GetValue(length),
            Batch = parsed.GetValue(batch),
            Units = parsed.GetValue(units),
            Count = parsed.GetValue(count),
            Temperature = parsed.GetValue(temperature),
            Prompt = parsed.GetValue(prompt),
            Seed = parsed.GetValue(seed),
            OnlyTraced = parsed.GetValue(traced),
        };
        var runs = Train(settings);
        Show(runs.Imperative, runs.Traced);
        if (parsed.GetValue(json) is { } path)
            WriteJson(runs.Imperative, runs.Traced, path);
        return 0;
    }
    catch (GraphException error)
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    }
});
return root.Parse(args).Invoke();

static Option<int> Positive(string name, int otherwise, string description)
{
    var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => otherwise };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 1)
            result.AddError($"{name} must be at least 1.");
    });
    return option;
}

static (Run? Imperative, Run Traced) Train(Settings settings) => AnsiConsole.Progress().Start(progress =>
{
    var bar = progress.AddTask("training", maxValue: settings.Steps * (settings.OnlyTraced ? 1 : 2));
    return new Session(settings).Go(loss =>
    {
        bar.Increment(1);
        bar.Description = string.Create(CultureInfo.InvariantCulture, $"loss {loss:F4}");
    });
});

static void Show(Run? imperative, Run traced)
{
    var table = new Table().AddColumns("", "imperative", "traced");
    foreach (var column in table.Columns.Skip(1))
        column.RightAligned();
    table.AddRow("ms per step (median)", Number("F2", imperative?.MsPerStep), Number("F2", traced.MsPerStep));
    table.AddRow("ms per letter", Number("F3", imperative?.MsPerLetter), Number("F3", traced.MsPerLetter));
    table.AddRow("first loss", Number("F6", imperative?.Losses[0]), Number("F6", traced.Losses[0]));
    table.AddRow("final loss", Number("F6", imperative?.Losses[^1]), Number("F6", traced.Losses[^1]));
    AnsiConsole.Write(table);
    AnsiConsole.WriteLine(traced.Text);
}

static string Number(string format, double? number) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "";

static void WriteJson(Run? imperative, Run traced, string path)
{
    var options = new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    File.WriteAllText(path, JsonSerializer.Serialize(
        new
        {
            ImperativeMsPerStep = imperative?.MsPerStep,
            TracedMsPerStep = traced.MsPerStep,
            ImperativeMsPerLetter = imperative?.MsPerLetter,
            TracedMsPerLetter = traced.MsPerLetter,
            ImperativeFinalLoss = imperative?.Losses[^1],
            TracedFinalLoss = traced.Losses[^1],
            traced.Text,
        },
        options) + "\n");
}
