namespace TensorGraph;

/// <content>Training and evaluation in turn.</content>
public sealed partial class Estimator<TFeatures, TLabels>
{
    /// <summary>
    /// Trains, and evaluates after checkpoints, in one process: graphs, variables and the place in the data stay from evaluation to evaluation. How
    /// often is up to <see cref="RunConfig.SaveCheckpointsSteps"/> and the delays of the specification. After the last step it evaluates, unless it
    /// just did. A training whose last step was reached before is evaluated all the same. Errors: TG1002 null, TG1017 a configuration that saves no
    /// checkpoints; those of <see cref="Train"/>, <see cref="Evaluate"/> and the exporters. Source: tf.estimator.train_and_evaluate.
    /// </summary>
    /// <param name="trainSpec">The training.</param>
    /// <param name="evalSpec">The evaluations.</param>
    /// <returns>The last evaluation.</returns>
    public TrainAndEvaluateResult TrainAndEvaluate(TrainSpec<TFeatures, TLabels> trainSpec, EvalSpec<TFeatures, TLabels> evalSpec)
    {
        Throw.IfNull(trainSpec);
        CheckAlone("train_and_evaluate");
        var evaluator = new EvaluationListener<TFeatures, TLabels>(this, Throw.IfNull(evalSpec), trainSpec.MaxSteps);
        Train(trainSpec.InputFn, maxSteps: trainSpec.MaxSteps, hooks: trainSpec.Hooks, savingListeners: [.. trainSpec.SavingListeners, evaluator]);
        if (!IsChief)
            return new(Evaluate(evalSpec.InputFn, evalSpec.Steps, evalSpec.Hooks, name: evalSpec.Name), []);
        if (evaluator.Result is null)
            evaluator.Finish(GlobalStep);
        return new(evaluator.Result!, evaluator.Exports);
    }

    /// <summary>
    /// Evaluates the checkpoints that other processes write into the folder, and calls the exporters, until one is of the last step, or none came
    /// for the timeout: beside a training that does not wait for it. Of several new ones the latest is taken, and one that is damaged is left out
    /// with a line in the log. The start delay comes first, and the throttles count from one evaluation to the next; the last checkpoint is
    /// evaluated all the same. Errors: TG1002 null, TG1017 a last step that is not above 0 or EvalDistribute, TG1006 when no checkpoint comes or that
    /// of the last step is damaged; those of <see cref="Evaluate"/> and the exporters; <see cref="OperationCanceledException"/>. Source: the evaluator
    /// of tf.estimator.train_and_evaluate.
    /// </summary>
    /// <param name="evalSpec">The evaluations.</param>
    /// <param name="maxSteps">Number of the last step; null to go on until no checkpoint comes.</param>
    /// <param name="timeout">How long to wait for a new checkpoint; null for as long as it takes.</param>
    /// <param name="cancellation">Ends waits, and evaluations after a batch.</param>
    /// <returns>The last evaluation.</returns>
    public async Task<TrainAndEvaluateResult> EvaluateCheckpointsAsync(
        EvalSpec<TFeatures, TLabels> evalSpec, long? maxSteps = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        CheckAlone(EvaluateStep);
        Misuse.Positive(EvaluateStep, nameof(maxSteps), maxSteps);
        var evaluator = new EvaluationListener<TFeatures, TLabels>(this, Throw.IfNull(evalSpec), maxSteps, cancellation);
        // Evaluations are no work for the thread of the caller.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await Pause(evalSpec.StartDelaySeconds, cancellation).ConfigureAwait(false);
        string? known = null, skipped = null;
        while (await Checkpoint.WaitAsync(ModelDir, known, timeout, Config.Time, cancellation).ConfigureAwait(false) is { } path)
        {
            known = path;
            bool isFinal = Checkpoint.StepOf(path) >= maxSteps;
            if (!isFinal && !evaluator.IsFarEnough(Checkpoint.StepOf(path)!.Value))
            {
                skipped = path;
                continue;
            }

            if (!TryLoad(path, isFinal))
                continue;
            skipped = null;
            evaluator.Evaluate(isFinal, path);
            if (isFinal)
                break;
            await Pause(evaluator.SecondsLeft, cancellation).ConfigureAwait(false);
        }

        if (skipped is not null && TryLoad(skipped, isLast: true))
            evaluator.Evaluate(isFinal: true, skipped);
        if (evaluator.Result is not { } result)
            throw Misuse.Data(EvaluateStep, $"no checkpoint came to '{ModelDir}' in time", "Give the folder of a training, and more time.");
        evaluator.Finish(result.GlobalStep);
        return new(evaluator.Result!, evaluator.Exports);
    }

    // A training keeps some checkpoints only, and one may be damaged: newer ones come unless it is the last.
    private bool TryLoad(string path, bool isLast)
    {
        try
        {
            using var settings = Enter();
            Load(path);
            return true;
        }
        catch (GraphException fault) when (fault.Id == DiagnosticIds.BadData && !(isLast && File.Exists(path)))
        {
            if (File.Exists(path))
                Log($"evaluate: the next checkpoint is awaited: {fault.Problem}");
            return false;
        }
    }

    private async Task Pause(double seconds, CancellationToken cancellation)
    {
        // A timer takes 49 days at most.
        const double Longest = 40 * 24 * 60 * 60;
        for (; seconds > 0; seconds -= Longest)
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(seconds, Longest)), Config.Time, cancellation).ConfigureAwait(false);
    }

    // Processes would take different checkpoints, and each would export.
    private void CheckAlone(string step)
    {
        if (Config.EvalDistribute is { Count: > 1 })
            Misuse.Raise(step, "the chief evaluates alone, and EvalDistribute is given", "Leave it out.");
    }
}
