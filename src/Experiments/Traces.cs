
namespace TensorGraph.Staleness.Experiments;

/// <summary>Schedules of runs as files: to replay, and to look at in Chrome.</summary>
public static class Traces
{
    public static void Write(string folder, IReadOnlyDictionary<Grid, List<RunResult>> results)
    {
        foreach (var (grid, runs) in results)
        {
            // What is learnt has no bearing on the schedule: one for each mode and number of workers.
            foreach (var run in runs.DistinctBy(run => (run.Settings.Mode, run.Settings.Workers)))
            {
                string name = FormattableString.Invariant($"{grid.Name}-{run.Settings.Workers}-{run.Settings.Mode.Replace(':', '-')}");
                ScheduleFile.Save(run.Schedule, Path.Combine(folder, $"{name}.schedule.jsonl"));
                ChromeTrace.Save(run.Schedule, Path.Combine(folder, $"{name}.trace.json"));
            }
        }
    }
}
