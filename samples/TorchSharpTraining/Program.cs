using System.CommandLine;
using System.Diagnostics;
using Digits;
using Samples;
using TorchSharpTraining;

var model = Options.Choice("--model", "mlp", "mlp, cnn, or sequence, a program that changes nothing but the attribute", ["mlp", "cnn", "sequence"]);
var steps = Options.Positive("--steps", 100, "Steps of each way");
var batch = Options.Positive("--batch", 64, "Examples of a step");
var seed = Options.Seed();
var speed = new Option<bool>("--speed") { Description = "Measure a step of five models instead, on one thread and on two" };
var json = Options.Json();
var root = new RootCommand("Trains a TorchSharp model twice from one source: by TorchSharp, op by op, and as a graph.") { model, steps, batch, seed, speed, json };
return SampleCommand.Run(root, args, parsed =>
{
    var clock = Stopwatch.StartNew();
    if (parsed.GetValue(speed))
    {
        Speed.Run(parsed.GetValue(batch), parsed.GetValue(seed), parsed.GetValue(json));
        return;
    }

    if (parsed.GetValue(model) == "sequence")
    {
        SequenceToSequence.Train(parsed.GetValue(steps));
        return;
    }

    var (train, test) = Examples.LoadDigits(Examples.DigitsPath);
    var comparison = new Comparison(train, test, parsed.GetValue(model)!, parsed.GetValue(batch), parsed.GetValue(seed));
    int times = parsed.GetValue(steps);
    var result = Output.Training(times, onStep => comparison.Run(times, onStep));
    double difference = result.Imperative!.Losses.Zip(result.Traced.Losses, (eager, traced) => Math.Abs(eager - traced)).Max();
    result.Show("TorchSharp model", clock.Elapsed, ("largest difference of losses", Output.Number("E1", difference)));
    Output.WriteJson(result.Figures(("largest_loss_difference", difference)), parsed.GetValue(json));
});
