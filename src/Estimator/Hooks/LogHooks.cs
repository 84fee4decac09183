using System.Globalization;

namespace TensorGraph;

/// <summary>
/// Writes tensors as text, at the first step and then every so many steps of the run or seconds. Source: tf.estimator.LoggingTensorHook.
/// </summary>
public sealed class LoggingHook : EstimatorHook
{
    private readonly string[] _names;
    private readonly StepTimer _timer;
    private bool _isDue;

    /// <summary>Makes the hook. Errors: TG1017 unless one interval is given and above 0, or without names; TG1002 null.</summary>
    /// <param name="names">The tensors, as in <see cref="EstimatorHook.BeforeRun"/>.</param>
    /// <param name="steps">Steps of the run between two lines.</param>
    /// <param name="seconds">Seconds between two lines.</param>
    public LoggingHook(IReadOnlyList<string> names, int? steps = null, double? seconds = null)
    {
        Misuse.OneOf("logging", steps, seconds);
        _names = [.. Throw.IfNull(names).Select(name => Throw.IfNull(name))];
        if (_names.Length == 0)
            Misuse.Raise("logging", "no tensor is named", "Name at least one.");
        _timer = new(steps, seconds);
    }

    /// <inheritdoc/>
    public override void Begin(HookContext context) => _timer.Reset();

    /// <inheritdoc/>
    public override IReadOnlyList<string> BeforeRun(HookContext context)
    {
        _isDue = _timer.IsDue(Throw.IfNull(context).Runs, context.Time);
        return _isDue ? _names : [];
    }

    /// <inheritdoc/>
    public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values)
    {
        if (!_isDue)
            return;
        Throw.IfNull(values);
        var ended = _timer.Restart(Throw.IfNull(context).Runs - 1, context.Time);
        string rate = ended is { Seconds: > 0 } part ? string.Create(CultureInfo.InvariantCulture, $" ({part.Seconds:f1} s)") : "";
        context.Estimator.Log(string.Join(", ", _names.Select(name => $"{name} = {Text(values[name])}")) + rate);
    }

    internal static string Text(Tensor tensor) => tensor is { Rank: 0 } && tensor.DType.IsFloat()
        ? tensor.ToDouble().ToString("g6", CultureInfo.InvariantCulture)
        : tensor.ToString() ?? "";
}

/// <summary>
/// Writes a line with step, loss and steps per second, and on a terminal a bar that moves between the lines; the rate is also a curve,
/// <c>global_step/sec</c>. Source: tf.estimator.StepCounterHook.
/// </summary>
public sealed class StepCounterHook : EstimatorHook
{
    private readonly StepTimer _timer;

    /// <summary>Makes the hook. Errors: TG1017 unless one interval is given and above 0.</summary>
    /// <param name="steps">Steps between two lines.</param>
    /// <param name="seconds">Seconds between two lines.</param>
    public StepCounterHook(int? steps = null, double? seconds = null)
    {
        Misuse.OneOf("step_counter", steps, seconds);
        _timer = new(steps, seconds);
    }

    /// <inheritdoc/>
    public override void Begin(HookContext context) => _timer.Reset();

    /// <inheritdoc/>
    public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values)
    {
        long step = Throw.IfNull(context).GlobalStep;
        if (!_timer.IsDue(step, context.Time))
            return;
        double? rate = _timer.Restart(step, context.Time) is { Seconds: > 0 } part ? part.Steps / part.Seconds : null;
        if (rate is { } number)
            context.Estimator.TrainingEvents.AddScalar("global_step/sec", number, step);
        context.Estimator.Log(string.Create(CultureInfo.InvariantCulture, $"step {step}  loss {context.Loss:g4}{(rate is null ? "" : $"  {rate:f1} steps/s")}"));
    }
}

/// <summary>
/// Writes the loss and the summaries of the spec as curves, every so many steps or seconds. Source: tf.estimator.SummarySaverHook.
/// </summary>
public sealed class SummarySaverHook : EstimatorHook
{
    private readonly StepTimer _timer;
    private bool _isDue;

    /// <summary>Makes the hook. Errors: TG1017 unless one interval is given and above 0.</summary>
    /// <param name="steps">Steps between two points.</param>
    /// <param name="seconds">Seconds between two points.</param>
    public SummarySaverHook(int? steps = null, double? seconds = null)
    {
        Misuse.OneOf("summary_saver", steps, seconds);
        _timer = new(steps, seconds);
    }

    /// <inheritdoc/>
    public override void Begin(HookContext context) => _timer.Reset();

    /// <inheritdoc/>
    public override IReadOnlyList<string> BeforeRun(HookContext context)
    {
        _isDue = _timer.IsDue(Throw.IfNull(context).GlobalStep + 1, context.Time);
        return _isDue ? context.Estimator.SummaryNames : [];
    }

    /// <inheritdoc/>
    public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values)
    {
        if (!_isDue)
            return;
        long step = Throw.IfNull(context).GlobalStep;
        _timer.Restart(step, context.Time);
        var events = context.Estimator.TrainingEvents;
        foreach (var (name, value) in Throw.IfNull(values))
        {
            bool isOfSpec = name.StartsWith(ModelLayout.Summaries, StringComparison.Ordinal);
            events.AddScalar(isOfSpec ? name[ModelLayout.Summaries.Length..] : name, value.ToDouble(), step);
        }

        events.Flush();
    }
}
