using System.Globalization;

namespace TestBed;

/// <summary>Results as files of comma-separated values.</summary>
public static class Csv
{
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
            string key = Line(settings.Grid.Name, settings.Workers, settings.Mode, settings.Optimizer, settings.Rate, settings.Batch, settings.Decay,
                settings.Rule, settings.Seed);
            var outcome = result.Outcome;
            runs.WriteLine(Line(key, outcome.Points.Count, outcome.FinalLoss, outcome.FinalAccuracy, result.TailLoss, result.Unsteadiness,
                outcome.IsDiverged ? 1 : 0, result.Schedule.MeanStaleness(), result.Schedule.Staleness().DefaultIfEmpty().Max(), result.Schedule.Seconds,
                outcome.SecondsTo(settings.Grid.TargetLoss) ?? double.PositiveInfinity, result.Schedule.Drops.Values.Sum()));
            foreach (var point in outcome.Evaluations)
                curves.WriteLine(Line(key, point.Batches, point.Seconds, point.Loss, point.Accuracy));
        }
    }

    private static string Line(params object[] cells) => string.Join(',', cells.Select(cell => Convert.ToString(cell, CultureInfo.InvariantCulture)));
}
