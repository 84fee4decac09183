namespace TensorGraph.Staleness.Experiments;

/// <summary>Times of a recorded run, as settings of a simulation.</summary>
public static class Measured
{
    /// <summary>
    /// Compute times of each worker in their order, and the median time of a message each way. Errors: TG1002 null, TG1006 a schedule that no run
    /// could have recorded, TG2004 one of a mode without a server, where no message is recorded.
    /// </summary>
    /// <param name="schedule">What was recorded.</param>
    /// <param name="run">The settings of the run: gradients, seed, and the compute time of a worker that has computed nothing.</param>
    /// <param name="shards">Shards of the weights.</param>
    public static SimulationSettings SimulationOf(Schedule schedule, RunSettings run, int shards = 1)
    {
        Throw.IfNull(run);
        Throw.IfNull(schedule).Validate();
        if (schedule.Mode.IsDecentralised)
            Throw.Range("measured", $"the mode is {schedule.Mode}, which has no server", "Give a schedule of a mode with a server.");
        var workers = new List<WorkerSettings>();
        for (int worker = 0; worker < schedule.Workers; worker++)
        {
            var computes = new List<double>();
            var messages = new List<double>();
            var starts = new Dictionary<long, long>();
            long pulled = 0;
            foreach (var entry in schedule.Events.Where(entry => entry.Worker == worker && entry.Shard == 0))
            {
                switch (entry.Kind)
                {
                    case EventKind.Pull:
                        pulled = entry.Time;
                        break;
                    case EventKind.Compute:
                        starts[entry.Gradient] = entry.Time;
                        messages.Add(VirtualTime.ToSeconds(entry.Time - pulled));
                        break;
                    case EventKind.Push:
                        computes.Add(VirtualTime.ToSeconds(entry.Time - starts[entry.Gradient]));
                        break;
                }
            }

            messages.Sort();
            workers.Add(new()
            {
                Compute = computes.Count == 0 ? Duration.Parse(run.Grid.Compute) : Duration.Trace(computes),
                // The median: a pause of the machine is no property of the network.
                Link = new() { Latency = Duration.Constant(messages.Count == 0 ? 0 : Math.Max(0, messages[messages.Count / 2])) },
            });
        }

        return new() { Mode = schedule.Mode, Workers = workers, Gradients = run.Grid.Gradients, Shards = shards, Seed = run.Seed };
    }
}
