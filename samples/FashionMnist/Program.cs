using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fashion;
using Spectre.Console;
using TensorGraph;

// A file or pipe gets no escape codes.
if (Console.IsOutputRedirected)
    AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });

Settings usual = new();
var folder = new Option<string?>("--data") { Description = "Folder of the four IDX files, or digits; what is installed otherwise" };
var epochs = Positive("--epochs", usual.Epochs, "Times through the training data");
var steps = Positive("--steps", null, "The most steps");
var batch = Positive("--batch", usual.Batch, "Images of a step");
var rate = new Option<double>("--rate") { Description = "Learning rate", DefaultValueFactory = _ => usual.LearningRate };
var seed = new Option<int>("--seed") { Description = "Start of the random numbers", DefaultValueFactory = _ => usual.Seed };
var traced = new Option<bool>("--traced") { Description = "Trains as a graph only" };
var json = new Option<string?>("--json") { Description = "Also writes the figures to this file" };
var root = new RootCommand("Trains a convolutional network with batch norm on images, imperatively and as a graph.")
{
    folder, epochs, steps, batch, rate, seed, traced, json,
};
root.SetAction(parsed =>
{
    try
    {
        var clock = Stopwatch.StartNew();
        var data = parsed.GetValue(folder) switch
        {
            null => ImageData.LoadEither(),
            "digits" => ImageData.LoadDigits(ImageData.DigitsPath),
            var path => ImageData.LoadFashionMnist(path),
        };
        var result = Train(new(data, new()
        {
            Epochs = parsed.GetValue(epochs)!.Value,
            Steps = parsed.GetValue(steps),
            Batch = parsed.GetValue(batch)!.Value,
            LearningRate = parsed.GetValue(rate),
            Seed = parsed.GetValue(seed),
            OnlyTraced = parsed.GetValue(traced),
        }));
        Show(result, clock.Elapsed);
        if (parsed.GetValue(json) is { } file)
            WriteJson(result, file);
        return 0;
    }
    catch (GraphException error)
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    }
});
return root.Parse(args).Invoke();

static Option<int?> Positive(string name, int? otherwise, string description)
{
    var option = new Option<int?>(name) { Description = description, DefaultValueFactory = _ => otherwise };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int?>() < 1)
            result.AddError($"{name} must be at least 1.");
    });
    return option;
}

static Result Train(Training training) => AnsiConsole.Progress().Start(progress =>
{
    var bar = progress.AddTask("training", maxValue: training.Steps);
    return training.Go(loss =>
    {
        bar.Value = bar.IsFinished ? 0 : bar.Value + 1;
        bar.Description = string.Create(CultureInfo.InvariantCulture, $"loss {loss:F4}");
    });
});

static void Show(Result result, TimeSpan elapsed)
{
    var (imperative, traced) = (result.Imperative, result.Traced);
    var table = new Table().AddColumns(result.Data, "imperative", "traced");
    foreach (var column in table.Columns.Skip(1))
        column.RightAligned();
    table.AddRow("ms per step (median)", Number("F2", imperative?.MsPerStep), Number("F2", traced.MsPerStep));
    table.AddRow("speed-up", imperative is null ? "" : "1.00", Number("F2", result.Speedup));
    table.AddRow("first loss", Number("F6", imperative?.Losses[0]), Number("F6", traced.Losses[0]));
    table.AddRow("final loss", Number("F6", imperative?.Losses[^1]), Number("F6", traced.Losses[^1]));
    table.AddRow("test accuracy", Number("F4", imperative?.Accuracy), Number("F4", traced.Accuracy));
    table.AddRow("traces", "", Number("D", result.Traces));
    table.AddRow("graph nodes", "", Number("D", result.GraphNodes));
    AnsiConsole.Write(table);
    AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{traced.Losses.Length} steps each way in {elapsed.TotalSeconds:F1} s");
}

static string Number(string format, IFormattable? number) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "";

static void WriteJson(Result result, string path)
{
    var options = new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    File.WriteAllText(path, JsonSerializer.Serialize(
        new
        {
            result.Data,
            ImperativeMsPerStep = result.Imperative?.MsPerStep,
            TracedMsPerStep = result.Traced.MsPerStep,
            result.Speedup,
            TestAccuracy = result.Traced.Accuracy,
            ImperativeFinalLoss = result.Imperative?.Losses[^1],
            TracedFinalLoss = result.Traced.Losses[^1],
            result.Traces,
            result.GraphNodes,
        },
        options) + "\n");
}
