using System.Globalization;
using Spectre.Console;

namespace Samples;

/// <summary>Losses, times and accuracy of one way of running.</summary>
/// <param name="Losses">The loss before each step.</param>
/// <param name="MsPerStep">Median time of a step, without those of the warm-up.</param>
/// <param name="Accuracy">Share of the test examples whose most likely label is right.</param>
public sealed record TrainingRun(double[] Losses, double MsPerStep, double Accuracy)
{
    /// <summary>The run of steps with their times; those of the warm-up, in which code is compiled, do not count.</summary>
    public static TrainingRun Of(IReadOnlyList<(double Loss, double Ms)> steps, double accuracy, int warmUp)
    {
        double[] times = [.. steps.Skip(Math.Min(warmUp, steps.Count / 2)).Select(step => step.Ms).Order()];
        return new([.. steps.Select(step => step.Loss)], times[times.Length / 2], accuracy);
    }
}

/// <summary>Results of a training, imperatively, unless only the graph was wanted, and traced.</summary>
public sealed record TrainingResult(TrainingRun? Imperative, TrainingRun Traced, int Traces, int GraphNodes)
{
    public double? Speedup => Imperative?.MsPerStep / Traced.MsPerStep;

    /// <summary>Shows a table, with further rows of traced figures.</summary>
    public void Show(string title, TimeSpan elapsed, params IEnumerable<(string Name, string Figure)> further)
    {
        var table = Output.Table(textColumns: 1, title, "imperative", "traced");
        table.AddRow("ms per step (median)", Output.Number("F3", Imperative?.MsPerStep), Output.Number("F3", Traced.MsPerStep));
        table.AddRow("speed-up", Imperative is null ? "" : "1.00", Output.Number("F2", Speedup));
        table.AddRow("first loss", Output.Number("F6", Imperative?.Losses[0]), Output.Number("F6", Traced.Losses[0]));
        table.AddRow("final loss", Output.Number("F6", Imperative?.Losses[^1]), Output.Number("F6", Traced.Losses[^1]));
        table.AddRow("test accuracy", Output.Number("F4", Imperative?.Accuracy), Output.Number("F4", Traced.Accuracy));
        table.AddRow("traces", "", Output.Number("D", Traces));
        table.AddRow("graph nodes", "", Output.Number("D", GraphNodes));
        foreach (var (name, figure) in further)
            table.AddRow(name, "", figure);
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{Traced.Losses.Length} steps each way in {elapsed.TotalSeconds:F1} s");
    }

    /// <summary>The figures that are written as JSON, with further ones.</summary>
    public Dictionary<string, object?> Figures(params IEnumerable<(string Name, object Figure)> further)
    {
        var figures = new Dictionary<string, object?>
        {
            ["imperative_ms_per_step"] = Imperative?.MsPerStep,
            ["traced_ms_per_step"] = Traced.MsPerStep,
            ["speedup"] = Speedup,
            ["test_accuracy"] = Traced.Accuracy,
            ["imperative_final_loss"] = Imperative?.Losses[^1],
            ["traced_final_loss"] = Traced.Losses[^1],
            ["traces"] = Traces,
            ["graph_nodes"] = GraphNodes,
        };
        foreach (var (name, figure) in further)
            figures.Add(name, figure);
        return figures;
    }
}
