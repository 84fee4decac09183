namespace TensorGraph;

/// <summary>The training of <c>TrainAndEvaluate</c>. Source: tf.estimator.TrainSpec.</summary>
/// <typeparam name="TFeatures">Features.</typeparam>
/// <typeparam name="TLabels">Labels.</typeparam>
public sealed record TrainSpec<TFeatures, TLabels>
{
    /// <summary>Describes it. Errors: TG1002 null, TG1017 steps that are not above 0.</summary>
    /// <param name="inputFn">Gives the batches.</param>
    /// <param name="maxSteps">Number of the last step; null for the end of the data.</param>
    /// <param name="hooks">Called around each step.</param>
    /// <param name="savingListeners">Called around each checkpoint.</param>
    public TrainSpec(
        Func<IEnumerable<(TFeatures Features, TLabels Labels)>> inputFn, long? maxSteps = null, IReadOnlyList<EstimatorHook>? hooks = null,
        IReadOnlyList<CheckpointListener>? savingListeners = null)
    {
        Misuse.Positive("train_spec", nameof(maxSteps), maxSteps);
        (InputFn, MaxSteps, Hooks, SavingListeners) = (Throw.IfNull(inputFn), maxSteps, hooks ?? [], savingListeners ?? []);
    }

    /// <summary>Gives the batches.</summary>
    public Func<IEnumerable<(TFeatures Features, TLabels Labels)>> InputFn { get; }

    /// <summary>Number of the last step.</summary>
    public long? MaxSteps { get; }

    /// <summary>Called around each step.</summary>
    public IReadOnlyList<EstimatorHook> Hooks { get; }

    /// <summary>Called around each checkpoint.</summary>
    public IReadOnlyList<CheckpointListener> SavingListeners { get; }
}

/// <summary>
/// The evaluations of <c>TrainAndEvaluate</c>: after each checkpoint, all of the data, unless less is asked for. Source: tf.estimator.EvalSpec, whose
/// default is 100 batches.
/// </summary>
/// <typeparam name="TFeatures">Features.</typeparam>
/// <typeparam name="TLabels">Labels.</typeparam>
public sealed record EvalSpec<TFeatures, TLabels>
{
    /// <summary>
    /// Describes them. Errors: TG1002 null, TG1017 steps that are not above 0, delays below 0, exporters without a name or two of one name.
    /// </summary>
    /// <param name="inputFn">Gives the batches.</param>
    /// <param name="steps">The most batches; null for all.</param>
    /// <param name="name">Keeps the curves of evaluations on different data apart.</param>
    /// <param name="hooks">Called around each batch.</param>
    /// <param name="exporters">Called after each evaluation.</param>
    /// <param name="startDelaySeconds">Seconds of training before the first evaluation.</param>
    /// <param name="throttleSeconds">Seconds from one evaluation to the next, at least.</param>
    /// <param name="throttleSteps">Training steps from one evaluation to the next, at least.</param>
    public EvalSpec(
        Func<IEnumerable<(TFeatures Features, TLabels Labels)>> inputFn, long? steps = null, string? name = null,
        IReadOnlyList<EstimatorHook>? hooks = null, IReadOnlyList<Exporter>? exporters = null, double startDelaySeconds = 0,
            double throttleSeconds = 0, long throttleSteps = 0)
    {
        Misuse.Positive("eval_spec", nameof(steps), steps);
        foreach (double delay in new[] { startDelaySeconds, throttleSeconds, throttleSteps })
        {
            if (!(delay >= 0))
                Misuse.Raise("eval_spec", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"a delay is {delay}"), "It must be at least 0.");
        }

        (InputFn, Steps, Name, Hooks, Exporters) = (Throw.IfNull(inputFn), steps, name, hooks ?? [], exporters ?? []);
        (StartDelaySeconds, ThrottleSeconds, ThrottleSteps) = (startDelaySeconds, throttleSeconds, throttleSteps);
        foreach (var group in Exporters.GroupBy(exporter => Throw.IfNull(exporter).Name, StringComparer.Ordinal))
        {
            if (group.Skip(1).Any())
                Misuse.Raise("eval_spec", $"two exporters are called '{group.Key}'", "Give each its own name.");
        }
    }

    /// <summary>Gives the batches.</summary>
    public Func<IEnumerable<(TFeatures Features, TLabels Labels)>> InputFn { get; }

    /// <summary>The most batches; null for all.</summary>
    public long? Steps { get; }

    /// <summary>Keeps the curves of evaluations on different data apart.</summary>
    public string? Name { get; }

    /// <summary>Called around each batch.</summary>
    public IReadOnlyList<EstimatorHook> Hooks { get; }

    /// <summary>Called after each evaluation.</summary>
    public IReadOnlyList<Exporter> Exporters { get; }

    /// <summary>Seconds of training before the first evaluation.</summary>
    public double StartDelaySeconds { get; }

    /// <summary>Seconds from one evaluation to the next, at least.</summary>
    public double ThrottleSeconds { get; }

    /// <summary>Training steps from one evaluation to the next, at least.</summary>
    public long ThrottleSteps { get; }
}

/// <summary>The outcome of <c>TrainAndEvaluate</c>.</summary>
/// <param name="Evaluation">The last evaluation.</param>
/// <param name="Exports">Folders that its exporters wrote.</param>
public sealed record TrainAndEvaluateResult(EvaluationResult Evaluation, IReadOnlyList<string> Exports);
