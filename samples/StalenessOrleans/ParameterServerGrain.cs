using Orleans.Concurrency;
using Orleans.Placement;
using TensorGraph.Staleness;

namespace TestBed.Cluster;

/// <summary>
/// A shard as a grain: the same <see cref="ServerPolicy"/> and <see cref="ParameterServer"/> as in a simulation, called in real time. Calls
/// interleave, since a worker that waits at a barrier must not keep out the others, but only where one awaits. A checkpoint holds weights and events
/// together, so that a shard that comes back on another silo goes on from a state that its events explain.
/// </summary>
[Reentrant]
[PreferLocalPlacement]
public sealed class ParameterServerGrain(SiloContext context) : Grain, IParameterServerGrain
{
    private readonly Dictionary<int, TaskCompletionSource<PullReply>> _asking = [];
    private readonly Dictionary<int, long> _begun = [];
    private readonly Dictionary<long, PushMessage> _pushed = [];
    private readonly HashSet<long> _issued = [];
    private ShardState _state = null!;
    private ServerPolicy _policy = null!;
    private IDisposable? _timer;
    private long _refused;
    private string? _fault;

    private ClusterSettings Settings => context.Settings;

    private int Shard => (int)this.GetPrimaryKeyLong();

    private bool IsOver => _state.Applied >= Settings.Gradients;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _state = ShardState.LoadOrStart(context, Shard);
        _policy = TrainingMode.Parse(Settings.Mode).CreatePolicy(Settings.Workers);
        return Task.CompletedTask;
    }

    public Task<PullReply> Join(int worker)
    {
        Forget(worker);
        if (Shard == 0)
            _state.Log(new(Settings.Now, EventKind.Join, worker));
        Decide(decisions => _policy.Join(worker, Settings.Now, decisions));
        return Ask(worker);
    }

    public Task<PullReply> Push(PushMessage message)
    {
        if (message.Token.Life != _state.Life || !_issued.Remove(message.Token.Number))
        {
            _refused++;
            return Join(message.Worker);
        }

        _begun.Remove(message.Worker);
        if (Shard == 0)
        {
            _state.Log(new(message.Begun, EventKind.Compute, message.Worker) { Gradient = message.Gradient, Batch = message.Gradient });
            _state.Log(new(message.Sent, EventKind.Push, message.Worker) { Gradient = message.Gradient });
        }

        if (IsOver)
        {
            Drop(message.Gradient, DropReason.RunEnded);
            return Task.FromResult(Over());
        }

        _pushed[message.Gradient] = message;
        // A policy counts versions from its own start, which after a return is that of the checkpoint.
        Decide(decisions => _policy.Push(new(message.Gradient, message.Worker, message.Version - _state.FirstVersion), Settings.Now, decisions));
        return Ask(message.Worker);
    }

    public Task Leave(int worker)
    {
        Forget(worker);
        Decide(decisions => _policy.Leave(worker, Settings.Now, decisions));
        return Task.CompletedTask;
    }

    public Task Report(int worker, string fault)
    {
        _fault ??= $"worker {worker}: {fault}";
        return Task.CompletedTask;
    }

    public Task<Progress> GetProgress() => Task.FromResult(new Progress(_state.Version, _state.Applied, IsOver, _state.Lost, _refused, _fault));

    public Task<string[]> GetSchedule()
    {
        var schedule = new Schedule(TrainingMode.Parse(Settings.Mode), Settings.Workers, Settings.Shards, IsOver, [.. _state.Events]);
        string path = Path.Combine(context.Folder, $"shard-{Shard}.schedule.jsonl");
        ScheduleFile.Save(schedule, path);
        return Task.FromResult(File.ReadAllLines(path));
    }

    public Task<PullReply> GetWeights() => Task.FromResult(Reply(default));

    private Task<PullReply> Ask(int worker)
    {
        if (IsOver)
            return Task.FromResult(Over());
        var reply = new TaskCompletionSource<PullReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asking[worker] = reply;
        Decide(decisions => _policy.Pull(worker, Settings.Now, decisions));
        return reply.Task;
    }

    private void Decide(Action<ICollection<Decision>> ask)
    {
        var decisions = new List<Decision>();
        ask(decisions);
        foreach (var decision in decisions)
            Carry(decision);
        _timer?.Dispose();
        if (_policy.NextTick is { } next && !IsOver)
        {
            var wait = TimeSpan.FromTicks(Math.Max(1, (next - Settings.Now) / 100));
            _timer = this.RegisterGrainTimer(() =>
            {
                Decide(list => _policy.Tick(Settings.Now, list));
                return Task.CompletedTask;
            }, new() { DueTime = wait, Period = Timeout.InfiniteTimeSpan, Interleave = true });
        }
    }

    private void Carry(Decision decision)
    {
        switch (decision)
        {
            case Decision.Grant grant when _asking.Remove(grant.Worker, out var asking):
                asking.SetResult(IsOver ? Over() : Granted(grant.Worker));
                break;
            case Decision.Drop drop when _pushed.Remove(drop.Gradient.Id):
                Drop(drop.Gradient.Id, drop.Reason);
                break;
            // What comes after the last wanted gradient is not applied, as in a simulation: Finish has dropped it.
            case Decision.Apply apply when !IsOver:
                _state.Apply(Settings.Now, [.. apply.Gradients.Select(gradient => _pushed[gradient.Id])]);
                foreach (var gradient in apply.Gradients)
                    _pushed.Remove(gradient.Id);
                if (IsOver)
                    Finish();
                else if (_state.Version % Settings.CheckpointEvery == 0)
                    _state.Save();
                break;
        }
    }

    private void Finish()
    {
        foreach (long gradient in _pushed.Keys.Order())
            Drop(gradient, DropReason.RunEnded);
        _pushed.Clear();
        foreach (var asking in _asking.Values)
            asking.SetResult(Over());
        _asking.Clear();
        _state.Save();
    }

    private PullReply Granted(int worker)
    {
        _state.Log(new(Settings.Now, EventKind.Pull, worker) { Shard = Shard, Version = _state.Version });
        long token = _state.NextGradient++;
        _issued.Add(token);
        _begun[worker] = token;
        return Reply(new(_state.Life, token));
    }

    private PullReply Reply(ShardToken token)
    {
        var now = _state.Server.Pull();
        return new(false, _state.Version, TensorMessage.Of(now.Weights), TensorMessage.Of(now.State), token);
    }

    private static PullReply Over() => new(true, 0, null, null, default);

    // A gradient that was given out and never came.
    private void Forget(int worker)
    {
        if (_asking.Remove(worker, out var asking))
            asking.TrySetCanceled();
        if (!_begun.Remove(worker, out long gradient))
            return;
        _issued.Remove(gradient);
        // The other shards' tokens are no numbers of gradients; what ends on one shard only, the driver completes.
        if (Shard != 0)
            return;
        _state.Log(new(Settings.Now, EventKind.Compute, worker) { Gradient = gradient, Batch = gradient });
        _state.Log(new(Settings.Now, EventKind.Fail, worker));
        Drop(gradient, DropReason.WorkerFailed);
    }

    private void Drop(long gradient, DropReason reason) =>
        _state.Log(new(Settings.Now, EventKind.Drop, -1) { Shard = Shard, Gradient = gradient, Reason = reason });
}
