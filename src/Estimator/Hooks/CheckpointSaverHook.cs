namespace TensorGraph;

/// <summary>Called around each save of a checkpoint. Source: tf.estimator.CheckpointSaverListener.</summary>
public abstract class CheckpointListener
{
    /// <summary>Before the first step.</summary>
    /// <param name="context">The run.</param>
    public virtual void Begin(HookContext context)
    {
    }

    /// <summary>Before a checkpoint is written.</summary>
    /// <param name="context">The run.</param>
    public virtual void BeforeSave(HookContext context)
    {
    }

    /// <summary>After a checkpoint was written.</summary>
    /// <param name="context">The run; <see cref="HookContext.RequestStop"/> ends it.</param>
    /// <param name="path">The file.</param>
    public virtual void AfterSave(HookContext context, string path)
    {
    }

    /// <summary>After the last checkpoint.</summary>
    /// <param name="context">The run.</param>
    public virtual void End(HookContext context)
    {
    }
}

/// <summary>
/// Writes a checkpoint before the first step, every so many steps or seconds, and after the last step. The estimator adds one unless there is one
/// among the hooks. A step whose loss is not a number is not saved. Source: tf.estimator.CheckpointSaverHook.
/// </summary>
public sealed class CheckpointSaverHook : EstimatorHook
{
    private readonly StepTimer _timer;
    private readonly List<CheckpointListener> _listeners;
    private long _saved = -1;

    /// <summary>Makes the hook. Errors: TG1017 unless one interval is given and above 0, TG1002 a listener that is null.</summary>
    /// <param name="steps">Steps between two files.</param>
    /// <param name="seconds">Seconds between two files.</param>
    /// <param name="listeners">Called around each save.</param>
    public CheckpointSaverHook(int? steps = null, double? seconds = null, IReadOnlyList<CheckpointListener>? listeners = null)
    {
        Misuse.OneOf("checkpoint_saver", steps, seconds);
        _timer = new(steps, seconds);
        _listeners = [.. (listeners ?? []).Select(listener => Throw.IfNull(listener))];
    }

    /// <summary>Listeners of a call of <c>Train</c>; they go with it.</summary>
    internal IReadOnlyList<CheckpointListener> OfCall { get; set; } = [];

    private IEnumerable<CheckpointListener> Listeners => _listeners.Concat(OfCall);

    /// <inheritdoc/>
    public override void Begin(HookContext context)
    {
        _saved = -1;
        _timer.Reset();
        foreach (var listener in Listeners)
            listener.Begin(context);
    }

    /// <inheritdoc/>
    public override void AfterCreate(HookContext context) => Save(context);

    /// <inheritdoc/>
    public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values)
    {
        if (_timer.IsDue(Throw.IfNull(context).GlobalStep, context.Time))
            Save(context);
    }

    /// <inheritdoc/>
    public override void End(HookContext context)
    {
        if (_saved != Throw.IfNull(context).GlobalStep)
            Save(context);
        else if (context.Loss is not { } loss || !double.IsNaN(loss))
            context.Estimator.SaveCheckpoint(); // The data may have ended since.
        foreach (var listener in Listeners)
            listener.End(context);
    }

    /// <summary>Takes the place of another saver of the run, with its listeners and after its last file.</summary>
    internal void GoOnFrom(CheckpointSaverHook other)
    {
        (OfCall, _saved) = (other.OfCall, other._saved);
        _timer.GoOnFrom(other._timer);
    }

    private void Save(HookContext context)
    {
        if (context.Loss is { } loss && double.IsNaN(loss))
            return;
        long step = context.GlobalStep;
        _timer.Restart(step, context.Time);
        foreach (var listener in Listeners)
            listener.BeforeSave(context);
        string path = context.Estimator.SaveCheckpoint();
        _saved = step;
        foreach (var listener in Listeners)
            listener.AfterSave(context, path);
    }
}
