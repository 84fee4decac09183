using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using TensorGraph;
using TextClassification;

// A file or pipe gets no escape codes.
if (Console.IsOutputRedirected)
    AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });

Settings usual = new();
var model = Choice("--model", usual.Model, "fasttext, textcnn, rcnn or bert", Models.Names);
var tokens = Choice("--tokens", null, "words, ngrams, wordpiece or bpe; the usual ones of the model otherwise", Encoders.Names);
var length = Positive("--length", usual.Length, "Tokens of a text");
var epochs = Positive("--epochs", usual.Epochs, "Times through the training data");
var steps = Positive("--steps", null, "The most steps");
var batch = Positive("--batch", usual.Batch, "Texts of a step");
var width = Positive("--width", usual.Sizes.Width, "Numbers of an embedding");
var units = Positive("--units", usual.Sizes.Units, "Filters of each width, or units of each direction");
var layers = Positive("--layers", usual.Sizes.Layers, "Encoder blocks of bert");
var heads = Positive("--heads", usual.Sizes.Heads, "Heads of bert's attention");
var dropout = new Option<double>("--dropout") { Description = "Share that is dropped", DefaultValueFactory = _ => usual.Sizes.Dropout };
var rate = new Option<double>("--rate") { Description = "Learning rate", DefaultValueFactory = _ => usual.LearningRate };
var seed = new Option<int>("--seed") { Description = "Start of the random numbers", DefaultValueFactory = _ => usual.Seed };
var traced = new Option<bool>("--traced") { Description = "Trains as a graph only" };
var json = new Option<string?>("--json") { Description = "Also writes the figures to this file" };
var root = new RootCommand("Trains a classifier of short texts twice from one source: imperatively and as a graph.")
{
    model, tokens, length, epochs, steps, batch, width, units, layers, heads, dropout, rate, seed, traced, json,
};
root.SetAction(parsed =>
{
    try
    {
        var clock = Stopwatch.StartNew();
        var settings = new Settings
        {
            Model = parsed.GetValue(model)!,
            Encoder = parsed.GetValue(tokens),
            Length = parsed.GetValue(length)!.Value,
            Epochs = parsed.GetValue(epochs)!.Value,
            Steps = parsed.GetValue(steps),
            Batch = parsed.GetValue(batch)!.Value,
            LearningRate = parsed.GetValue(rate),
            Seed = parsed.GetValue(seed),
            OnlyTraced = parsed.GetValue(traced),
            Sizes = new()
            {
                Width = parsed.GetValue(width)!.Value,
                Units = parsed.GetValue(units)!.Value,
                Layers = parsed.GetValue(layers)!.Value,
                Heads = parsed.GetValue(heads)!.Value,
                Dropout = parsed.GetValue(dropout),
            },
        };
        var result = Train(new(SectionsData.Load(SectionsData.DefaultPath), settings));
        Report.Show(result, clock.Elapsed);
        if (parsed.GetValue(json) is { } path)
            Report.WriteJson(result, path);
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

static Option<string?> Choice(string name, string? otherwise, string description, IReadOnlyList<string> values)
{
    var option = new Option<string?>(name) { Description = description, DefaultValueFactory = _ => otherwise };
    option.AcceptOnlyFromAmong([.. values]);
    return option;
}

static Result Train(Comparison comparison) => AnsiConsole.Progress().Columns(
    new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).Start(progress =>
{
    var bar = progress.AddTask("training", maxValue: comparison.Steps);
    return comparison.Train(loss =>
    {
        bar.Increment(1);
        bar.Description = string.Create(CultureInfo.InvariantCulture, $"loss {loss:F4}");
    });
});
