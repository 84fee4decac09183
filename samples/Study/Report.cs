using Samples;
using Spectre.Console;

namespace Study;

/// <summary>The figures as tables on the terminal and as JSON.</summary>
public static class Report
{
    public static void Show(Figures figures)
    {
        var findings = Output.Table(textColumns: 4, "topic", "program", "here", "TensorFlow");
        string topic = "";
        foreach (var finding in figures.Findings)
        {
            string shown = finding.Topic == topic ? "" : finding.Topic;
            findings.AddRow(shown, Markup.Escape(finding.Program), Markup.Escape(finding.Here), finding.TensorFlow ?? "");
            topic = finding.Topic;
        }

        AnsiConsole.Write(findings);
        var timings = Output.Table(textColumns: 2, "program", "way", "µs");
        string program = "";
        foreach (var timing in figures.Timings)
        {
            string shown = timing.Program == program ? "" : Markup.Escape(timing.Program);
            timings.AddRow(shown, timing.Way, Output.Number("N1", timing.Microseconds));
            program = timing.Program;
        }

        AnsiConsole.Write(timings);
    }

    public static void WriteJson(Figures figures, string path) => Output.WriteJson(figures, path);
}
