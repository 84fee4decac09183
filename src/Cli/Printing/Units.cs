using System.Globalization;

namespace TensorGraph.Cli;

/// <summary>Numbers as people read them.</summary>
internal static class Units
{
    /// <summary><c>850 µs</c>, <c>12.3 ms</c>, <c>1.20 s</c></summary>
    public static string Time(double milliseconds) => milliseconds switch
    {
        0 => "0",
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds * 1000:0.#} µs"),
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.##} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.00} s"),
    };

    /// <summary><c>512 B</c>, <c>3.4 MB</c></summary>
    public static string Bytes(long bytes) => bytes < 1000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B") : Scaled(bytes, "B");

    /// <summary><c>1.5 GFLOP/s</c>; empty for nothing.</summary>
    public static string Rate(double amount, double milliseconds, string unit) =>
        amount == 0 || milliseconds == 0 ? "" : Scaled(amount / milliseconds * 1000, unit + "/s");

    /// <summary><c>1,437</c></summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>12.3 %</c></summary>
    public static string Share(double part, double whole) => whole == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{100 * part / whole:0.0} %");

    private static string Scaled(double number, string unit)
    {
        string[] prefixes = ["", "k", "M", "G", "T"];
        int i = 0;
        for (; Math.Abs(number) >= 1000 && i < prefixes.Length - 1; i++)
            number /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{number:0.#} {prefixes[i]}{unit}");
    }
}
