using System.Globalization;
using TensorGraph;
using TensorGraph.Staleness;

namespace TestBed;

/// <summary>Results as files of comma-separated values.</summary>
public static class Csv
{
    // Cells that say which run a line is of.
    private const int KeyCells = 9;

    public static void Write(string folder, IEnumerable<RunResult> results)
    {
        using var runs = new StreamWriter(Path.Combine(folder, "runs.csv"));
        using var curves = new StreamWriter(Path.Combine(folder, "curves.csv"));
        runs.WriteLine("grid,workers,mode,optimizer,rate,batch,decay,rule,seed,gradients,test_loss,accuracy,train_loss,unsteadiness,diverged,"
            + "mean_staleness,max_staleness,seconds,seconds_to_target,dropped");
        curves.WriteLine("grid,workers,mode,optimizer,rate,batch,decay,rule,seed,batches,seconds,test_loss,accuracy");
        foreach (var result in results)
        {
            var settings = result.Settings;
            string key = Key(settings);
            var outcome = result.Outcome;
            runs.WriteLine(Line(key, outcome.Points.Count, outcome.FinalLoss, outcome.FinalAccuracy, result.TailLoss, result.Unsteadiness,
                outcome.IsDiverged ? 1 : 0, result.Schedule.MeanStaleness(), result.Schedule.Staleness().DefaultIfEmpty().Max(),
                    result.Schedule.Seconds,
                outcome.SecondsTo(settings.Grid.TargetLoss) ?? double.PositiveInfinity, result.Schedule.Drops.Values.Sum()));
            foreach (var point in outcome.Evaluations)
                curves.WriteLine(Line(key, point.Batches, point.Seconds, point.Loss, point.Accuracy));
        }
    }

    /// <summary>
    /// Results as they were written. Schedules are simulated again, which gives the same ones; training losses of single batches are not in the
    /// files, so each has the mean of the last ones, and weights are left out. Errors: TG1006 a run that is not there.
    /// </summary>
    public static IReadOnlyDictionary<Grid, List<RunResult>> Read(Study study, string folder)
    {
        ILookup<string, string[]> runs = Rows("runs.csv"), curves = Rows("curves.csv");
        var results = new Dictionary<Grid, List<RunResult>>();
        foreach (var grid in study.Grids)
        {
            results[grid] = [];
            foreach (var run in grid.Runs())
            {
                string key = Key(run);
                string[] row = runs[key].FirstOrDefault() ?? throw new GraphException(DiagnosticIds.BadData,
                    $"experiment: '{folder}' has no run {key}", "Give the folder of a report of the same experiments.");
                double loss = Number(row[3]);
                var schedule = run.Simulate();
                var points = schedule.Staleness().Take((int)Number(row[0])).Select((staleness, i) => new TrainingPoint(i + 1, 0, loss, staleness, 0));
                var evaluations = curves[key].Select(cells => new EvaluationPoint((long)Number(cells[0]), Number(cells[1]), Number(cells[2]),
                    Number(cells[3])));
                results[grid].Add(new(run, schedule, new([.. points], [.. evaluations], row[5] == "1", new([], []))));
            }
        }

        return results;

        ILookup<string, string[]> Rows(string name) => File.ReadLines(Path.Combine(folder, name)).Select(line => line.Split(','))
            .ToLookup(cells => string.Join(',', cells[..KeyCells]), cells => cells[KeyCells..]);
    }

    private static string Key(RunSettings settings) => Line(settings.Grid.Name, settings.Workers, settings.Mode, settings.Optimizer, settings.Rate,
        settings.Batch, settings.Decay, settings.Rule, settings.Seed);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Line(params object[] cells) => string.Join(',', cells.Select(cell => Convert.ToString(cell, CultureInfo.InvariantCulture)));
}
