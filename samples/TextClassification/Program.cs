using System.CommandLine;
using System.Diagnostics;
using Samples;
using TextClassification;

Settings usual = new();
var model = Options.Choice("--model", usual.Model, "fasttext, textcnn, rcnn or bert", Models.Names);
var tokens = Options.Choice("--tokens", null, "words, ngrams, wordpiece or bpe; the usual ones of the model otherwise", Encoders.Names);
var length = Options.Positive("--length", usual.Length, "Tokens of a text");
var epochs = Options.Positive("--epochs", usual.Epochs, "Times through the training data");
var steps = Options.Limit("--steps", "The most steps");
var batch = Options.Positive("--batch", usual.Batch, "Texts of a step");
var width = Options.Positive("--width", usual.Sizes.Width, "Numbers of an embedding");
var units = Options.Positive("--units", usual.Sizes.Units, "Filters of each width, or units of each direction");
var layers = Options.Positive("--layers", usual.Sizes.Layers, "Encoder blocks of bert");
var heads = Options.Positive("--heads", usual.Sizes.Heads, "Heads of bert's attention");
var dropout = Options.Number("--dropout", usual.Sizes.Dropout, "Share that is dropped", most: 0.99);
var rate = Options.Number("--rate", usual.LearningRate, "Learning rate");
var seed = Options.Seed(usual.Seed);
var traced = new Option<bool>("--traced") { Description = "Trains as a graph only" };
var json = Options.Json();
var root = new RootCommand("Trains a classifier of short texts twice from one source: imperatively and as a graph.")
{
    model, tokens, length, epochs, steps, batch, width, units, layers, heads, dropout, rate, seed, traced, json,
};
return SampleCommand.Run(root, args, parsed =>
{
    var clock = Stopwatch.StartNew();
    var settings = new Settings
    {
        Model = parsed.GetValue(model)!,
        Encoder = parsed.GetValue(tokens),
        Length = parsed.GetValue(length),
        Epochs = parsed.GetValue(epochs),
        Steps = parsed.GetValue(steps),
        Batch = parsed.GetValue(batch),
        LearningRate = parsed.GetValue(rate),
        Seed = parsed.GetValue(seed),
        OnlyTraced = parsed.GetValue(traced),
        Sizes = new()
        {
            Width = parsed.GetValue(width),
            Units = parsed.GetValue(units),
            Layers = parsed.GetValue(layers),
            Heads = parsed.GetValue(heads),
            Dropout = parsed.GetValue(dropout),
        },
    };
    var comparison = new Comparison(SectionsData.Load(SectionsData.DefaultPath), settings);
    var result = Output.Training(comparison.Steps, comparison.Train);
    result.Show("", clock.Elapsed, ("parameters", Output.Number("N0", comparison.Parameters)));
    Output.WriteJson(result.Figures(("parameters", comparison.Parameters)), parsed.GetValue(json));
});
