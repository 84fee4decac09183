namespace TensorGraph;

/// <summary>Evaluates after checkpoints of a training, and calls the exporters.</summary>
internal sealed class EvaluationListener<TFeatures, TLabels>(
    Estimator<TFeatures, TLabels> estimator, EvalSpec<TFeatures, TLabels> spec, long? maxSteps, CancellationToken cancellation = default)
    : CheckpointListener
{
    private readonly TimeProvider _time = estimator.Config.Time;
    private long _start;
    private long _lastTime;
    private bool _isFirst;
    private bool _hasFinal;

    public EvaluationResult? Result { get; private set; }

    /// <summary>The step of the last evaluation; −1 before the first one.</summary>
    public long LastStep => Result?.GlobalStep ?? -1;

    /// <summary>True once the last evaluation and the final exports are done.</summary>
    public bool IsFinished => _hasFinal;

    public List<string> Exports { get; private set; } = [];

    /// <summary>Seconds until the next evaluation may begin.</summary>
    public double SecondsLeft => Result is null ? 0 : spec.ThrottleSeconds - _time.GetElapsedTime(_lastTime).TotalSeconds;

    public override void Begin(HookContext context)
    {
        _start = _time.GetTimestamp();
        _isFirst = true;
    }

    public override void AfterSave(HookContext context, string path)
    {
        // The first checkpoint is of the variables before the first step.
        bool isBefore = _isFirst;
        _isFirst = false;
        long step = context.GlobalStep;
        if (!isBefore && _time.GetElapsedTime(_start).TotalSeconds >= spec.StartDelaySeconds && IsFarEnough(step) && SecondsLeft <= 0)
            Evaluate(isFinal: step >= maxSteps);
    }

    // A loss that is no number leaves no variables to evaluate.
    public override void End(HookContext context)
    {
        if (context.Loss is not { } loss || !double.IsNaN(loss))
            Finish(estimator.GlobalStep);
    }

    /// <summary>True when a step is as many steps after the last evaluation as there must be.</summary>
    public bool IsFarEnough(long step) => Result is null || step - Result.GlobalStep >= spec.ThrottleSteps;

    /// <summary>The last evaluation, and the final exports, also of a training that stopped early.</summary>
    /// <param name="step">The last step.</param>
    /// <param name="path">Its checkpoint; null for the variables as they are.</param>
    public void Finish(long step, string? path = null)
    {
        if (LastStep != step)
            Evaluate(isFinal: true, path);
        else if (!_hasFinal)
            Export([.. spec.Exporters.Where(exporter => exporter.IsOnlyFinal)], isFinal: true);
    }

    /// <summary>Evaluates, and calls the exporters.</summary>
    /// <param name="isFinal">True after the last step.</param>
    /// <param name="path">A checkpoint; null for the variables as they are.</param>
    public void Evaluate(bool isFinal, string? path = null)
    {
        _lastTime = _time.GetTimestamp();
        Result = estimator.Evaluate(spec.InputFn, spec.Steps, [.. spec.Hooks, new CancellationHook(cancellation)], path, spec.Name);
        Exports = [];
        Export(spec.Exporters, isFinal);
    }

    private void Export(IReadOnlyList<Exporter> exporters, bool isFinal)
    {
        using var pinned = estimator.Pin();
        foreach (var exporter in exporters)
        {
            cancellation.ThrowIfCancellationRequested();
            estimator.Reload(Result!.CheckpointPath);
            string folder = Path.Combine(estimator.ModelDir, "export", exporter.Name);
            if (exporter.Export(estimator, folder, Result, isFinal) is { } path)
                Exports.Add(path);
        }

        _hasFinal |= isFinal;
    }

    private sealed class CancellationHook(CancellationToken cancellation) : EstimatorHook
    {
        public override IReadOnlyList<string> BeforeRun(HookContext context)
        {
            cancellation.ThrowIfCancellationRequested();
            return [];
        }
    }
}
