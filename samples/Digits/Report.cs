using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Digits;

/// <summary>The result as a table on the terminal and as JSON.</summary>
public static class Report
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static void Show(Result result, TimeSpan elapsed)
    {
        var table = new Table().AddColumns("", "imperative", "traced");
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        table.AddRow("ms per step (median)", Number("F3", result.ImperativeMsPerStep), Number("F3", result.TracedMsPerStep));
        table.AddRow("speed-up", "1.00", Number("F2", result.Speedup));
        table.AddRow("first loss", Number("F6", result.ImperativeLosses[0]), Number("F6", result.TracedLosses[0]));
        table.AddRow("final loss", Number("F6", result.ImperativeLosses[^1]), Number("F6", result.TracedLosses[^1]));
        table.AddRow("test accuracy", Number("F4", result.ImperativeAccuracy), Number("F4", result.TracedAccuracy));
        table.AddRow("traces", "", Number("D", result.Traces));
        table.AddRow("graph nodes", "", Number("D", result.GraphNodes));
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"{result.TracedLosses.Length} steps each way in {elapsed.TotalSeconds:F1} s");
    }

    public static void WriteJson(Result result, string path) => File.WriteAllText(path, JsonSerializer.Serialize(
        new
        {
            result.ImperativeMsPerStep,
            result.TracedMsPerStep,
            result.Speedup,
            TestAccuracy = result.TracedAccuracy,
            ImperativeFinalLoss = result.ImperativeLosses[^1],
            TracedFinalLoss = result.TracedLosses[^1],
            result.Traces,
            result.GraphNodes,
        },
        Json) + "\n");

    private static string Number(string format, IFormattable number) => number.ToString(format, CultureInfo.InvariantCulture);
}
