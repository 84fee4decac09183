using System.Diagnostics.CodeAnalysis;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>TG1017 and other errors of estimators.</summary>
internal static class Misuse
{
    [DoesNotReturn]
    public static void Raise(string where, string problem, string remedy) => Throw.Raise(DiagnosticIds.EstimatorMisused, where, problem, remedy);

    /// <summary>TG1017 unless a number that may be missing is at least 1.</summary>
    public static void Positive(string where, string name, double? value)
    {
        if (value is { } number && !(number > 0 && double.IsFinite(number)))
            Raise(where, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{name}' is {number}"), "It must be above 0, or null.");
    }

    /// <summary>TG1017 unless exactly one of two intervals is given.</summary>
    public static void OneOf(string where, long? steps, double? seconds)
    {
        if (steps is null == seconds is null)
            Raise(where, steps is null ? "neither steps nor seconds are given" : "steps and seconds are given", "Give one of them.");
        Positive(where, nameof(steps), steps);
        Positive(where, nameof(seconds), seconds);
    }

    /// <summary>TG1006: a file or data that can't be used.</summary>
    public static GraphException Data(string where, string problem, string remedy, Exception? cause = null) =>
        new(DiagnosticIds.BadData, $"{where}: {problem}", remedy, SourceSpan.Capture(), cause);
}
