using System.CommandLine;
using System.Diagnostics;
using Fashion;
using Images;
using Samples;

Settings usual = new() { Epochs = 5 };
var folder = new Option<string?>("--data") { Description = "Folder of folders of images, one for each class; the digits as PNG files otherwise" };
var side = Options.Positive("--side", 28, "Images are scaled to squares of so many pixels");
var epochs = Options.Positive("--epochs", usual.Epochs, "Times through the training data");
var steps = Options.Limit("--steps", "The most steps");
var traced = new Option<bool>("--traced") { Description = "Trains as a graph only" };
var json = Options.Json();
var root = new RootCommand("Trains a convolutional network on a folder of images, imperatively and as a graph.")
{
    folder, side, epochs, steps, traced, json,
};
return SampleCommand.Run(root, args, parsed =>
{
    var clock = Stopwatch.StartNew();
    string path = parsed.GetValue(folder) ?? Pictures.WriteDigits(Path.Combine(AppContext.BaseDirectory, "digits"));
    var data = Pictures.Load(path, parsed.GetValue(side));
    var training = new Training(data, usual with
    {
        Epochs = parsed.GetValue(epochs),
        Steps = parsed.GetValue(steps),
        OnlyTraced = parsed.GetValue(traced),
    });
    var result = Output.Training(training.Steps * (parsed.GetValue(traced) ? 1 : 2), training.Go);
    result.Show(data.Name, clock.Elapsed);
    Output.WriteJson(result.Figures(("data", data.Name)), parsed.GetValue(json));
});
