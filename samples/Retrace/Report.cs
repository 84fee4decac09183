using Samples;
using Spectre.Console;

namespace Retracing;

/// <summary>The findings as a table on the terminal and as JSON.</summary>
public static class Report
{
    public static void Show(IReadOnlyList<Finding> findings)
    {
        var table = Output.Table(textColumns: 6, "what changes", "retrace", "suggestion", "remedy here", "traces then", "rule");
        foreach (var finding in findings)
        {
            var causes = finding.Retraces.Select(further => $"{further.Argument}: {further.Old} → {further.New}, {further.CallSite}");
            table.AddRow(Cells(
                finding.Reason, string.Join('\n', causes), string.Join('\n', finding.Retraces.Select(further => further.Suggestion).Distinct()),
                finding.Remedy, $"{finding.TracesAfterRemedy}", finding.Rule ?? ""));
        }

        AnsiConsole.Write(table.ShowRowSeparators());
    }

    public static void WriteJson(IReadOnlyList<Finding> findings, string path) => Output.WriteJson(findings, path);

    private static string[] Cells(params string[] cells) => [.. cells.Select(Markup.Escape)];
}
