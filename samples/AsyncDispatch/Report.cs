using System.Globalization;
using Samples;
using Spectre.Console;

namespace AsyncDispatch;

/// <summary>The figures as a table and a chart on the terminal and as JSON.</summary>
public static class Report
{
    public static void Show(Figures figures)
    {
        var (queued, steps, backlog, overlap, training) = (figures.Queued, figures.SmallSteps, figures.Backlog, figures.Overlap, figures.Training);
        var table = Output.Table(textColumns: 2, "measurement", "way", "figure");
        Add(table, "a heavy call", ("returned after", Ms(queued.QueuedMs)), ("result there after", Ms(queued.FinishedMs)));
        Add(table, "a call that does nothing", ("at once", Us(figures.HandOver.AtOnceUs)),
            ("queued, run by the caller", Us(figures.HandOver.QueuedUs)),
            ("queued, run by another thread", Us(figures.HandOver.OtherThreadUs)));
        Add(table, $"{steps.Count:N0} small steps", ("imperative", Ms(steps.ImperativeMs)), ("traced, a call each", Ms(steps.TracedPerStepMs)),
            ("traced, one loop", Ms(steps.TracedLoopMs)));
        Add(table, $"{backlog.Calls} calls of a fast producer", ("unbounded queue", $"{Mb(backlog.UnboundedPeakMb)}, {Ms(backlog.UnboundedMs)}"),
            ("queue of 4", $"{Mb(backlog.BoundedPeakMb)}, {Ms(backlog.BoundedMs)}"));
        Add(table, $"{overlap.Batches} batches prepared and used", ("one after the other", Ms(overlap.SequentialMs)),
            ("at the same time", Ms(overlap.OverlappedMs)));
        Add(table, $"training, {training.Batches} batches of {training.Batch}",
            ("imperative, 50 batches", $"{Seconds(training.ImperativeSecondsPer50)}, +{Mb(training.ImperativeIncreasedMb)}"),
            ("traced, 50 batches", $"{Seconds(training.TracedSecondsPer50)}, +{Mb(training.TracedIncreasedMb)}"));
        AnsiConsole.Write(table);
        AnsiConsole.Write(Chart("Small steps, ms", ("imperative", steps.ImperativeMs), ("a call each", steps.TracedPerStepMs),
            ("one loop", steps.TracedLoopMs)));
        AnsiConsole.Write(Chart("Memory of a backlog, MB", ("unbounded", backlog.UnboundedPeakMb), ("queue of 4", backlog.BoundedPeakMb)));
        AnsiConsole.Write(Chart("Prepare and compute, ms", ("in turn", overlap.SequentialMs), ("overlapped", overlap.OverlappedMs)));
    }

    public static void WriteJson(Figures figures, string path) => Output.WriteJson(figures, path);

    private static void Add(Table table, string measurement, params (string Way, string Figure)[] rows)
    {
        foreach (var (i, (way, figure)) in rows.Index())
            table.AddRow(i == 0 ? measurement : "", way, figure);
        table.AddEmptyRow();
    }

    private static BarChart Chart(string label, params (string Label, double Value)[] bars)
    {
        var chart = new BarChart().Width(60).Label(label).LeftAlignLabel();
        foreach (var (name, value) in bars)
            chart.AddItem(name, Math.Round(value, 2), Color.Blue);
        return chart;
    }

    private static string Ms(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:F2} ms");

    private static string Us(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:F2} µs");

    private static string Seconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:F2} s");

    private static string Mb(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:F1} MB");
}
