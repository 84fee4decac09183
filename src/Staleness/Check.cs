using System.Globalization;
using System.Runtime.CompilerServices;

namespace TensorGraph.Staleness;

internal static class Check
{
    /// <summary>TG2004 unless a setting is in its range.</summary>
    public static T Range<T>(bool holds, T value, string range, string where, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!holds)
            Throw.Range(where, string.Create(CultureInfo.InvariantCulture, $"'{name}' is {value}"), $"It must be {range}.");
        return value;
    }

    /// <summary>TG2004 unless the number is at least <paramref name="least"/>.</summary>
    public static int AtLeast(int least, int value, string where, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Range(value >= least, value, $"at least {least}", where, name);

    /// <summary>TG2004 unless the number is finite and not negative.</summary>
    public static double NotNegative(double value, string where, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Range(value >= 0 && double.IsFinite(value), value, "a number of at least 0", where, name);

    /// <summary>TG2004 unless the number is finite and above 0.</summary>
    public static double Positive(double value, string where, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Range(value > 0 && double.IsFinite(value), value, "a number above 0", where, name);

    /// <summary>TG2004 for a text that is none of the forms that are known.</summary>
    public static GraphException Unreadable(string where, string text, string forms) =>
        new(DiagnosticIds.OutOfRange, $"{where}: can't read '{text}'", $"Write {forms}.");
}
