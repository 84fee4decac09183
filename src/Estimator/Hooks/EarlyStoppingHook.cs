namespace TensorGraph;

/// <summary>
/// Ends a training by the metrics of its evaluations, read from the events that they wrote, so that those of an earlier process count too. It looks
/// after each evaluation of this estimator, and once per interval for those of another process. Without evaluations of its name it never stops, with
/// a warning where this estimator makes others. Older evaluations without the metric do not count. Errors while it
/// runs: TG1017 evaluations the newest of which has no such metric. Source: tf.estimator.experimental.stop_if_no_increase_hook and the like.
/// </summary>
public sealed class EarlyStoppingHook : EstimatorHook
{
    private const double UsualSeconds = 60;

    private readonly Func<Estimator, bool> _shouldStop;
    private readonly string? _evalName;
    private readonly bool _readsEvents;
    private readonly StepTimer _timer;
    private long _evaluations;
    private int _looks;

    private EarlyStoppingHook(
        Func<Estimator, bool> shouldStop, int? everySteps, double? everySeconds, string? evalName = null, bool readsEvents = true)
    {
        (_evalName, _readsEvents) = (evalName, readsEvents);
        if (everySteps is null && everySeconds is null)
            everySeconds = UsualSeconds;
        Misuse.OneOf("early_stopping", everySteps, everySeconds);
        _shouldStop = shouldStop;
        _timer = new(everySteps, everySeconds);
    }

    /// <summary>Stops once a metric is above a threshold in any evaluation from a step on. Errors: TG1002 null, TG1017 an interval.</summary>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="threshold">The threshold; equal does not stop.</param>
    /// <param name="evalName">Name of the evaluations, as in <see cref="EvalSpec{TFeatures, TLabels}"/>.</param>
    /// <param name="minSteps">First training step whose evaluation counts.</param>
    /// <param name="everySteps">Steps between two looks; null for seconds.</param>
    /// <param name="everySeconds">Seconds between two looks; 60 when both are null.</param>
    public static EarlyStoppingHook IfHigher(
        string metric, double threshold, string? evalName = null, long minSteps = 0, int? everySteps = null, double? everySeconds = null) =>
        Any(metric, value => value > threshold, evalName, minSteps, everySteps, everySeconds);

    /// <summary>Stops once a metric is below a threshold in any evaluation from a step on. Errors: as <see cref="IfHigher"/>.</summary>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="threshold">The threshold; equal does not stop.</param>
    /// <param name="evalName">Name of the evaluations.</param>
    /// <param name="minSteps">First training step whose evaluation counts.</param>
    /// <param name="everySteps">Steps between two looks; null for seconds.</param>
    /// <param name="everySeconds">Seconds between two looks; 60 when both are null.</param>
    public static EarlyStoppingHook IfLower(
        string metric, double threshold, string? evalName = null, long minSteps = 0, int? everySteps = null, double? everySeconds = null) =>
        Any(metric, value => value < threshold, evalName, minSteps, everySteps, everySeconds);

    /// <summary>Stops when a metric has not been larger than before for so many training steps. Errors: as <see cref="IfHigher"/>.</summary>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="maxSteps">Training steps, not evaluations, from the best evaluation on.</param>
    /// <param name="evalName">Name of the evaluations.</param>
    /// <param name="minSteps">First training step whose evaluation counts.</param>
    /// <param name="everySteps">Steps between two looks; null for seconds.</param>
    /// <param name="everySeconds">Seconds between two looks; 60 when both are null.</param>
    public static EarlyStoppingHook IfNoIncrease(
        string metric, long maxSteps, string? evalName = null, long minSteps = 0, int? everySteps = null, double? everySeconds = null) =>
        NoBetter(metric, (best, now) => now > best, maxSteps, evalName, minSteps, everySteps, everySeconds);

    /// <summary>Stops when a metric has not been smaller than before for so many training steps. Errors: as <see cref="IfHigher"/>.</summary>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="maxSteps">Training steps, not evaluations, from the best evaluation on.</param>
    /// <param name="evalName">Name of the evaluations.</param>
    /// <param name="minSteps">First training step whose evaluation counts.</param>
    /// <param name="everySteps">Steps between two looks; null for seconds.</param>
    /// <param name="everySeconds">Seconds between two looks; 60 when both are null.</param>
    public static EarlyStoppingHook IfNoDecrease(
        string metric, long maxSteps, string? evalName = null, long minSteps = 0, int? everySteps = null, double? everySeconds = null) =>
        NoBetter(metric, (best, now) => now < best, maxSteps, evalName, minSteps, everySteps, everySeconds);

    /// <summary>Stops when a function says so. Errors: as <see cref="IfHigher"/>.</summary>
    /// <param name="shouldStop">Asked after each evaluation and once per interval.</param>
    /// <param name="everySteps">Steps between two looks; null for seconds.</param>
    /// <param name="everySeconds">Seconds between two looks; 60 when both are null.</param>
    public static EarlyStoppingHook If(Func<bool> shouldStop, int? everySteps = null, double? everySeconds = null)
    {
        Throw.IfNull(shouldStop);
        return new(_ => shouldStop(), everySteps, everySeconds, readsEvents: false);
    }

    /// <inheritdoc/>
    public override void Begin(HookContext context)
    {
        _timer.Reset();
        _evaluations = Throw.IfNull(context).Estimator.Evaluations;
        _looks = 0;
    }

    /// <inheritdoc/>
    public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values)
    {
        var estimator = Throw.IfNull(context).Estimator;
        if (_evaluations == estimator.Evaluations && !_timer.IsDue(context.GlobalStep, context.Time))
            return;
        if (_evaluations != estimator.Evaluations)
            WarnOfName(estimator);
        _evaluations = estimator.Evaluations;
        _timer.Restart(context.GlobalStep, context.Time);
        if (!_shouldStop(estimator))
            return;
        estimator.Log(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"early stopping at step {context.GlobalStep}"));
        context.RequestStop();
    }

    // Evaluations of this estimator that are written elsewhere.
    private void WarnOfName(Estimator estimator)
    {
        const int Patience = 3;
        if (!_readsEvents || ++_looks != Patience || Directory.Exists(estimator.EvalDir(_evalName)))
            return;
        TensorGraphOptions.Current.Warnings.WriteLine("Early stopping has no evaluation to look at: there is no folder "
            + $"'{estimator.EvalDir(_evalName)}' after {Patience} evaluations. Give the hook the evalName of the evaluations.");
    }

    private static EarlyStoppingHook Any(
        string metric, Func<double, bool> isReached, string? evalName, long minSteps, int? everySteps, double? everySeconds)
    {
        Throw.IfNull(metric);
        return new(
            estimator => Values(estimator, metric, evalName, minSteps).Any(point => isReached(point.Value)), everySteps, everySeconds, evalName);
    }

    private static EarlyStoppingHook NoBetter(
        string metric, Func<double, double, bool> isBetter, long maxSteps, string? evalName, long minSteps, int? everySteps, double? everySeconds)
    {
        Throw.IfNull(metric);
        Misuse.Positive("early_stopping", nameof(maxSteps), maxSteps);
        return new(ShouldStop, everySteps, everySeconds, evalName);

        bool ShouldStop(Estimator estimator)
        {
            (long Step, double Value)? best = null;
            foreach (var point in Values(estimator, metric, evalName, minSteps))
            {
                // Anything is better than NaN.
                if (best is not { } known || isBetter(known.Value, point.Value) || (double.IsNaN(known.Value) && !double.IsNaN(point.Value)))
                    best = point;
                else if (point.Step - known.Step >= maxSteps)
                    return true;
            }

            return false;
        }
    }

    private static IEnumerable<(long Step, double Value)> Values(Estimator estimator, string metric, string? evalName, long minSteps)
    {
        var points = estimator.EventsOf(evalName).Read();
        // Older ones may be of a time before the metric was added.
        if (points.Count > 0 && points.Last().Value is var newest && !newest.ContainsKey(metric))
            Misuse.Raise("early_stopping", $"the evaluations have no metric '{metric}'", $"They have {string.Join(", ", newest.Keys)}.");
        foreach (var (step, numbers) in points.Where(point => point.Key >= minSteps))
        {
            if (numbers.TryGetValue(metric, out double value))
                yield return (step, value);
        }
    }
}
