namespace TensorGraph.Staleness.Experiments;

/// <summary>Times of a recorded run, as settings of a simulation.</summary>
public static class Measured
{
    // Longer than a run.
    private static readonly long Forever = VirtualTime.FromSeconds(1e8);

    /// <summary>
    /// Compute times of each worker in their order, when it came, failed and returned, and the median time of a message each way. Errors: TG1002
    /// null, TG1006 a schedule that no run could have recorded, TG2004 one of a mode without a server, where no message is recorded.
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
            List<long> comes = [], fails = [];
            long pulled = 0;
            foreach (var entry in schedule.Events.Where(entry => entry.Worker == worker && entry.Shard == 0))
            {
                switch (entry.Kind)
                {
                    case EventKind.Join:
                        comes.Add(entry.Time);
                        break;
                    case EventKind.Fail:
                        fails.Add(entry.Time);
                        break;
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
                JoinsAt = VirtualTime.ToSeconds(comes.FirstOrDefault()),
                FailsAt = fails.Count == 0 ? null : VirtualTime.ToSeconds(fails[0]),
                RestartsAfter = Trace(comes.Skip(1).Zip(fails, (come, fail) => come - fail)),
                TimeBetweenFailures = comes.Count < 2 ? null : Trace(fails.Skip(1).Zip(comes.Skip(1), (fail, come) => fail - come).Append(Forever)),
                Link = new() { Latency = Duration.Constant(messages.Count == 0 ? 0 : Math.Max(0, messages[messages.Count / 2])) },
            });
        }

        // A worker of a schedule that ends with its pause does not return.
        static Duration? Trace(IEnumerable<long> times) =>
            times.Select(VirtualTime.ToSeconds).ToArray() is { Length: > 0 } seconds ? Duration.Trace(seconds) : null;

        return new() { Mode = schedule.Mode, Workers = workers, Gradients = run.Grid.Gradients, Shards = shards, Seed = run.Seed };
    }
}
