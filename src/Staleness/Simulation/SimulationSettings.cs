namespace TensorGraph.Staleness;

/// <summary>The way between a worker and the server, or between two workers.</summary>
public sealed record LinkSettings
{
    /// <summary>Time of a message whatever its size.</summary>
    public Duration Latency { get; init; } = Duration.None;

    /// <summary>Bytes of a second; 0 for no limit.</summary>
    public double BytesPerSecond { get; init; }

    internal double Seconds(double bytes, SeededStream random) => Latency.Sample(random) + (BytesPerSecond > 0 ? bytes / BytesPerSecond : 0);
}

/// <summary>One worker of a simulation.</summary>
public sealed record WorkerSettings
{
    /// <summary>How long a gradient takes.</summary>
    public Duration Compute { get; init; } = Duration.Constant(1);

    /// <summary>Share of the gradients that take <see cref="SlowFactor"/> times as long.</summary>
    public double SlowShare { get; init; }

    /// <summary>How much longer a slow gradient takes.</summary>
    public double SlowFactor { get; init; } = 1;

    /// <summary>The way to the server; between two workers the slower way counts.</summary>
    public LinkSettings Link { get; init; } = new();

    /// <summary>When the worker comes, in seconds since the start.</summary>
    public double JoinsAt { get; init; }

    /// <summary>
    /// When the worker fails for the first time, in seconds since the start, not before it comes; null for one whose first failure
    /// <see cref="TimeBetweenFailures"/> decides.
    /// </summary>
    public double? FailsAt { get; init; }

    /// <summary>Time between a return, or the start without <see cref="FailsAt"/>, and the next failure; null for no further failure.</summary>
    public Duration? TimeBetweenFailures { get; init; }

    /// <summary>Time between a failure and the return; null for a worker that stays away.</summary>
    public Duration? RestartsAfter { get; init; }

    /// <summary>Share of the pushed gradients that the network loses; the worker goes on as if they had come. 0 in modes without a server.</summary>
    public double LossShare { get; init; }
}

/// <summary>The run that is simulated. The same settings give the same schedule on every machine.</summary>
public sealed record SimulationSettings
{
    // Each worker and each shard has objects of its own.
    internal const int MostParts = 1_000_000;

    /// <summary>The mode of training.</summary>
    public TrainingMode Mode { get; init; } = TrainingMode.Asynchronous;

    /// <summary>The workers.</summary>
    public IReadOnlyList<WorkerSettings> Workers { get; init; } = [new()];

    /// <summary>Start of the random numbers.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Gradients to apply: the processed batches. A last update of several may pass it.</summary>
    public long Gradients { get; init; } = 100;

    /// <summary>Seconds of the virtual clock after which the run ends anyway; null for no limit.</summary>
    public double? Seconds { get; init; }

    /// <summary>Parts of the weights that have servers of their own; 1 in modes without a server.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Bytes of all weights, which are those of a gradient too.</summary>
    public double Bytes { get; init; }

    /// <summary>Time that a shard works on each message; the next one waits. None in modes without a server.</summary>
    public Duration ServerTime { get; init; } = Duration.None;

    /// <summary>Seconds until a failed worker is noticed.</summary>
    public double DetectionSeconds { get; init; } = 1;

    /// <summary>
    /// Events after which the run ends anyway, as when workers fail before they finish anything; <see cref="Schedule.IsComplete"/> is false then.
    /// </summary>
    public int MostEvents { get; init; } = 10_000_000;

    /// <summary>So many equal workers. Errors: TG1002 null, TG2004 below 1 or above a million.</summary>
    /// <param name="count">How many.</param>
    /// <param name="worker">What they are like.</param>
    public static IReadOnlyList<WorkerSettings> Equal(int count, WorkerSettings worker) =>
        [.. Enumerable.Repeat(Throw.IfNull(worker), Parts(count, "number of workers"))];

    internal void Validate()
    {
        const string Where = "simulation";
        Throw.IfNull(Mode).Checked();
        Parts(Throw.IfNull(Workers).Count, "number of workers");
        Parts(Shards, nameof(Shards));
        Throw.IfNull(ServerTime);
        Check.AtLeast(1, MostEvents, Where);
        Check.Range(Gradients >= 1, Gradients, "at least 1", Where);
        Check.NotNegative(Seconds ?? 0, Where);
        Check.NotNegative(Bytes, Where);
        Check.NotNegative(DetectionSeconds, Where);
        if (Mode.IsDecentralised)
        {
            string range = $"left as it is in mode {Mode}, which has no server";
            Check.Range(Shards == 1, Shards, range, Where);
            Check.Range(ServerTime == Duration.None, ServerTime, range, Where);
            foreach (var worker in Workers)
                Check.Range(Throw.IfNull(worker).LossShare == 0, worker.LossShare, range, Where, nameof(worker.LossShare));
        }

        foreach (var worker in Workers)
        {
            Throw.IfNull(Throw.IfNull(worker).Compute);
            Throw.IfNull(Throw.IfNull(worker.Link).Latency);
            Check.Range(worker.SlowShare is >= 0 and <= 1, worker.SlowShare, "from 0 to 1", Where);
            Check.Range(worker.LossShare is >= 0 and <= 1, worker.LossShare, "from 0 to 1", Where);
            Check.NotNegative(worker.SlowFactor, Where);
            Check.NotNegative(worker.JoinsAt, Where);
            double fails = Check.NotNegative(worker.FailsAt ?? worker.JoinsAt, Where, nameof(worker.FailsAt));
            Check.Range(fails >= worker.JoinsAt, fails, $"at least {worker.JoinsAt}, when the worker comes", Where, nameof(worker.FailsAt));
            Check.NotNegative(worker.Link.BytesPerSecond, Where);
        }
    }

    private static int Parts(int count, string name) => Check.Range(count is >= 1 and <= MostParts, count, $"from 1 to {MostParts}", "simulation", name);
}
