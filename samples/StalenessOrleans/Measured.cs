using TensorGraph.Staleness;

namespace TestBed.Cluster;

/// <summary>Times of a recorded run, as settings of a simulation.</summary>
internal static class Measured
{
    /// <summary>
    /// Compute times of each worker in their order, and those of messages: in their order too where weights are granted at once, since then the next pull
    /// tells when a push came; else their median, as a wait at a barrier is no property of the network.
    /// </summary>
    public static SimulationSettings SimulationOf(Schedule schedule, ClusterSettings settings)
    {
        var workers = new List<WorkerSettings>();
        for (int worker = 0; worker < schedule.Workers; worker++)
        {
            var computes = new List<double>();
            var messages = new List<double>();
            var starts = new Dictionary<long, long>();
            long pulled = 0, pushed = -1;
            // The first request was on its way before anything was recorded.
            var ways = new List<double> { 0 };
            foreach (var entry in schedule.Events.Where(entry => entry.Worker == worker && entry.Shard == 0))
            {
                switch (entry.Kind)
                {
                    case EventKind.Pull:
                        pulled = entry.Time;
                        if (pushed >= 0)
                            ways.Add(VirtualTime.ToSeconds(Math.Max(0, pulled - pushed)));
                        break;
                    case EventKind.Compute:
                        starts[entry.Gradient] = entry.Time;
                        messages.Add(VirtualTime.ToSeconds(Math.Max(0, entry.Time - pulled)));
                        ways.Add(messages[^1]);
                        break;
                    case EventKind.Push:
                        pushed = entry.Time;
                        computes.Add(VirtualTime.ToSeconds(entry.Time - starts[entry.Gradient]));
                        break;
                }
            }

            messages.Sort();
            workers.Add(new()
            {
                Compute = computes.Count == 0 ? Duration.Parse(settings.Compute) : Duration.Trace(computes),
                Link = new()
                {
                    Latency = schedule.Mode.CreatePolicy(settings.Workers).IsPerShard && settings.Shards == 1 ? Duration.Trace(ways)
                        : Duration.Constant(messages.Count == 0 ? 0 : messages[messages.Count / 2]),
                },
            });
        }

        return new() { Mode = schedule.Mode, Workers = workers, Gradients = settings.Gradients, Shards = settings.Shards, Seed = settings.Seed };
    }
}
