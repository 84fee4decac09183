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
        if (!evaluator.IsFinished)
        {
            // Nothing was trained, or the loss was no number: the last checkpoint counts.
            VariablesOfLatest();
            evaluator.Finish(GlobalStep);
        }

        return new(evaluator.Result!, evaluator.Exports);
    }

    /// <summary>
    /// Evaluates the checkpoints that other processes write into the folder, and calls the exporters, until one is of the last step, or none came
    /// for the timeout: beside a training that does not wait for it. Of several new ones the latest is taken, and one that is damaged is left out
    /// with a line in the log. The start delay comes first, and the throttles count from one evaluation to the next; the last checkpoint is
    /// evaluated all the same. Errors: TG1002 null, TG1017 a last step that is not above 0 or EvalDistribute, TG1006 when no checkpoint comes;
    /// those of <see cref="Evaluate"/> and the exporters; <see cref="OperationCanceledException"/>. Source: the evaluator of
    /// tf.estimator.train_and_evaluate.
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
        while (await NextAsync(evaluator, maxSteps, timeout, cancellation).ConfigureAwait(false))
        {
            if (LoadAfter(step => IsDue(step, evaluator, maxSteps)) is not { } path)
                continue;
            bool isFinal = GlobalStep >= maxSteps;
            evaluator.Evaluate(isFinal, path);
            if (isFinal)
                break;
            await Pause(evaluator.SecondsLeft, cancellation).ConfigureAwait(false);
        }

        // None comes any more: what the throttle left out is the last one.
        if (!evaluator.IsFinished && LoadAfter(step => step > evaluator.LastStep) is { } last)
            evaluator.Finish(GlobalStep, last);
        if (evaluator.Result is not { } result)
            throw Misuse.Data(EvaluateStep, $"no checkpoint came to '{ModelDir}' in time", "Give the folder of a training, and more time.");
        evaluator.Finish(result.GlobalStep);
        return new(evaluator.Result!, evaluator.Exports);
    }

    // Waits for a checkpoint that is to be evaluated; false when none was written for as long as the timeout is.
    private async Task<bool> NextAsync(
        EvaluationListener<TFeatures, TLabels> evaluator, long? maxSteps, TimeSpan? timeout, CancellationToken cancellation)
    {
        long start = Config.Time.GetTimestamp();
        (long Step, DateTime Written)? known = null;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var newest = Newest();
            if (newest is { Step: var step } && IsDue(step, evaluator, maxSteps))
                return true;
            if (newest != known)
                (known, start) = (newest, Config.Time.GetTimestamp());
            if (timeout != Timeout.InfiniteTimeSpan && Config.Time.GetElapsedTime(start) >= timeout)
                return false;
            await Pause(Checkpoint.Poll.TotalSeconds, cancellation).ConfigureAwait(false);
        }
    }

    private static bool IsDue(long step, EvaluationListener<TFeatures, TLabels> evaluator, long? maxSteps) =>
        step > evaluator.LastStep && (step >= maxSteps || evaluator.IsFarEnough(step));

    private void VariablesOfLatest()
    {
        using var settings = Enter();
        Load(null);
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
