
namespace TensorGraph.Staleness.Experiments;

/// <summary>Runs the runs of a study, but for those that are known already.</summary>
public sealed class Runner(Study study, ImageSet images, IReadOnlyDictionary<Grid, List<RunResult>>? known = null)
{
    private readonly HashSet<RunSettings> _known = [.. (known?.Values ?? []).SelectMany(runs => runs).Select(run => run.Settings)];

    public long Gradients => study.Grids.Sum(grid => grid.Runs().LongCount(run => !_known.Contains(run)) * grid.Gradients);

    /// <summary>A batch that the data can't fill is known before the first run. Errors: TG2004.</summary>
    public static void CheckBatches(Study study, ImageSet images)
    {
        foreach (int batch in study.Grids.SelectMany(grid => grid.Batches).Distinct())
            _ = new BatchOrder(images.Task(batch), seed: 0);
    }

    /// <summary>Each result is passed on as soon as it is there.</summary>
    public IReadOnlyDictionary<Grid, List<RunResult>> Run(Action<double> onGradient, Action<RunResult> onResult)
    {
        CheckBatches(study, images);
        var results = new Dictionary<Grid, List<RunResult>>();
        var tasks = new Dictionary<int, (TrainingTask Task, GradientWorker Worker)>();
        foreach (var grid in study.Grids)
        {
            results[grid] = known is null ? [] : [.. known[grid]];
            foreach (var run in grid.Runs().Where(run => !_known.Contains(run)))
            {
                var schedule = run.Simulate();
                if (!tasks.TryGetValue(run.Batch, out var task))
                {
                    var made = images.Task(run.Batch);
                    tasks[run.Batch] = task = (made, new(made.CreateModel(new RandomGenerator(0)), made.Loss));
                }

                var outcome = TrainingWorkload.Train(
                    task.Task, run.Setup(schedule.MeanStaleness()), schedule, point => onGradient(point.Loss), task.Worker);
                RunResult result = new(run, schedule, outcome);
                results[grid].Add(result);
                onResult(result);
            }
        }

        return results;
    }
}
