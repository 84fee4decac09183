using TensorGraph;
using TensorGraph.Staleness;

namespace TestBed;

/// <summary>Runs all runs of a study.</summary>
public sealed class Runner(Study study, ImageSet images)
{
    public int Gradients => study.Grids.Sum(grid => grid.Runs().Count() * grid.Gradients);

    public IReadOnlyDictionary<Grid, List<RunResult>> Run(Action<double> onGradient)
    {
        var results = new Dictionary<Grid, List<RunResult>>();
        var tasks = new Dictionary<int, (TrainingTask Task, GradientWorker Worker)>();
        foreach (var grid in study.Grids)
        {
            results[grid] = [];
            foreach (var run in grid.Runs())
            {
                var schedule = run.Simulate();
                if (!tasks.TryGetValue(run.Batch, out var task))
                {
                    var made = images.Task(run.Batch);
                    tasks[run.Batch] = task = (made, new(made.CreateModel(new RandomGenerator(0)), made.Loss));
                }

                var outcome = TrainingWorkload.Train(
                    task.Task, run.Setup(schedule.MeanStaleness()), schedule, point => onGradient(point.Loss), task.Worker);
                results[grid].Add(new(run, schedule, outcome));
            }
        }

        return results;
    }
}
