using System.CommandLine;
using System.Globalization;
using Samples;
using Spectre.Console;
using TensorGraph.Staleness;
using TensorGraph.Staleness.Experiments;
using TestBed.Cluster;

// A process of a silo: folder, port, gateway, primary's port, shards, workers.
if (args is ["silo", var siloFolder, var port, var gateway, var primary, var siloShards, var siloWorkers])
{
    await SiloProcess.Run(siloFolder, Number(port), Number(gateway), Number(primary), Numbers(siloShards), Numbers(siloWorkers));
    return 0;
}

const int OtherSeeds = 4;
ClusterSettings usual = new();
var mode = new Option<string>("--mode") { Description = "Mode with a server, such as asynchronous, delayed:0.2, synchronous, ssp:1", DefaultValueFactory = _ => usual.Mode };
var workers = Options.Positive("--workers", usual.Workers, "Workers");
var shards = Options.Positive("--shards", usual.Shards, "Shards of the weights; more than one in modes without barriers");
var silos = Options.Positive("--silos", 2, "Silos for the workers, beside that of the shards and the first one");
var gradients = Options.Positive("--gradients", usual.Gradients, "Gradients to apply");
var compute = new Option<string>("--compute") { Description = "Seconds that a gradient takes longer", DefaultValueFactory = _ => usual.Compute };
var rate = Options.Number("--rate", usual.Rate, "Learning rate of SGD");
var kill = Options.Choice("--kill", "none", "Silo that is killed after a third: none, worker or server (with one shard)", ["none", "worker", "server"]);
var seed = Options.Seed();
var json = Options.Json();
var root = new RootCommand("Trains with a parameter server and workers as Orleans grains, in several processes, and compares with a simulation.")
{
    mode, workers, shards, silos, gradients, compute, rate, kill, seed, json,
};
return SampleCommand.Run(root, args, parsed =>
{
    ClusterSettings settings = new()
    {
        Mode = parsed.GetValue(mode)!, Workers = parsed.GetValue(workers), Shards = parsed.GetValue(shards), Gradients = parsed.GetValue(gradients),
        Compute = parsed.GetValue(compute)!, Rate = parsed.GetValue(rate), Seed = parsed.GetValue(seed), Start = DateTimeOffset.UtcNow.Ticks,
    };
    settings.Validate(parsed.GetValue(kill)!);
    string folder = Directory.CreateTempSubdirectory("staleness-cluster-").FullName;
    settings.Save(folder);
    var driver = new Driver(settings, folder, parsed.GetValue(silos));
    long done = 0;
    var outcome = Output.Training(settings.Gradients, onStep => driver.Run(parsed.GetValue(kill)!, applied =>
    {
        for (; done < applied; done++)
            onStep(double.NaN);
    }).GetAwaiter().GetResult());

    // The recorded order, worked off again here, must give the weights that the cluster has.
    var task = ImageSet.Load(settings.Data).Task(settings.Batch);
    var replayed = TrainingWorkload.Train(task, settings.Run.Setup(0), outcome.Schedule);
    var simulated = Simulator.Run(Measured.SimulationOf(outcome.Schedule, settings.Run, settings.Shards));
    var trained = TrainingWorkload.Train(task, settings.Run.Setup(0), simulated);
    // What weights and batches of other seeds make of the same times.
    var spread = Interval.Of([trained.FinalLoss, .. Enumerable.Range(1, OtherSeeds).Select(other =>
    {
        var run = settings.Run with { Seed = settings.Seed + other };
        return TrainingWorkload.Train(task, run.Setup(0), Simulator.Run(Measured.SimulationOf(outcome.Schedule, run, settings.Shards))).FinalLoss;
    })]);
    // One run more of the same kind is as far from their mean, in 95 of 100 cases: the cluster's is one.
    double half = spread.Half * Math.Sqrt(OtherSeeds + 2);
    double apart = Summary.Apart(outcome.Schedule.StalenessHistogram(), simulated.StalenessHistogram());
    bool isSame = replayed.Weights.Checksum() == outcome.Weights.Checksum();
    var table = Output.Table(1, settings.Mode, "cluster", "simulation with measured times");
    table.AddRow("mean staleness", Output.Number("f2", outcome.Schedule.MeanStaleness()), Output.Number("f2", simulated.MeanStaleness()));
    table.AddRow("histogram of staleness", Text(outcome.Schedule), Text(simulated));
    table.AddRow("share of gradients with another staleness", Output.Number("f2", apart), "");
    table.AddRow("seconds", Output.Number("f1", outcome.Schedule.Seconds), Output.Number("f1", simulated.Seconds));
    table.AddRow("test loss", Output.Number("f4", replayed.FinalLoss), Output.Number("f4", trained.FinalLoss));
    table.AddRow("test loss of a run with any seed", "", $"{Output.Number("f4", spread.Mean)} ± {Output.Number("f4", half)}");
    table.AddRow("replay gives the same bits", isSame ? "yes" : "no", "");
    table.AddRow("silo's loss noticed after seconds", Output.Number("f1", outcome.NoticedAfter), "");
    table.AddRow("updates lost", Output.Number("d", outcome.LostUpdates), "");
    table.AddRow("gradients dropped", Output.Number("d", outcome.Schedule.Drops.Values.Sum()), "");
    AnsiConsole.Write(table);
    Output.WriteJson(new Dictionary<string, object>
    {
        ["mean_staleness"] = outcome.Schedule.MeanStaleness(), ["histogram"] = outcome.Schedule.StalenessHistogram(), ["updates"] = outcome.Schedule.Updates,
        ["simulated_mean_staleness"] = simulated.MeanStaleness(), ["simulated_histogram"] = simulated.StalenessHistogram(),
        ["test_loss"] = replayed.FinalLoss, ["simulated_test_loss"] = trained.FinalLoss, ["simulated_test_loss_mean"] = spread.Mean, ["simulated_test_loss_spread"] = half,
        ["histograms_apart"] = apart, ["is_same_when_replayed"] = isSame,
        ["lost_updates"] = outcome.LostUpdates, ["checkpoint_every"] = settings.CheckpointEvery, ["refused_gradients"] = outcome.RefusedGradients,
        ["dropped"] = outcome.Schedule.Drops.ToDictionary(entry => entry.Key.ToString(), entry => entry.Value), ["noticed_after_s"] = outcome.NoticedAfter,
    }, parsed.GetValue(json));
    Directory.Delete(folder, recursive: true);
});

static string Text(Schedule schedule) => string.Join(' ', schedule.StalenessHistogram());

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int[] Numbers(string text) => text.Length == 0 ? [] : [.. text.Split(',').Select(Number)];
