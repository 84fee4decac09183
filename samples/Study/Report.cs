using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Study;

/// <summary>The figures as tables on the terminal and as JSON.</summary>
public static class Report
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Show(Figures figures)
    {
        var findings = new Table().AddColumns("topic", "program", "here", "TensorFlow");
        string topic = "";
        foreach (var finding in figures.Findings)
        {
            string shown = finding.Topic == topic ? "" : finding.Topic;
            findings.AddRow(shown, Markup.Escape(finding.Program), Markup.Escape(finding.Here), finding.TensorFlow ?? "");
            topic = finding.Topic;
        }

        AnsiConsole.Write(findings);
        var timings = new Table().AddColumns("program", "way", "µs");
        timings.Columns[2].RightAligned();
        string program = "";
        foreach (var timing in figures.Timings)
        {
            string shown = timing.Program == program ? "" : Markup.Escape(timing.Program);
            timings.AddRow(shown, timing.Way, timing.Microseconds.ToString("N1", CultureInfo.InvariantCulture));
            program = timing.Program;
        }

        AnsiConsole.Write(timings);
    }

    public static void WriteJson(Figures figures, string path) => File.WriteAllText(path, JsonSerializer.Serialize(figures, Json) + "\n");
}
