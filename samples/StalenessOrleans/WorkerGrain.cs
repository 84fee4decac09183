using System.Globalization;
using Orleans.Placement;
using TensorGraph;
using TensorGraph.Staleness;

namespace TestBed.Cluster;

/// <summary>A worker as a grain: the same <see cref="GradientWorker"/> as in a simulation.</summary>
[PreferLocalPlacement]
public sealed class WorkerGrain(SiloContext context) : Grain, IWorkerGrain
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);

    public Task Wake() => Task.CompletedTask;

    public async Task Run()
    {
        int worker = (int)this.GetPrimaryKeyLong();
        try
        {
            await Train(worker);
        }
        catch (Exception fault) when (fault is not OrleansException)
        {
            // Who called may have given up waiting long ago: the driver hears of it from the first shard.
            await GrainFactory.GetGrain<IParameterServerGrain>(0).Report(worker, fault.ToString());
        }
    }

    private async Task Train(int worker)
    {
        var settings = context.Settings;
        var task = context.Task;
        var model = task.CreateModel(new RandomGenerator(settings.Seed));
        var (computing, batches) = (new GradientWorker(model, task.Loss), new BatchOrder(task, settings.Seed));
        var shards = new ShardMap(ModelSnapshot.Of(model), settings.Shards);
        var duration = Duration.Parse(settings.Compute);
        // A worker that runs again takes other times than before.
        var random = new SeededStream(settings.Seed, string.Create(CultureInfo.InvariantCulture, $"sleep {settings.Now}"), worker);
        IParameterServerGrain[] servers = [.. Enumerable.Range(0, settings.Shards)
            .Select(shard => GrainFactory.GetGrain<IParameterServerGrain>(shard))];
        PullReply[]? replies = null;
        while (true)
        {
            try
            {
                replies ??= await Task.WhenAll(servers.Select(server => server.Join(worker)));
                if (replies.Any(reply => reply.IsOver))
                    return;
                long begun = settings.Now, gradient = replies[0].Token.Number;
                var read = shards.Join([.. replies.Select(reply => new ModelSnapshot(reply.Weights!.ToTensors(), reply.State!.ToTensors()))]);
                var (inputs, targets) = batches[gradient];
                var computed = computing.Compute(read, inputs, targets, settings.Seed, gradient);
                await Task.Delay(TimeSpan.FromSeconds(duration.Sample(random)));
                long sent = settings.Now;
                var parts = new ModelSnapshot(computed.Gradients, computed.State);
                PullReply[] before = replies;
                replies = null;
                replies = await Task.WhenAll(servers.Select((server, shard) =>
                {
                    var part = shards.Part(parts, shard);
                    return server.Push(new(worker, gradient, before[shard].Version, TensorMessage.Of(part.Weights), TensorMessage.Of(part.State),
                        begun, sent,
                        before[shard].Token));
                }));
            }
            catch (Exception fault) when (fault is OrleansException or TimeoutException or OperationCanceledException)
            {
                // The gradient is never sent again: it may have been applied, and its reply been lost.
                await Task.Delay(s_pause);
            }
        }
    }
}
