using System.Text.Json;
using Spectre.Console;

namespace Retracing;

/// <summary>The findings as a table on the terminal and as JSON.</summary>
public static class Report
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Show(IReadOnlyList<Finding> findings)
    {
        var table = new Table().AddColumns("what changes", "retrace", "suggestion", "remedy here", "traces then", "rule");
        foreach (var finding in findings)
        {
            var causes = finding.Retraces.Select(further => $"{further.Argument}: {further.Old} → {further.New}, {further.CallSite}");
            table.AddRow(Cells(
                finding.Reason, string.Join('\n', causes), string.Join('\n', finding.Retraces.Select(further => further.Suggestion).Distinct()),
                finding.Remedy, $"{finding.TracesAfterRemedy}", finding.Rule ?? ""));
        }

        AnsiConsole.Write(table.ShowRowSeparators());
    }

    public static void WriteJson(IReadOnlyList<Finding> findings, string path) => File.WriteAllText(path, JsonSerializer.Serialize(findings, Json) + "\n");

    private static string[] Cells(params string[] cells) => [.. cells.Select(Markup.Escape)];
}
