namespace TensorGraph.Staleness;

/// <summary>Faults of schedules that come from a file or were put together by hand.</summary>
internal static class ScheduleProblem
{
    /// <summary>
    /// The first event, or number of a head, that no run could have recorded, or null. The order of events is not looked at: a shard of a real server
    /// writes down what its workers did when it hears of it. <see cref="ScheduleHistory"/> follows the order.
    /// </summary>
    public static string? Problem(this Schedule schedule)
    {
        int workers = schedule.Workers, shards = schedule.Shards;
        if (workers is < 1 or > SimulationSettings.MostParts)
            return $"it has {workers} workers in place of 1 to {SimulationSettings.MostParts}";
        var mode = schedule.Mode.Checked();
        if (mode.Kind == ModeKind.Sequential ? workers != 1 : mode.Kind == ModeKind.Backup && mode.Setting >= workers)
            return $"it has {workers} workers in mode {mode}";
        int mostShards = mode.IsDecentralised ? 0 : mode.CreatePolicy(workers).IsPerShard ? SimulationSettings.MostParts : 1;
        if (shards < Math.Min(mostShards, 1) || shards > mostShards)
            return $"it has {shards} shards in mode {mode}";
        for (int i = 0; i < schedule.Events.Length; i++)
        {
            if (schedule.Events[i].Problem(workers, shards) is { } problem)
                return $"event {i} ({schedule.Events[i].Kind}) {problem}";
        }

        return null;
    }

    private static string? Problem(this ScheduleEvent entry, int workers, int shards)
    {
        bool IsWorker(int worker) => worker >= 0 && worker < workers;
        if (entry.Time < 0)
            return "is before the start";
        if (entry.Shard < 0 || entry.Shard >= Math.Max(shards, 1))
            return $"names shard {entry.Shard}, which is not there";
        bool isOfServer = entry.Kind is EventKind.Apply or EventKind.Drop or EventKind.Average or EventKind.RingAverage;
        if (!IsWorker(entry.Worker) && !(isOfServer && entry.Worker == -1))
            return $"names worker {entry.Worker}, which is not there";
        if (entry.Workers.Any(worker => !IsWorker(worker)) || entry.Applied.Any(applied => !IsWorker(applied.Worker)))
            return "names a worker that is not there";
        if (entry.Applied.Any(applied => applied.Id < 0 || applied.Staleness < 0))
            return "applies a gradient with a negative number or staleness";
        return entry.Kind switch
        {
            EventKind.Pull or EventKind.Push or EventKind.Apply when shards == 0 => "needs a server, and the mode has none",
            EventKind.LocalStep or EventKind.Average or EventKind.RingAverage or EventKind.Copy when shards > 0 => "is of a mode without a server",
            EventKind.Compute or EventKind.Push or EventKind.Drop or EventKind.LocalStep when entry.Gradient < 0 => "has no gradient",
            EventKind.Compute when entry.Batch < 0 => "has no batch",
            EventKind.Drop when entry.Reason == DropReason.None => "has no reason",
            EventKind.Apply when entry.Applied.IsEmpty => "applies nothing",
            EventKind.LocalStep when entry.Applied.Length != 1 || entry.Applied[0].Id != entry.Gradient || entry.Applied[0].Worker != entry.Worker =>
                "does not apply its gradient",
            EventKind.Average or EventKind.RingAverage when entry.Workers.IsEmpty || entry.Workers.Distinct().Count() < entry.Workers.Length =>
                "has no workers, or one twice",
            EventKind.Copy when entry.Workers.Length != 1 || entry.Workers[0] == entry.Worker => "does not say which other worker it copies",
            _ when !Enum.IsDefined(entry.Kind) => "is of no known kind",
            _ => null,
        };
    }
}
