using System.CommandLine;
using System.Diagnostics;
using Fashion;
using Samples;

Settings usual = new();
var folder = new Option<string?>("--data") { Description = "Folder of the four IDX files, or digits; what is installed otherwise" };
var epochs = Options.Positive("--epochs", usual.Epochs, "Times through the training data");
var steps = Options.Limit("--steps", "The most steps");
var batch = Options.Positive("--batch", usual.Batch, "Images of a step");
var rate = Options.Number("--rate", usual.LearningRate, "Learning rate");
var seed = Options.Seed(usual.Seed);
var traced = new Option<bool>("--traced") { Description = "Trains as a graph only" };
var json = Options.Json();
var root = new RootCommand("Trains a convolutional network with batch norm on images, imperatively and as a graph.")
{
    folder, epochs, steps, batch, rate, seed, traced, json,
};
return SampleCommand.Run(root, args, parsed =>
{
    var clock = Stopwatch.StartNew();
    var data = parsed.GetValue(folder) switch
    {
        null => ImageData.LoadEither(),
        "digits" => ImageData.LoadDigits(ImageData.DigitsPath),
        var path => ImageData.LoadFashionMnist(path),
    };
    Settings settings = new()
    {
        Epochs = parsed.GetValue(epochs),
        Steps = parsed.GetValue(steps),
        Batch = parsed.GetValue(batch),
        LearningRate = parsed.GetValue(rate),
        Seed = parsed.GetValue(seed),
        OnlyTraced = parsed.GetValue(traced),
    };
    var training = new Training(data, settings);
    var result = Output.Training(training.Steps * (settings.OnlyTraced ? 1 : 2), training.Go);
    result.Show(data.Name, clock.Elapsed);
    Output.WriteJson(result.Figures(("data", data.Name)), parsed.GetValue(json));
});
