using System.Globalization;
using System.Text;

namespace TensorGraph.Staleness.Experiments;

/// <summary>One HTML page with the pictures and tables of a study; the pictures are files beside it as well.</summary>
public sealed class Report(Study study, string dataName, string folder, IPictures pictures)
{
    private readonly StringBuilder _html = new();

    public string Path => System.IO.Path.Combine(folder, "report.html");

    public void Write(IReadOnlyDictionary<Grid, List<RunResult>> results)
    {
        _html.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html><html lang="en"><meta charset="utf-8"><title>{Encoded(study.Name)}</title>
            <style>body {"{"} font: 15px system-ui, sans-serif; max-width: 62em; margin: 2em auto; padding: 0 1em {"}"}
            table {"{"} border-collapse: collapse; margin: 1em 0; font-size: 13px {"}"} td, th {"{"} border: 1px solid #ccc; padding: 2px 8px; text-align: right {"}"}
            td:first-child, th:first-child {"{"} text-align: left {"}"} img {"{"} max-width: 100% {"}"}</style>
            <h1>{Encoded(study.Name)}: {Encoded(dataName)}</h1>

            """);
        foreach (var (grid, runs) in results)
            Write(grid, Summary.Of(runs), grid.Runs().Count() - runs.Count);
        File.WriteAllText(Path, _html.ToString());
    }

    private void Write(Grid grid, IReadOnlyList<Summary> summaries, int missing)
    {
        _html.Append(CultureInfo.InvariantCulture, $"<h2>{Encoded(grid.Title.Length > 0 ? grid.Title : grid.Name)}</h2>\n");
        _html.Append(CultureInfo.InvariantCulture,
            $"<p>{grid.Gradients} gradients, seeds {string.Join(", ", grid.Seeds)}, a gradient takes {Encoded(grid.Compute)} s. {(grid.Seeds.Count > 1 ? "Bands and ± are 95 % intervals over seeds" : "One seed has no interval")}; <i>rises</i> is by how much the test loss rose in all from one evaluation to the next.</p>\n");
        if (missing > 0)
            _html.Append(CultureInfo.InvariantCulture, $"<p><b>{missing} runs are missing.</b></p>\n");
        if (summaries.Count == 0)
            return;
        foreach (string plot in grid.Plots)
        {
            foreach (int workers in grid.Workers)
                Draw(plot, grid, workers, [.. summaries.Where(summary => summary.Settings.Workers == workers || summary.Settings.Mode == "sequential")]);
        }

        if (grid.Plots.Contains("best"))
            Table([.. Best(summaries)]);
        Table(summaries);
    }

    private void Draw(string plot, Grid grid, int workers, IReadOnlyList<Summary> summaries)
    {
        string ofWorkers = string.Create(CultureInfo.InvariantCulture, $"{workers} workers"), name = string.Create(CultureInfo.InvariantCulture, $"{grid.Name}-{workers}");
        switch (plot)
        {
            case "curves":
                Picture($"{name}-training", pictures.Curves($"Training loss, {ofWorkers}", "processed batches", "loss",
                    [.. summaries.Select(summary => summary.TrainingLoss(Label(grid, summary)))]));
                Picture($"{name}-test", pictures.Curves($"Test loss, {ofWorkers}", "processed batches", "loss",
                    [.. summaries.Select(summary => summary.TestLoss(Label(grid, summary), bySeconds: false))]));
                break;
            case "time":
                Picture($"{name}-time", pictures.Curves($"Test loss against the virtual clock, {ofWorkers}", "seconds", "loss",
                    [.. summaries.Select(summary => summary.TestLoss(Label(grid, summary), bySeconds: true))]));
                Picture($"{name}-target", pictures.Bars(string.Create(CultureInfo.InvariantCulture, $"Seconds to a test loss of {grid.TargetLoss}, {ofWorkers}"), "seconds",
                    [.. summaries.Select(summary => (Label(grid, summary), summary.SecondsToTarget))]));
                break;
            case "histogram":
                Picture($"{name}-staleness", pictures.Histograms($"Staleness, {ofWorkers}",
                    [.. Summary.OfModes(summaries).Where(summary => summary.Settings.Mode != "sequential")
                        .Select(summary => (summary.Settings.Mode, summary.StalenessShares()))]));
                break;
            case "heatmap":
                foreach (string optimizer in grid.Optimizers)
                    HeatMap(grid, name, ofWorkers, optimizer, summaries);
                break;
        }
    }

    private void HeatMap(Grid grid, string name, string ofWorkers, string optimizer, IReadOnlyList<Summary> summaries)
    {
        string[] rates = [.. grid.Rates.Select(rate => rate.ToString("r", CultureInfo.InvariantCulture))];
        var values = new double[grid.Modes.Count, rates.Length];
        for (int row = 0; row < grid.Modes.Count; row++)
        {
            for (int column = 0; column < rates.Length; column++)
            {
                // NaN is missing; Height is infinite for what diverged.
                values[row, column] = summaries.Where(summary => summary.Settings.Mode == grid.Modes[row]
                    && summary.Settings.Rate == grid.Rates[column]
                    && summary.Settings.Optimizer == optimizer).Select(Height).DefaultIfEmpty(double.NaN).Min();
            }
        }

        string[] chosen = [.. new[] { (grid.Batches.Count, "batch"), (grid.Decays.Count, "decay"), (grid.Rules.Count, "rule") }.Where(part => part.Item1 > 1)
            .Select(part => part.Item2)];
        string best = chosen.Length == 0 ? "" : $", at the best {string.Join(" and ", chosen)}";
        Picture($"{name}-{optimizer}-rates", pictures.HeatMap($"Test loss at the end, {optimizer}, {ofWorkers}{best}", "learning rate", "mode", rates, [.. grid.Modes], values));
    }

    /// <summary>The best setting of each mode and optimiser, and of each rule where there are several.</summary>
    private static IEnumerable<Summary> Best(IEnumerable<Summary> summaries) => summaries
        .GroupBy(summary => (summary.Settings.Workers, summary.Settings.Mode, summary.Settings.Optimizer, summary.Settings.Rule))
        .Select(group => group.MinBy(Height)!);

    // A loss that is no number is above all others.
    private static double Height(Summary summary) => double.IsNaN(summary.FinalLoss.Mean) ? double.PositiveInfinity : summary.FinalLoss.Mean;

    private void Table(IReadOnlyList<Summary> summaries)
    {
        _html.Append("<table><tr><th>setting<th>mean τ<th>test loss<th>accuracy<th>training loss<th>rises<th>seconds<th>to target<th>diverged</tr>\n");
        foreach (var summary in summaries)
        {
            _html.Append(CultureInfo.InvariantCulture,
                $"<tr><td>{Encoded(summary.Settings.Key)}<td>{summary.Staleness.Mean:f1}<td>{Text(summary.FinalLoss)}<td>{Text(summary.Accuracy)}<td>{Text(summary.TailLoss)}");
            _html.Append(CultureInfo.InvariantCulture,
                $"<td>{Text(summary.Rise)}<td>{summary.Seconds.Mean:f0}<td>{Text(summary.SecondsToTarget, "f0")}<td>{summary.Diverged}/{summary.Runs.Count}</tr>\n");
        }

        _html.Append("</table>\n");
    }

    private void Picture(string name, byte[] image)
    {
        File.WriteAllBytes(System.IO.Path.Combine(folder, $"{name}.{pictures.Extension}"), image);
        _html.Append(CultureInfo.InvariantCulture, $"<img alt=\"{Encoded(name)}\" src=\"data:{pictures.MediaType};base64,{Convert.ToBase64String(image)}\">\n");
    }

    // Only the settings that differ in the grid.
    private static string Label(Grid grid, Summary summary)
    {
        var settings = summary.Settings;
        return string.Join(", ", new[]
        {
            (grid.Modes.Count > 1, settings.Mode), (grid.Optimizers.Count > 1, settings.Optimizer),
            (grid.Rates.Count > 1, settings.Rate.ToString("r", CultureInfo.InvariantCulture)),
            (grid.Batches.Count > 1, string.Create(CultureInfo.InvariantCulture, $"batch {settings.Batch}")),
            (grid.Decays.Count > 1, string.Create(CultureInfo.InvariantCulture, $"decay {settings.Decay}")), (grid.Rules.Count > 1, settings.Rule),
        }.Where(part => part.Item1).Select(part => part.Item2));
    }

    private static string Text(Interval interval, string format = "f3") =>
        Text(interval.Mean, format) + (interval.IsKnown ? $" ± {Text(interval.Half, format)}" : "");

    /// <summary>A number in a format; a dash where there is none.</summary>
    internal static string Text(double number, string format) =>
        double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : double.IsNaN(number) ? "–" : "∞";

    private static string Encoded(string text) => XmlText.Encode(text);
}
