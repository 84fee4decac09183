using Comparison = System.Func<
    System.Collections.Generic.IReadOnlyDictionary<string, double>, System.Collections.Generic.IReadOnlyDictionary<string, double>, bool>;

namespace TensorGraph;

/// <summary>
/// Exports when an evaluation is better than those of the same name of all earlier training steps, and when nothing was exported yet. Earlier
/// evaluations are read from their events, so a process that is started again knows the best one. An evaluation whose loss is not a number is never
/// exported, and is no best one either; nor are evaluations that have no such metric, of a time before it was added. For a comparison of your own
/// those have no such metric that it can't compare with themselves (<see cref="KeyNotFoundException"/>). Source: tf.estimator.BestExporter.
/// </summary>
public sealed class BestExporter : Exporter
{
    private readonly Comparison _isBetter;

    /// <summary>Makes the exporter. Errors: TG1002 null, TG1017 a name, or a number of exports that is not above 0.</summary>
    /// <param name="servingInputReceiver">The inputs that a server gets.</param>
    /// <param name="isBetter">
    /// Given the best numbers so far and the current ones, whether the current ones are better; <c>Smaller("loss")</c> when null.
    /// </param>
    /// <param name="name">Name of the folder below <c>export</c>.</param>
    /// <param name="assetsExtra">Files to copy, as in <see cref="Estimator.ExportSavedModel"/>.</param>
    /// <param name="exportsToKeep">How many exports are kept; null for all.</param>
    public BestExporter(
        ServingInputReceiver servingInputReceiver, Comparison? isBetter = null,
        string name = "best_exporter", IReadOnlyDictionary<string, string>? assetsExtra = null, int? exportsToKeep = 5)
        : base("best_exporter", name, servingInputReceiver, assetsExtra, exportsToKeep) =>
        _isBetter = isBetter ?? Smaller("loss");

    /// <summary>Better is a smaller number; anything is better than NaN. Errors: TG1002 null, TG1017 evaluations without it.</summary>
    /// <param name="metric">Name of the number.</param>
    public static Comparison Smaller(string metric) =>
        By(Throw.IfNull(metric), (best, current) => current < best);

    /// <summary>Better is a larger number; anything is better than NaN. Errors: TG1002 null, TG1017 evaluations without it.</summary>
    /// <param name="metric">Name of the number.</param>
    public static Comparison Larger(string metric) =>
        By(Throw.IfNull(metric), (best, current) => current > best);

    /// <inheritdoc/>
    public override string? Export(Estimator estimator, string exportPath, EvaluationResult result, bool isFinal)
    {
        if (double.IsNaN(Throw.IfNull(result).Loss))
            return null;
        string? metric = (_isBetter.Target as ByMetric)?.Metric;
        if (metric is not null)
            Of(result.Numbers, metric);
        // Events hold 32 bits, so the current numbers are compared in 32 bits too.
        var current = result.Numbers.ToDictionary(entry => entry.Key, entry => (double)(float)entry.Value);
        IReadOnlyDictionary<string, double>? best = null;
        foreach (var (_, numbers) in Throw.IfNull(estimator).EventsOf(result.Name).Read().Where(point => point.Key < result.GlobalStep))
        {
            if (numbers.GetValueOrDefault(ModelLayout.Loss) is double.NaN || !HasNumbers(numbers, metric))
                continue;
            if (best is null || _isBetter(best, numbers))
                best = numbers;
        }

        return best is not null && Folders(exportPath).Length > 0 && !_isBetter(best, current) ? null : Write(estimator, exportPath, result);
    }

    // Of a time before a metric was added.
    private bool HasNumbers(IReadOnlyDictionary<string, double> numbers, string? metric)
    {
        if (metric is not null)
            return numbers.ContainsKey(metric);
        try
        {
            _isBetter(numbers, numbers);
            return true;
        }
        catch (KeyNotFoundException)
        {
            return false;
        }
    }

    private static Comparison By(string metric, Func<double, double, bool> isBetter) => new ByMetric(metric, isBetter).Compare;

    private static double Of(IReadOnlyDictionary<string, double> numbers, string metric)
    {
        if (!numbers.TryGetValue(metric, out double value))
            Misuse.Raise("best_exporter", $"the evaluations have no '{metric}'", $"They have {string.Join(", ", numbers.Keys)}.");
        return value;
    }

    private sealed record ByMetric(string Metric, Func<double, double, bool> IsBetter)
    {
        public bool Compare(IReadOnlyDictionary<string, double> best, IReadOnlyDictionary<string, double> current)
        {
            double before = Of(best, Metric), now = Of(current, Metric);
            return double.IsNaN(before) ? !double.IsNaN(now) : IsBetter(before, now);
        }
    }
}
