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
        if (Config.EvalDistribute is { Count: > 1 })
            Misuse.Raise("train_and_evaluate", "the chief evaluates alone, and EvalDistribute is given", "Leave it out.");
        var evaluator = new EvaluationListener<TFeatures, TLabels>(this, Throw.IfNull(evalSpec), trainSpec.MaxSteps);
        Train(trainSpec.InputFn, maxSteps: trainSpec.MaxSteps, hooks: trainSpec.Hooks, savingListeners: [.. trainSpec.SavingListeners, evaluator]);
        if (!IsChief)
            return new(Evaluate(evalSpec.InputFn, evalSpec.Steps, evalSpec.Hooks, name: evalSpec.Name), []);
        if (evaluator.Result is null)
            evaluator.Finish(Config.Time);
        return new(evaluator.Result!, evaluator.Exports);
    }

    /// <summary>
    /// Evaluates the checkpoints that other processes write into the folder, and calls the exporters, until one is of the last step: beside a
    /// training that does not wait for it. Of several new ones the latest is taken. The start delay comes first, and the throttles count from one
    /// evaluation to the next. Errors: TG1002 null, TG1017 a last step that is not above 0, TG1006 when no checkpoint comes; those of
    /// <see cref="Evaluate"/> and the exporters; <see cref="OperationCanceledException"/>. Source: the evaluator of tf.estimator.train_and_evaluate.
    /// </summary>
    /// <param name="evalSpec">The evaluations.</param>
    /// <param name="maxSteps">Number of the last step; null to go on until no checkpoint comes.</param>
    /// <param name="timeout">How long to wait for a new checkpoint; null for as long as it takes.</param>
    /// <param name="cancellation">Ends the waits.</param>
    /// <returns>The last evaluation.</returns>
    public async Task<TrainAndEvaluateResult> EvaluateCheckpointsAsync(
        EvalSpec<TFeatures, TLabels> evalSpec, long? maxSteps = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        Misuse.Positive(EvaluateStep, nameof(maxSteps), maxSteps);
        var evaluator = new EvaluationListener<TFeatures, TLabels>(this, Throw.IfNull(evalSpec), maxSteps);
        await Task.Delay(TimeSpan.FromSeconds(evalSpec.StartDelaySeconds), Config.Time, cancellation).ConfigureAwait(false);
        string? known = null;
        while (await Checkpoint.WaitAsync(ModelDir, known, timeout, Config.Time, cancellation).ConfigureAwait(false) is { } path)
        {
            known = path;
            long step = Checkpoint.StepOf(path)!.Value, start = Config.Time.GetTimestamp();
            bool isFinal = step >= maxSteps;
            if (evaluator.Result is { } last && !isFinal && step - last.GlobalStep < evalSpec.ThrottleSteps)
                continue;
            try
            {
                evaluator.Evaluate(Config.Time, isFinal, path);
            }
            catch (GraphException fault) when (fault.Id == DiagnosticIds.BadData && !File.Exists(path))
            {
                // A training keeps some checkpoints only: there are newer ones.
                continue;
            }

            if (isFinal)
                break;
            var rest = TimeSpan.FromSeconds(evalSpec.ThrottleSeconds) - Config.Time.GetElapsedTime(start);
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, Config.Time, cancellation).ConfigureAwait(false);
        }

        return evaluator.Result is { } result ? new(result, evaluator.Exports)
            : throw Misuse.Data(EvaluateStep, $"no checkpoint came to '{ModelDir}' in time", "Give the folder of a training, and more time.");
    }
}
