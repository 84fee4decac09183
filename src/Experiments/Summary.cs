namespace TensorGraph.Staleness.Experiments;

/// <summary>The runs of one setting, over all seeds.</summary>
public sealed record Summary(RunSettings Settings, IReadOnlyList<RunResult> Runs)
{
    public Interval FinalLoss => Interval.Of([.. Runs.Select(run => run.Outcome.FinalLoss)]);

    public Interval TailLoss => Interval.Of([.. Runs.Select(run => run.TailLoss)]);

    public Interval Accuracy => Interval.Of([.. Runs.Select(run => run.Accuracy)]);

    public Interval Rise => Interval.Of([.. Runs.Select(run => run.Rise)]);

    public Interval Staleness => Interval.Of([.. Runs.Select(run => run.Done.MeanStaleness())]);

    public Interval Seconds => Interval.Of([.. Runs.Select(run => run.Done.Seconds)]);

    /// <summary>Seconds to the loss of the grid; infinite when a seed never came to it.</summary>
    public Interval SecondsToTarget => Interval.Of([.. Runs.Select(run =>
        run.Outcome.SecondsTo(run.Settings.Grid.TargetLoss) ?? double.PositiveInfinity)]);

    public int Diverged => Runs.Count(run => run.Outcome.IsDiverged);

    public static IReadOnlyList<Summary> Of(IEnumerable<RunResult> results) =>
        [.. results.GroupBy(result => result.Settings.Key).Select(group => new Summary(group.First().Settings, [.. group]))];

    /// <summary>The runs of each mode together, whose schedules do not depend on rates, optimisers and rules.</summary>
    public static IEnumerable<Summary> OfModes(IEnumerable<Summary> summaries) => summaries.GroupBy(summary => summary.Settings.Mode)
        .Select(group => new Summary(group.First().Settings, [.. group.SelectMany(summary => summary.Runs)]));

    /// <summary>
    /// Test loss against batches, or against seconds, as far as all seeds have it after the same batches: one that diverged ends in between.
    /// </summary>
    public Curve TestLoss(string label, bool bySeconds)
    {
        int least = Runs.Min(run => run.Outcome.Evaluations.Count);
        int count = Enumerable.Range(0, least).TakeWhile(i => Runs.Select(run => run.Outcome.Evaluations[i].Batches).Distinct().Count() == 1).Count();
        return new(label,
            [.. Enumerable.Range(0, count).Select(i => Runs.Average(run => bySeconds ? run.Outcome.Evaluations[i].Seconds
                : run.Outcome.Evaluations[i].Batches))],
            [.. Enumerable.Range(0, count).Select(i => Interval.Of([.. Runs.Select(run => run.Outcome.Evaluations[i].Loss)]))]);
    }

    /// <summary>Training loss against batches: means of so many batches in a row.</summary>
    public Curve TrainingLoss(string label, int window = 10)
    {
        int count = Runs.Min(run => run.Outcome.Points.Count) / window;
        return new(label, [.. Enumerable.Range(0, count).Select(i => (i + 0.5) * window)],
            [.. Enumerable.Range(0, count).Select(i => Interval.Of(
                [.. Runs.Select(run => run.Outcome.Points.Skip(i * window).Take(window).Average(point => point.Loss))]))]);
    }

    /// <summary>Share of the gradients that would need another staleness for two histograms to be one: half the sum of all differences.</summary>
    public static double Apart(long[] a, long[] b)
    {
        double all = a.Sum(), others = b.Sum();
        return Enumerable.Range(0, Math.Max(a.Length, b.Length))
            .Sum(i => Math.Abs((a.ElementAtOrDefault(i) / all) - (b.ElementAtOrDefault(i) / others))) / 2;
    }

    public double[] StalenessShares()
    {
        long[][] histograms = [.. Runs.Select(run => run.Done.StalenessHistogram())];
        var shares = new double[histograms.Max(histogram => histogram.Length)];
        double all = histograms.Sum(histogram => histogram.Sum());
        foreach (long[] histogram in histograms)
        {
            for (int i = 0; i < histogram.Length; i++)
                shares[i] += histogram[i] / all;
        }

        return shares;
    }
}
