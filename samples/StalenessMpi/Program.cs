using System.CommandLine;
using Samples;
using Spectre.Console;
using TensorGraph;
using TensorGraph.Staleness;
using TensorGraph.Staleness.Experiments;
using TestBed.Mpi;
using Grid = TensorGraph.Staleness.Experiments.Grid;

var steps = Options.Positive("--steps", 60, "Updates; each takes a gradient of each process");
var batch = Options.Positive("--batch", 100, "Examples of a gradient");
var optimizer = Options.Choice("--optimizer", "sgd", "sgd, momentum, adam or rmsprop", ["sgd", "momentum", "adam", "rmsprop"]);
var rate = Options.Number("--rate", 0.1, "Learning rate");
var seed = Options.Seed();
var compute = new Option<string>("--compute") { Description = "Seconds that a gradient takes longer", DefaultValueFactory = _ => "lognormal:0.05,0.2" };
var data = new Option<string>("--data") { Description = "digits, fashion-mnist[:FOLDER] or cifar10:FOLDER", DefaultValueFactory = _ => "digits" };
var json = Options.Json();
var root = new RootCommand(
    "Trains synchronously by MPI's all-reduce and compares with a simulation: mpiexec -n 2 dotnet StalenessMpi.dll")
{
    steps, batch, optimizer, rate, seed, compute, data, json,
};
return SampleCommand.Run(root, args, parsed =>
{
    using var group = MpiGroup.Start();
    // The figures of all steps are one array in each process.
    long gradients = (long)parsed.GetValue(steps) * group.Count;
    if (gradients * StepTable.Numbers > Array.MaxLength)
    {
        throw new GraphException(DiagnosticIds.OutOfRange, $"mpi: {parsed.GetValue(steps)} steps of {group.Count} processes are {gradients} gradients",
            $"A run has at most {Array.MaxLength / StepTable.Numbers}: pass fewer --steps.");
    }

    Grid grid = new() { Gradients = (int)gradients, Compute = parsed.GetValue(compute)!, EvaluateEvery = 0 };
    RunSettings run = new(
        grid, group.Count, "synchronous", parsed.GetValue(optimizer)!, parsed.GetValue(rate), parsed.GetValue(batch), Decay: 0, "none", parsed.GetValue(seed));
    run.Validate();
    var task = ImageSet.Load(parsed.GetValue(data)!).Task(run.Batch);
    var training = new AllReduceTraining(group, task, run);
    var outcome = group.IsChief ? Output.Training(parsed.GetValue(steps), training.Run) : training.Run(_ => { });
    if (group.IsChief)
        Compare(task, run, outcome, parsed.GetValue(json));
});

// With the same seed the simulated mode takes the same batches in each step; times are those that were measured.
static void Compare(TrainingTask task, RunSettings run, AllReduceOutcome outcome, string? json)
{
    var steps = outcome.Steps;
    var recorded = steps.ToSchedule();
    var simulated = Simulator.Run(Measured.SimulationOf(recorded, run));
    var trained = TrainingWorkload.Train(task, run.Setup(0), simulated);
    double[] losses = [.. Enumerable.Range(0, steps.Count).Select(steps.LossOf)];
    double[] expected = [.. trained.Points.Chunk(steps.Processes).Select(step => step.Average(point => point.Loss))];
    // After a divergence the simulation ends, while the processes go on. Math.Max keeps a NaN, which the largest of a sequence does not.
    double lossApart = losses.Zip(expected, (a, b) => Math.Abs(a - b)).DefaultIfEmpty(double.NaN).Aggregate(Math.Max);
    double weightsApart = outcome.Weights.Weights.Zip(trained.Weights.Weights, (a, b) => (a - b).Abs().Max().ToDouble()).Aggregate(Math.Max);
    var (testLoss, accuracy) = new GradientWorker(task.CreateModel(new RandomGenerator(0)), task.Loss)
        .Evaluate(outcome.Weights, task.TestInputs, task.TestTargets);

    var table = Output.Table(1, $"synchronous, {Output.Number("d", steps.Processes)} processes", "MPI", "simulation with measured times");
    table.AddRow("updates", Output.Number("d", recorded.Updates), Output.Number("d", simulated.Updates));
    table.AddRow("histogram of staleness", Text(recorded), Text(simulated));
    table.AddRow("seconds", Output.Number("f2", recorded.Seconds), Output.Number("f2", simulated.Seconds));
    table.AddRow("last training loss", Output.Number("f6", losses[^1]), Output.Number("f6", expected.LastOrDefault(double.NaN)));
    table.AddRow("test loss", Output.Number("f6", testLoss), Output.Number("f6", trained.FinalLoss));
    table.AddRow("accuracy", Output.Number("f4", accuracy), Output.Number("f4", trained.FinalAccuracy));
    table.AddRow("training losses apart, at most", Output.Number("e1", lossApart), "");
    table.AddRow("weights apart, at most", Output.Number("e1", weightsApart), "");
    table.AddRow("all processes have the same bits", outcome.IsSameInAll ? "yes" : "no", "");
    AnsiConsole.Write(table);
    Output.WriteJson(new Dictionary<string, object>
    {
        ["processes"] = steps.Processes, ["updates"] = recorded.Updates, ["histogram"] = recorded.StalenessHistogram(), ["seconds"] = recorded.Seconds,
        ["losses"] = losses, ["test_loss"] = testLoss, ["accuracy"] = accuracy, ["is_same_in_all"] = outcome.IsSameInAll,
        ["simulated_updates"] = simulated.Updates, ["simulated_histogram"] = simulated.StalenessHistogram(), ["simulated_seconds"] = simulated.Seconds,
        ["simulated_losses"] = expected, ["simulated_test_loss"] = trained.FinalLoss, ["losses_apart"] = lossApart, ["weights_apart"] = weightsApart,
    }, json);
}

static string Text(Schedule schedule) => string.Join(' ', schedule.StalenessHistogram());
