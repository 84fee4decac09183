using System.Text.Json;
using TensorGraph;
using TensorGraph.Staleness;
using TensorGraph.Staleness.Experiments;

namespace TestBed.Cluster;

/// <summary>Facts that all processes of a run know; a file in the folder of the run.</summary>
public sealed record ClusterSettings
{
    public string Data { get; init; } = "digits";

    public string Mode { get; init; } = "asynchronous";

    public int Workers { get; init; } = 3;

    public int Shards { get; init; } = 1;

    public int Gradients { get; init; } = 200;

    public int Batch { get; init; } = 100;

    public string Optimizer { get; init; } = "sgd";

    public double Rate { get; init; } = 0.1;

    public int Seed { get; init; } = 1;

    /// <summary>Time that a gradient takes beside the real work.</summary>
    public string Compute { get; init; } = "lognormal:0.1,0.2";

    /// <summary>Updates between two checkpoints of a shard: as many are lost at most.</summary>
    public int CheckpointEvery { get; init; } = 10;

    /// <summary>Start of the run's clock, in ticks of UTC.</summary>
    public long Start { get; init; }

    public RunSettings Run => new(
        new Grid { Gradients = Gradients, Compute = Compute }, Workers, Mode, Optimizer, Rate, Batch, Decay: 0, Rule: "none", Seed);

    /// <summary>Nanoseconds since the start. All processes are on one machine and share its clock.</summary>
    public long Now => (DateTimeOffset.UtcNow.Ticks - Start) * 100;

    /// <summary>Errors: TG2004 what a cluster can't do, or what would fail in the middle of a run.</summary>
    public void Validate(string kill)
    {
        Run.Validate();
        var mode = TrainingMode.Parse(Mode);
        var policy = mode.CreatePolicy(Workers);
        if (mode.Kind == ModeKind.ParameterExchange)
            throw Refused($"'--mode {Mode}' needs workers that push weights", "Those of the cluster push gradients: choose another mode, or simulate it.");
        if (Shards > 1 && !policy.IsPerShard)
            throw Refused($"'--shards {Shards}' can't be used in mode {Mode}", "Its workers wait for each other, which only one server can decide: use one shard.");
        if (Shards > 1 && kill == "server")
            throw Refused($"'--kill server' can't be used with {Shards} shards", "Their checkpoints are not of one time: use one shard.");
        // More shards than variables, a batch above the examples.
        var task = ImageSet.Load(Data).Task(Batch);
        _ = new ShardMap(ModelSnapshot.Of(task.CreateModel(new RandomGenerator(Seed))), Shards);
        _ = new BatchOrder(task, Seed);

        static GraphException Refused(string problem, string advice) => new(DiagnosticIds.OutOfRange, $"cluster: {problem}", advice);
    }

    public static string PathIn(string folder) => Path.Combine(folder, "settings.json");

    public static ClusterSettings Load(string folder) => JsonSerializer.Deserialize<ClusterSettings>(File.ReadAllText(PathIn(folder)))!;

    public void Save(string folder) => File.WriteAllText(PathIn(folder), JsonSerializer.Serialize(this));
}

/// <summary>Settings and data of a silo.</summary>
public sealed class SiloContext(string folder)
{
    private readonly Lazy<ImageSet> _images = new(() => ImageSet.Load(ClusterSettings.Load(folder).Data));

    public string Folder { get; } = folder;

    public ClusterSettings Settings { get; } = ClusterSettings.Load(folder);

    public TrainingTask Task => _images.Value.Task(Settings.Batch);
}
