using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace TextClassification;

/// <summary>The result as a table on the terminal and as JSON.</summary>
public static class Report
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static void Show(Result result, TimeSpan elapsed)
    {
        var table = new Table().AddColumns("", "imperative", "traced");
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        var (imperative, traced) = (result.Imperative, result.Traced);
        table.AddRow("ms per step (median)", Number("F2", imperative?.MsPerStep), Number("F2", traced.MsPerStep));
        table.AddRow("speed-up", imperative is null ? "" : "1.00", Number("F2", result.Speedup));
        table.AddRow("first loss", Number("F6", imperative?.Losses[0]), Number("F6", traced.Losses[0]));
        table.AddRow("final loss", Number("F6", imperative?.Losses[^1]), Number("F6", traced.Losses[^1]));
        table.AddRow("test accuracy", Number("F4", imperative?.Accuracy), Number("F4", traced.Accuracy));
        table.AddRow("traces", "", Number("D", result.Traces));
        table.AddRow("graph nodes", "", Number("D", result.GraphNodes));
        table.AddRow("parameters", "", Number("N0", result.Parameters));
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{traced.Losses.Length} steps each way in {elapsed.TotalSeconds:F1} s");
    }

    public static void WriteJson(Result result, string path) => File.WriteAllText(path, JsonSerializer.Serialize(
        new
        {
            ImperativeMsPerStep = result.Imperative?.MsPerStep,
            TracedMsPerStep = result.Traced.MsPerStep,
            result.Speedup,
            TestAccuracy = result.Traced.Accuracy,
            ImperativeFinalLoss = result.Imperative?.Losses[^1],
            TracedFinalLoss = result.Traced.Losses[^1],
            result.Traces,
            result.GraphNodes,
            result.Parameters,
        },
        Json) + "\n");

    private static string Number(string format, IFormattable? number) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
