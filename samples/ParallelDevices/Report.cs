using System.Globalization;
using Samples;
using Spectre.Console;

namespace ParallelDevices;

/// <summary>The figures as a table.</summary>
internal static class Report
{
    public static void Show(Figures figures)
    {
        (Powers powers, Copies copies, Training training) = (figures.Powers, figures.Copies, figures.Training);
        Table table = Output.Table(textColumns: 2, "measurement", "way", "figure");
        Add(table, FormattableString.Invariant($"A^{powers.Exponent} + B^{powers.Exponent} of {powers.Size} rows"),
        [
            .. powers.Alone.Select(alone => ($"{alone.Device} alone", Ms(alone.Ms))),
            ("a power on each of the first two", Ms(powers.ParallelMs)),
            ("largest difference of the two", powers.LargestDifference.ToString("E1", CultureInfo.InvariantCulture)),
        ]);
        Add(table, FormattableString.Invariant($"{copies.Batches} batches of {copies.Device} to the host"),
            [("compute, then copy", Ms(copies.ComputeThenCopyMs)), ("compute with copy", Ms(copies.ComputeWithCopyMs))]);
        Add(table, FormattableString.Invariant($"a step of training on {training.Batch} rows"),
            [.. training.MsPerStep.Select((ms, i) => (FormattableString.Invariant($"{i + 1} devices, last loss {training.Losses[i]:F5}"), Ms(ms)))]);
        AnsiConsole.Write(table);
    }

    private static void Add(Table table, string measurement, (string Way, string Figure)[] rows)
    {
        foreach (var (i, (way, figure)) in rows.Index())
            table.AddRow(i == 0 ? measurement : "", way, figure);
        table.AddEmptyRow();
    }

    private static string Ms(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:F2} ms");
}
