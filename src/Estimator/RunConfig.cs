namespace TensorGraph;

/// <summary>
/// Settings of an estimator. <c>config with { … }</c> makes a copy with others. Source: tf.estimator.RunConfig.
/// </summary>
public sealed record RunConfig
{
    private const int UsualSeconds = 600;

    private int? _steps;
    private double? _seconds = UsualSeconds;
    private bool _hasSteps;
    private bool _hasSeconds;
    private int? _keep = 5;
    private int? _summarySteps = 100;
    private int? _logSteps = 100;
    private int? _threads;

    /// <summary>The usual settings.</summary>
    public RunConfig()
    {
    }

    // A copy may be given another interval than the original, so which ones were given is not copied.
    private RunConfig(RunConfig other)
    {
        (_steps, _seconds, _keep, _summarySteps, _logSteps, _threads) =
            (other._steps, other._seconds, other._keep, other._summarySteps, other._logSteps, other._threads);
        (ModelDir, Seed, Device, Time, Output) = (other.ModelDir, other.Seed, other.Device, other.Time, other.Output);
        (TrainDistribute, EvalDistribute) = (other.TrainDistribute, other.EvalDistribute);
    }

    /// <summary>Folder of checkpoints and events; it may be given to the estimator in its place.</summary>
    public string? ModelDir { get; init; }

    /// <summary>Seed of <see cref="RandomGenerator.Default"/>, set when the estimator is made; null leaves it as it is.</summary>
    public long? Seed { get; init; }

    /// <summary>
    /// Steps between two checkpoints; null for <see cref="SaveCheckpointsSeconds"/>. Errors: TG1017 below 1, or when both are given at once.
    /// </summary>
    public int? SaveCheckpointsSteps
    {
        get => _steps;
        init
        {
            _steps = Interval(nameof(SaveCheckpointsSteps), value);
            _hasSteps = true;
            if (value is not null)
                _seconds = _hasSeconds && _seconds is not null ? Both() : null;
        }
    }

    /// <summary>
    /// Seconds between two checkpoints, 600 unless steps are given; null for both saves none. Errors: TG1017 not above 0, or when both are given at
    /// once.
    /// </summary>
    public double? SaveCheckpointsSeconds
    {
        get => _seconds;
        init
        {
            Misuse.Positive("run_config", nameof(SaveCheckpointsSeconds), value);
            _seconds = value;
            _hasSeconds = true;
            if (value is not null)
                _steps = _hasSteps && _steps is not null ? Both() : null;
        }
    }

    /// <summary>How many checkpoints are kept; null for all. Errors: TG1017 below 1.</summary>
    public int? KeepCheckpointMax
    {
        get => _keep;
        init => _keep = Interval(nameof(KeepCheckpointMax), value);
    }

    /// <summary>Steps between two points of the curves; null for none. Errors: TG1017 below 1.</summary>
    public int? SaveSummarySteps
    {
        get => _summarySteps;
        init => _summarySteps = Interval(nameof(SaveSummarySteps), value);
    }

    /// <summary>Steps between two lines with loss and steps per second; null for none. Errors: TG1017 below 1.</summary>
    public int? LogStepCountSteps
    {
        get => _logSteps;
        init => _logSteps = Interval(nameof(LogStepCountSteps), value);
    }

    /// <summary>The device for new tensors; null for that of the program.</summary>
    public Device? Device { get; init; }

    /// <summary>Threads of the managed device; null leaves them as they are. Results do not depend on it. Errors: TG1017 below 1.</summary>
    public int? Threads
    {
        get => _threads;
        init => _threads = Interval(nameof(Threads), value);
    }

    /// <summary>The clock of timers, names of exports and events: another one in tests.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets lines about the progress; null for the standard output, <see cref="TextWriter.Null"/> for none.</summary>
    public TextWriter? Output { get; init; }

    /// <summary>
    /// The processes that train together, each with batches of its own share of the data; null for one. They take the mean of their gradients and
    /// losses, stop together, and only the chief writes. All need the same folder. Source: train_distribute of tf.estimator.RunConfig.
    /// </summary>
    public WorkerGroup? TrainDistribute { get; init; }

    /// <summary>
    /// The processes that evaluate together, each its own share of the data: states of metrics are added up, so that each process has the metrics of
    /// all of the data; null for one. Source: eval_distribute of tf.estimator.RunConfig.
    /// </summary>
    public WorkerGroup? EvalDistribute { get; init; }

    internal bool SavesCheckpoints => _steps is not null || _seconds is not null;

    private static int? Interval(string name, int? value)
    {
        Misuse.Positive("run_config", name, value);
        return value;
    }

    private static int Both()
    {
        Misuse.Raise("run_config", $"{nameof(SaveCheckpointsSteps)} and {nameof(SaveCheckpointsSeconds)} are given", "Give one of them.");
        return 0;
    }
}
