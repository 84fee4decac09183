using TensorGraph.Staleness;

namespace TestBed;

/// <summary>Runs all runs of a study.</summary>
public sealed class Runner(Study study, ImageSet images)
{
    public int Gradients => study.Grids.Sum(grid => grid.Runs().Count() * grid.Gradients);

    public IReadOnlyDictionary<Grid, List<RunResult>> Run(Action<double> onGradient)
    {
        var results = new Dictionary<Grid, List<RunResult>>();
        foreach (var grid in study.Grids)
        {
            results[grid] = [];
            foreach (var run in grid.Runs())
            {
                var schedule = run.Simulate();
                var outcome = TrainingWorkload.Train(
                    images.Task(run.Batch), run.Setup(schedule.MeanStaleness()), schedule, point => onGradient(point.Loss));
                results[grid].Add(new(run, schedule, outcome));
            }
        }

        return results;
    }
}
