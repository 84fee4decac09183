using TensorGraph.Staleness;

namespace TestBed.Cluster;

/// <summary>Of what a run was made of, and what was lost.</summary>
public sealed record ClusterOutcome(
    Schedule Schedule, ModelSnapshot Weights, double NoticedAfter, long LostUpdates, long RefusedGradients);

/// <summary>Runs a training in a cluster, kills a silo in the middle if it is asked to, and collects what happened.</summary>
internal sealed class Driver(ClusterSettings settings, string folder, int workerSilos)
{
    private IParameterServerGrain[] _servers = [];
    private long _applied;
    private Exception? _fault;

    public async Task<ClusterOutcome> Run(string kill, Action<long> onProgress)
    {
        await using var cluster = await Cluster.Start(folder, settings, workerSilos);
        _servers = [.. Enumerable.Range(0, settings.Shards).Select(shard => cluster.Grains.GetGrain<IParameterServerGrain>(shard))];
        for (int worker = 0; worker < settings.Workers; worker++)
            StartWorker(cluster, worker);

        double noticed = 0;
        if (kill != "none")
        {
            await cluster.Until(async () => (await Applied(onProgress)) >= settings.Gradients / 3, "the run has not come to a third", () => _applied);
            noticed = (await cluster.Kill(kill == "server" ? 1 : 2)).TotalSeconds;
        }

        if (kill == "worker")
        {
            for (int worker = 0; worker < settings.Workers; worker += workerSilos)
            {
                foreach (var server in _servers)
                    await server.Leave(worker);
                StartWorker(cluster, worker);
            }
        }

        await cluster.Until(async () => (await Applied(onProgress)) >= settings.Gradients, "the run has not ended", () => _applied);
        Progress[] ends = await Task.WhenAll(_servers.Select(server => server.GetProgress()));
        var weights = new ModelSnapshot[settings.Shards];
        var parts = new Schedule[settings.Shards];
        // The first shard at last: it alone writes down what was computed, and workers may still send what comes too late.
        for (int shard = settings.Shards - 1; shard >= 0; shard--)
        {
            var reply = await _servers[shard].GetWeights();
            weights[shard] = new(reply.Weights!.ToTensors(), reply.State!.ToTensors());
            string path = Path.Combine(folder, FormattableString.Invariant($"collected-{shard}.jsonl"));
            await File.WriteAllLinesAsync(path, await _servers[shard].GetSchedule());
            parts[shard] = ScheduleFile.Load(path);
        }

        return new(Merged(parts), new([.. weights.SelectMany(part => part.Weights)], weights[0].State), noticed, ends.Sum(end => end.Lost),
            ends.Sum(end => end.Refused));
    }

    // A worker runs until the run is over. That its silo was killed, or that the run takes longer than a message may, is no fault of it.
    private void StartWorker(Cluster cluster, int worker) => _ = cluster.Grains.GetGrain<IWorkerGrain>(worker).Run().ContinueWith(
        task =>
        {
            if (task.Exception?.InnerException is { } fault and not (OrleansException or TimeoutException or OperationCanceledException))
                Interlocked.CompareExchange(ref _fault, fault, null);
        },
        TaskScheduler.Default);

    private async Task<long> Applied(Action<long> onProgress)
    {
        try
        {
            Progress[] all = await Task.WhenAll(_servers.Select(server => server.GetProgress().WaitAsync(TimeSpan.FromSeconds(30))));
            if (all.Select(progress => progress.Fault).FirstOrDefault(fault => fault is not null) is { } reported)
                throw Cluster.Failed(reported);
            if (_fault is { } thrown)
                throw Cluster.Failed($"a worker has failed: {thrown}");
            _applied = all.Min(progress => progress.Applied);
            onProgress(_applied);
            return _applied;
        }
        catch (Exception fault) when (fault is OrleansException or TimeoutException)
        {
            // The shard is on its way to another silo.
            return -1;
        }
    }

    /// <summary>
    /// The events of all shards by time. A gradient that ends on some shards only, since its worker or a shard was killed, is dropped on the others;
    /// one that was dropped after the run and had not yet come to the first shard is left out.
    /// </summary>
    private Schedule Merged(IReadOnlyList<Schedule> parts)
    {
        HashSet<long> computed = [.. parts[0].Events.Where(entry => entry.Kind == EventKind.Compute).Select(entry => entry.Gradient)];
        var events = parts.SelectMany(part => part.Events).Where(entry => entry.Kind != EventKind.Drop || computed.Contains(entry.Gradient))
            .OrderBy(entry => entry.Time).ToList();
        var ends = events.Where(entry => entry.Kind == EventKind.Apply)
            .SelectMany(entry => entry.Applied.Select(applied => (applied.Id, entry.Shard)))
            .Concat(events.Where(entry => entry.Kind == EventKind.Drop).Select(entry => (entry.Gradient, entry.Shard))).ToHashSet();
        foreach (long gradient in computed.Order())
        {
            for (int shard = 0; shard < parts.Count; shard++)
            {
                if (ends.Add((gradient, shard)))
                    events.Add(new(events[^1].Time, EventKind.Drop, -1) { Shard = shard, Gradient = gradient, Reason = DropReason.WorkerFailed });
            }
        }

        return new(TrainingMode.Parse(settings.Mode), settings.Workers, settings.Shards, parts.All(part => part.IsComplete), [.. events]);
    }
}
