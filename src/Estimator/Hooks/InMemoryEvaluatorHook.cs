namespace TensorGraph;

/// <summary>
/// Evaluates the variables that are being trained, without a checkpoint: before the first step, every so many steps of the run, and after the last
/// one. Source: tf.estimator.experimental.InMemoryEvaluatorHook.
/// </summary>
/// <typeparam name="TFeatures">Features.</typeparam>
/// <typeparam name="TLabels">Labels.</typeparam>
public sealed class InMemoryEvaluatorHook<TFeatures, TLabels> : EstimatorHook
{
    private readonly Estimator<TFeatures, TLabels> _estimator;
    private readonly Func<IEnumerable<(TFeatures Features, TLabels Labels)>> _inputFn;
    private readonly long? _steps;
    private readonly string? _name;
    private readonly StepTimer _timer;
    private long _evaluated;

    /// <summary>Makes the hook. Errors: TG1002 null, TG1017 numbers that are not above 0.</summary>
    /// <param name="estimator">The estimator that trains.</param>
    /// <param name="inputFn">Gives the batches of an evaluation.</param>
    /// <param name="steps">The most batches; null for all.</param>
    /// <param name="name">Name of the evaluations.</param>
    /// <param name="everySteps">Steps of the run between two evaluations.</param>
    public InMemoryEvaluatorHook(
        Estimator<TFeatures, TLabels> estimator, Func<IEnumerable<(TFeatures Features, TLabels Labels)>> inputFn, long? steps = null,
        string? name = null, int everySteps = 100)
    {
        Misuse.Positive("in_memory_evaluator", nameof(steps), steps);
        Misuse.Positive("in_memory_evaluator", nameof(everySteps), everySteps);
        (_estimator, _inputFn, _steps, _name) = (Throw.IfNull(estimator), Throw.IfNull(inputFn), steps, name);
        _timer = new(everySteps, null);
    }

    /// <inheritdoc/>
    public override void AfterCreate(HookContext context)
    {
        _timer.Reset();
        Evaluate(Throw.IfNull(context));
    }

    /// <inheritdoc/>
    public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values)
    {
        if (_timer.IsDue(Throw.IfNull(context).Runs, context.Time))
            Evaluate(context);
    }

    /// <inheritdoc/>
    public override void End(HookContext context)
    {
        if (_evaluated != Throw.IfNull(context).GlobalStep)
            Evaluate(context);
    }

    private void Evaluate(HookContext context)
    {
        _timer.Restart(context.Runs, context.Time);
        _evaluated = context.GlobalStep;
        _estimator.Evaluate(_inputFn, _steps, name: _name);
    }
}
