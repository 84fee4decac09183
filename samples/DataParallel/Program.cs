using System.CommandLine;
using System.Globalization;
using DataParallel;
using Digits;
using Samples;
using Spectre.Console;
using TensorGraph;

var batch = Options.Positive("--batch", 96, "Examples of a step in all processes together; each takes an equal part");
var steps = Options.Positive("--steps", 60, "Number of the last step, of all runs in the folder");
var folder = new Option<string?>("--folder") { Description = "Folder of checkpoints, from which a run goes on; a new one otherwise" };
var kill = new Option<int?>("--kill") { Description = "The last process dies in this step" };
var json = Options.Json();
var root = new RootCommand("Trains a network on handwritten digits in the processes of an MPI job: mpiexec -n 2 dotnet DataParallel.dll")
{
    batch, steps, folder, kill, json,
};
return SampleCommand.Run(root, args, parsed =>
{
    using var group = MpiGroup.Start();
    int global = parsed.GetValue(batch);
    if (global % group.Count != 0)
    {
        throw new GraphException(DiagnosticIds.OutOfRange, $"batch: {global} examples can't be shared equally by {group.Count} processes",
            "Give a multiple of the number of processes.");
    }

    var (train, test) = Examples.LoadDigits(Examples.DigitsPath);
    // The same examples in a step, whatever the number of processes: whole batches only, and the shares of one batch are its examples in turn.
    int used = train.Count / global * global;
    var data = Dataset.FromTensorSlices((train.Images[..used], train.Labels[..used]));
    var model = new Classifier(train.Pixels);
    var losses = new List<double>();
    string place = parsed.GetValue(folder) ?? Path.Combine(Path.GetTempPath(), $"tensorgraph-data-parallel-{Environment.ProcessId}");
    var estimator = new Estimator<Tensor, Tensor>(model.Describe, place, new()
    {
        SaveCheckpointsSteps = 10, LogStepCountSteps = null, Output = TextWriter.Null, TrainDistribute = group, EvalDistribute = group,
    });
    estimator.Train(() => data.Shard(group.Count, group.Rank).Batch(global / group.Count).Repeat(), maxSteps: parsed.GetValue(steps),
        hooks: [new Losses(losses, group.Rank == group.Count - 1 ? parsed.GetValue(kill) : null)]);
    var rest = Dataset.FromTensorSlices((test.Images, test.Labels));
    var result = estimator.Evaluate(() => rest.Shard(group.Count, group.Rank).Batch(32));
    if (!group.IsChief)
        return;
    AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture,
        $"{group.Count} processes, step {estimator.GlobalStep}: loss {losses.LastOrDefault():F6}, of the test {result.Loss:F6}, accuracy {result["accuracy"]:F4}");
    Output.WriteJson(new { Processes = group.Count, Step = estimator.GlobalStep, Losses = losses, TestLoss = result.Loss, Accuracy = result["accuracy"] }, parsed.GetValue(json));
});
