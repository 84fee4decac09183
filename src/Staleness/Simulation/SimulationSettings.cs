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

    /// <summary>Share of the pushed gradients that the network loses; the worker goes on as if they had come.</summary>
    public double LossShare { get; init; }
}

/// <summary>The run that is simulated. The same settings give the same schedule on every machine.</summary>
public sealed record SimulationSettings
{
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

    /// <summary>Parts of the weights that have servers of their own.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Bytes of all weights, which are those of a gradient too.</summary>
    public double Bytes { get; init; }

    /// <summary>Time that a shard works on each message; the next one waits.</summary>
    public Duration ServerTime { get; init; } = Duration.None;

    /// <summary>Seconds until a failed worker is noticed.</summary>
    public double DetectionSeconds { get; init; } = 1;

    /// <summary>Events after which the run ends anyway, as when workers fail before they finish anything.</summary>
    public int MostEvents { get; init; } = 10_000_000;

    /// <summary>So many equal workers. Errors: TG2004 below 1.</summary>
    /// <param name="count">How many.</param>
    /// <param name="worker">What they are like.</param>
    public static IReadOnlyList<WorkerSettings> Equal(int count, WorkerSettings worker) =>
        [.. Enumerable.Repeat(worker, Check.AtLeast(1, count, "simulation"))];

    internal void Validate()
    {
        const string Where = "simulation";
        Check.AtLeast(1, Throw.IfNull(Workers).Count, Where, "number of workers");
        Check.AtLeast(1, Shards, Where);
        Check.AtLeast(1, MostEvents, Where);
        Check.Range(Gradients >= 1, Gradients, "at least 1", Where);
        Check.NotNegative(Seconds ?? 0, Where);
        Check.NotNegative(Bytes, Where);
        Check.NotNegative(DetectionSeconds, Where);
        foreach (var worker in Workers)
        {
            Throw.IfNull(worker);
            Check.Range(worker.SlowShare is >= 0 and <= 1, worker.SlowShare, "from 0 to 1", Where);
            Check.Range(worker.LossShare is >= 0 and <= 1, worker.LossShare, "from 0 to 1", Where);
            Check.NotNegative(worker.SlowFactor, Where);
            Check.NotNegative(worker.JoinsAt, Where);
            double fails = Check.NotNegative(worker.FailsAt ?? worker.JoinsAt, Where, nameof(worker.FailsAt));
            Check.Range(fails >= worker.JoinsAt, fails, $"at least {worker.JoinsAt}, when the worker comes", Where, nameof(worker.FailsAt));
            Check.NotNegative(worker.Link.BytesPerSecond, Where);
        }
    }
}
