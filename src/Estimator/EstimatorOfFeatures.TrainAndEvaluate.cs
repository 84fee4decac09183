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
}
