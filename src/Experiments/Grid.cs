namespace TensorGraph.Staleness.Experiments;

/// <summary>All combinations of some settings, each with all seeds.</summary>
public sealed record Grid
{
    public string Name { get; init; } = "grid";

    public string Title { get; init; } = "";

    public IReadOnlyList<int> Workers { get; init; } = [2];

    public IReadOnlyList<string> Modes { get; init; } = ["asynchronous"];

    public IReadOnlyList<string> Optimizers { get; init; } = ["sgd"];

    public IReadOnlyList<double> Rates { get; init; } = [0.1];

    public IReadOnlyList<int> Batches { get; init; } = [100];

    public IReadOnlyList<double> Decays { get; init; } = [0];

    public IReadOnlyList<string> Rules { get; init; } = ["none"];

    public IReadOnlyList<int> Seeds { get; init; } = [1];

    public int Gradients { get; init; } = 300;

    public int EvaluateEvery { get; init; } = 25;

    /// <summary>Compute time of a gradient.</summary>
    public string Compute { get; init; } = "lognormal:0.25,0.1";

    public double SlowShare { get; init; }

    public double SlowFactor { get; init; } = 1;

    /// <summary>Loss for the time to it.</summary>
    public double TargetLoss { get; init; } = 0.5;

    /// <summary>The pictures that are drawn: curves, time, histogram, heatmap, best.</summary>
    public IReadOnlyList<string> Plots { get; init; } = ["curves"];

    public IEnumerable<RunSettings> Runs() =>
        from workers in Workers
        from mode in Modes
        from optimizer in Optimizers
        from rate in Rates
        from batch in Batches
        from decay in Decays
        from rule in Rules
        from seed in Seeds
        // A single worker is the same whatever their number.
        where mode != "sequential" || workers == Workers[0]
        select new RunSettings(this, mode == "sequential" ? 1 : workers, mode, optimizer, rate, batch, decay, rule, seed);
}
