namespace TensorGraph;

/// <summary>Evaluates after checkpoints of a training, with the variables as they are, and calls the exporters.</summary>
internal sealed class EvaluationListener<TFeatures, TLabels>(
    Estimator<TFeatures, TLabels> estimator, EvalSpec<TFeatures, TLabels> spec, long? maxSteps) : CheckpointListener
{
    private long _start;
    private long _lastTime;
    private long? _lastStep;
    private bool _isFirst;
    private bool _hasFinal;

    public EvaluationResult? Result { get; private set; }

    public List<string> Exports { get; private set; } = [];

    public override void Begin(HookContext context)
    {
        _start = context.Time.GetTimestamp();
        _isFirst = true;
    }

    public override void AfterSave(HookContext context, string path)
    {
        // The first checkpoint is of the variables before the first step.
        bool isBefore = _isFirst;
        _isFirst = false;
        long step = context.GlobalStep;
        bool isDue = !isBefore && context.Time.GetElapsedTime(_start).TotalSeconds >= spec.StartDelaySeconds && (_lastStep is not { } last
            || (step - last >= spec.ThrottleSteps && context.Time.GetElapsedTime(_lastTime).TotalSeconds >= spec.ThrottleSeconds));
        if (isDue)
            Evaluate(context.Time, isFinal: step >= maxSteps);
    }

    public override void End(HookContext context) => Finish(context.Time);

    /// <summary>The last evaluation, and the final exports, also of a training that stopped early.</summary>
    public void Finish(TimeProvider time)
    {
        if (_lastStep != estimator.GlobalStep)
            Evaluate(time, isFinal: true);
        else if (!_hasFinal)
            Export([.. spec.Exporters.Where(exporter => exporter.IsOnlyFinal)], isFinal: true);
    }

    /// <summary>Evaluates, and calls the exporters.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="isFinal">True after the last step.</param>
    /// <param name="path">A checkpoint; null for the variables as they are.</param>
    public void Evaluate(TimeProvider time, bool isFinal, string? path = null)
    {
        Result = estimator.Evaluate(spec.InputFn, spec.Steps, spec.Hooks, path, spec.Name);
        (_lastStep, _lastTime) = (estimator.GlobalStep, time.GetTimestamp());
        Exports = [];
        Export(spec.Exporters, isFinal);
    }

    private void Export(IReadOnlyList<Exporter> exporters, bool isFinal)
    {
        _hasFinal |= isFinal;
        foreach (var exporter in exporters)
        {
            string folder = Path.Combine(estimator.ModelDir, "export", exporter.Name);
            if (exporter.Export(estimator, folder, Result!, isFinal) is { } path)
                Exports.Add(path);
        }
    }
}
