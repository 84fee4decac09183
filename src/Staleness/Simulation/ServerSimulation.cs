namespace TensorGraph.Staleness;

/// <summary>
/// Workers and a parameter server. A worker pulls, computes, pushes, and asks for weights again in the message of the push. Shards decide each for
/// itself where the mode allows it; otherwise a message counts once all of its parts are there.
/// </summary>
internal sealed class ServerSimulation : Simulation
{
    private readonly Unit[] _units;
    private readonly int[] _missingReplies;
    private readonly HashSet<long>[] _pending;

    // Version of each unit's weights that a worker has.
    private readonly long[,] _read;

    public ServerSimulation(SimulationSettings settings)
        : base(settings)
    {
        ServerPolicy Create() => settings.Mode.CreatePolicy(settings.Workers.Count);
        var first = Create();
        int units = first.IsPerShard ? settings.Shards : 1;
        _units = [.. Enumerable.Range(0, units).Select(unit => new Unit(unit == 0 ? first : Create(), new(settings.Seed, "server", unit)))];
        _missingReplies = new int[WorkerCount];
        _pending = [.. _units.Select(_ => new HashSet<long>())];
        _read = new long[WorkerCount, units];
    }

    protected override int Units => _units.Length;

    protected override long AppliedGradients => _units.Length == 1 ? _units[0].Applied : _units.Min(unit => unit.Applied);

    protected override void OnJoin(int worker, bool isReturn)
    {
        foreach (int unit in Enumerable.Range(0, Units))
            Decide(unit, (policy, decisions) => policy.Join(worker, Agenda.Now, decisions));
        RequestPull(worker, bytes: 0);
    }

    protected override void OnFailureNoticed(int worker)
    {
        foreach (int unit in Enumerable.Range(0, Units))
            Decide(unit, (policy, decisions) => policy.Leave(worker, Agenda.Now, decisions));
    }

    protected override void OnComputed(int worker, long gradient)
    {
        var versions = new long[Units];
        for (int unit = 0; unit < Units; unit++)
            versions[unit] = _read[worker, unit];
        Log(Now(EventKind.Push, worker) with { Gradient = gradient });
        _missingReplies[worker] = Units;
        bool isLost = Settings.Workers[worker].LossShare is > 0 and var share && LinkStreams[worker].NextUnit() < share;
        if (isLost)
            DropEverywhere(gradient, DropReason.WorkerFailed);
        var isSameLife = Life(worker);
        for (int unit = 0; unit < Units; unit++)
        {
            int there = unit;
            var pushed = new PushedGradient(gradient, worker, versions[unit]);
            if (!isLost)
                _pending[unit].Add(gradient);
            // What was sent arrives, also when its worker fails meanwhile; the pull that comes with it is then for nobody.
            Deliver(worker, there, Settings.Bytes, () =>
            {
                if (!isLost)
                    Decide(there, (policy, decisions) => policy.Push(pushed, Agenda.Now, decisions));
                if (isSameLife())
                    Decide(there, (policy, decisions) => policy.Pull(worker, Agenda.Now, decisions));
            });
        }
    }

    protected override void End()
    {
        for (int unit = 0; unit < Units; unit++)
        {
            foreach (long gradient in _pending[unit].Order())
                Log(Now(EventKind.Drop, -1) with { Gradient = gradient, Shard = unit, Reason = DropReason.RunEnded });
        }
    }

    private void RequestPull(int worker, double bytes)
    {
        _missingReplies[worker] = Units;
        var isSameLife = Life(worker);
        for (int unit = 0; unit < Units; unit++)
        {
            int there = unit;
            Deliver(worker, there, bytes, () =>
            {
                if (isSameLife())
                    Decide(there, (policy, decisions) => policy.Pull(worker, Agenda.Now, decisions));
            });
        }
    }

    /// <summary>A message from a worker goes its way, then waits until the unit has time for it.</summary>
    private void Deliver(int worker, int unit, double bytes, Action handle) => Agenda.After(Way(worker, bytes), () =>
    {
        var there = _units[unit];
        there.BusyUntil = VirtualTime.After(Math.Max(Agenda.Now, there.BusyUntil), Settings.ServerTime.Sample(there.Random));
        if (there.BusyUntil == Agenda.Now)
            handle();
        else
            Agenda.At(there.BusyUntil, handle);
    });

    private double Way(int worker, double bytes)
    {
        var link = Settings.Workers[worker].Link;
        double longest = 0;
        for (int shard = 0; shard < Settings.Shards / Units; shard++)
            longest = Math.Max(longest, link.Seconds(bytes / Settings.Shards, LinkStreams[worker]));
        return longest;
    }

    private void Decide(int unit, Action<ServerPolicy, ICollection<Decision>> ask)
    {
        var there = _units[unit];
        var decisions = new List<Decision>();
        ask(there.Policy, decisions);
        foreach (var decision in decisions)
            Carry(unit, there, decision);
        // One entry for each time: most policies never ask for one.
        if (there.Policy.NextTick is { } tick && tick != there.NextTick)
        {
            there.NextTick = tick;
            Agenda.At(tick, () => Decide(unit, (policy, list) => policy.Tick(Agenda.Now, list)));
        }
    }

    private void Carry(int unit, Unit there, Decision decision)
    {
        switch (decision)
        {
            case Decision.Apply apply:
                Log(Now(EventKind.Apply, -1) with
                {
                    Shard = unit,
                    Version = there.Version,
                    Applied = [.. apply.Gradients.Select(gradient =>
                        new AppliedGradient(gradient.Id, gradient.Worker, there.Version - gradient.Version))],
                });
                there.Version++;
                there.Applied += apply.Gradients.Length;
                foreach (var gradient in apply.Gradients)
                    _pending[unit].Remove(gradient.Id);
                break;
            case Decision.Drop drop:
                _pending[unit].Remove(drop.Gradient.Id);
                Log(Now(EventKind.Drop, -1) with { Shard = unit, Gradient = drop.Gradient.Id, Reason = drop.Reason });
                break;
            case Decision.Grant grant when IsAlive(grant.Worker):
                Grant(unit, there, grant.Worker);
                break;
        }
    }

    private void Grant(int unit, Unit there, int worker)
    {
        Log(Now(EventKind.Pull, worker) with { Shard = unit, Version = there.Version });
        _read[worker, unit] = there.Version;
        AfterIfAlive(worker, Way(worker, Settings.Bytes), () =>
        {
            if (--_missingReplies[worker] == 0)
                Compute(worker);
        });
    }

    private sealed class Unit(ServerPolicy policy, SeededStream random)
    {
        public ServerPolicy Policy { get; } = policy;

        public SeededStream Random { get; } = random;

        public long Version { get; set; }

        public long Applied { get; set; }

        public long BusyUntil { get; set; }

        public long NextTick { get; set; } = -1;
    }
}
