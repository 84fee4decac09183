using System.CommandLine;
using System.Diagnostics;
using Digits;
using Samples;

var model = Options.Choice("--model", "mlp", "mlp or cnn", Models.Names);
var data = new Option<string>("--data") { Description = "digits, or fashion-mnist[:FOLDER]", DefaultValueFactory = _ => "digits" };
var epochs = Options.Positive("--epochs", 20, "Times through the training data");
var batch = Options.Positive("--batch", 64, "Examples of a step");
var seed = Options.Seed();
var traced = new Option<bool>("--traced") { Description = "Trains as a graph only" };
var json = Options.Json();
var root = new RootCommand("Trains a classifier of images twice from one source: imperatively and as a graph.")
{
    model, data, epochs, batch, seed, traced, json,
};
return SampleCommand.Run(root, args, parsed =>
{
    var clock = Stopwatch.StartNew();
    var (train, test) = Examples.Load(parsed.GetValue(data)!);
    var comparison = new Comparison(
        train, test, parsed.GetValue(model)!, parsed.GetValue(batch), parsed.GetValue(seed), onlyTraced: parsed.GetValue(traced));
    int times = parsed.GetValue(epochs);
    var result = Output.Training(times * comparison.StepsPerEpoch, onStep => comparison.Run(times, onStep));
    result.Show("", clock.Elapsed);
    Output.WriteJson(result.Figures(), parsed.GetValue(json));
});
