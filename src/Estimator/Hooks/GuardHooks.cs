using System.Globalization;

namespace TensorGraph;

/// <summary>The loss of a training step is not a number. Source: tf.estimator.NanLossDuringTrainingError.</summary>
/// <param name="step">Steps done.</param>
public sealed class NanLossException(long step) : GraphException(
    DiagnosticIds.BadData, string.Create(CultureInfo.InvariantCulture, $"train: the loss of step {step} is NaN"),
    "Lower the learning rate, clip gradients, or look for batches that make it so. A checkpoint of one of the steps before may hold NaN already, "
        + "where a gradient was NaN under a loss that was none: evaluate it before you go on from it.")
{
    /// <summary>Steps done.</summary>
    public long Step { get; } = step;
}

/// <summary>Ends a training when its loss is not a number. The estimator adds one. Source: tf.estimator.NanTensorHook.</summary>
/// <param name="fails">True throws <see cref="NanLossException"/>; false stops after a warning.</param>
public sealed class NanGuardHook(bool fails = true) : EstimatorHook
{
    /// <inheritdoc/>
    public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values)
    {
        if (Throw.IfNull(context).Loss is not { } loss || !double.IsNaN(loss))
            return;
        if (fails)
            throw new NanLossException(context.GlobalStep);
        TensorGraphOptions.Current.Warnings.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The loss of step {context.GlobalStep} is NaN: the training stops."));
        context.RequestStop();
    }
}

/// <summary>Ends a training after some steps. The estimator adds one. Source: tf.estimator.StopAtStepHook.</summary>
public sealed class StopAtStepHook : EstimatorHook
{
    private readonly long? _steps;
    private long _last;

    /// <summary>Makes the hook. Errors: TG1017 unless one of both is given and above 0.</summary>
    /// <param name="steps">Steps of the run.</param>
    /// <param name="lastStep">Number of the last step in all.</param>
    public StopAtStepHook(long? steps = null, long? lastStep = null)
    {
        if (steps is null == lastStep is null)
            Misuse.Raise("stop_at_step", steps is null ? "neither steps nor lastStep are given" : "steps and lastStep are given", "Give one of them.");
        Misuse.Positive("stop_at_step", nameof(steps), steps);
        Misuse.Positive("stop_at_step", nameof(lastStep), lastStep);
        (_steps, _last) = (steps, lastStep ?? 0);
    }

    /// <inheritdoc/>
    public override void Begin(HookContext context)
    {
        if (_steps is { } more)
            _last = After(Throw.IfNull(context).GlobalStep, more);
    }

    /// <summary>The step after so many more; the largest number where there is none so large.</summary>
    internal static long After(long step, long more) => more > long.MaxValue - step ? long.MaxValue : step + more;

    /// <inheritdoc/>
    public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values)
    {
        if (Throw.IfNull(context).GlobalStep >= _last)
            context.RequestStop();
    }
}

/// <summary>Replaces tensors of each batch. Source: tf.estimator.FeedFnHook.</summary>
/// <param name="feed">Gives tensors by the names that <see cref="HookContext.Feed"/> takes.</param>
public sealed class FeedHook(Func<IReadOnlyDictionary<string, Tensor>> feed) : EstimatorHook
{
    private readonly Func<IReadOnlyDictionary<string, Tensor>> _feed = Throw.IfNull(feed);

    /// <inheritdoc/>
    public override IReadOnlyList<string> BeforeRun(HookContext context)
    {
        foreach (var (name, tensor) in Throw.IfNull(_feed()))
            Throw.IfNull(context).Feed(name, tensor);
        return [];
    }
}

/// <summary>Records a run for the tool <c>tgraph</c>, see <see cref="GraphRecorder"/>. Source: tf.estimator.ProfilerHook.</summary>
/// <param name="folder">Gets a folder for each recording.</param>
public sealed class ProfilerHook(string folder) : EstimatorHook
{
    private readonly string _folder = Throw.IfNull(folder);
    private GraphRecorder? _recorder;

    /// <inheritdoc/>
    public override void Begin(HookContext context) => _recorder = DataFile.Try("profiler", _folder, () => GraphRecorder.Start(_folder));

    /// <inheritdoc/>
    public override void End(HookContext context) => Abort(context);

    /// <inheritdoc/>
    public override void Abort(HookContext context)
    {
        _recorder?.Dispose();
        _recorder = null;
    }
}
