using System.Globalization;

namespace TensorGraph.Staleness;

/// <summary>
/// Follows the events of a schedule from the start: which worker computes what, on which weights, and what became of it. It finds the first event
/// that no run could have recorded after those before it. Events of different shards of a real server come from different clocks, so a pull from
/// one shard may precede the join that another one has recorded.
/// </summary>
internal sealed class ScheduleHistory(Schedule schedule)
{
    private readonly bool[] _isThere = new bool[schedule.Workers];
    private readonly long?[] _computing = new long?[schedule.Workers];
    private readonly Dictionary<(int Worker, int Shard), long> _pulled = [];
    private readonly long[] _versions = new long[Math.Max(schedule.Shards, 1)];
    private readonly HashSet<long> _begun = [];
    private readonly Dictionary<long, OpenGradient> _open = [];

    // Without a server: means that changed a worker's weights, and its steps since the last one.
    private readonly long[] _changes = new long[schedule.Workers];
    private readonly long[] _steps = new long[schedule.Workers];
    private readonly long _delay = schedule.Mode.Kind == ModeKind.Delayed ? VirtualTime.FromSeconds(schedule.Mode.Setting) : 0;

    private ModeKind Kind => schedule.Mode.Kind;

    /// <summary>The first problem, or null.</summary>
    public string? Problem()
    {
        long time = 0;
        for (int i = 0; i < schedule.Events.Length; i++)
        {
            var entry = schedule.Events[i];
            string? problem = entry.Time < time ? Invariant($"is at {entry.Time} ns, after one at {time} ns") : Follow(entry);
            if (problem is not null)
                return Invariant($"event {i} ({entry.Kind}) {problem}");
            time = entry.Time;
        }

        // A recording that broke off lacks the ends of what was on its way.
        return schedule.IsComplete && _open.Count > 0 ? Invariant($"gradient {_open.Keys.Min()} is neither applied nor dropped on each shard") : null;
    }

    private string? Follow(ScheduleEvent entry) => entry.Kind switch
    {
        EventKind.Join => Join(entry.Worker),
        EventKind.Pull => Pull(entry),
        EventKind.Apply => Apply(entry),
        EventKind.Drop => Drop(entry),
        EventKind.Average or EventKind.RingAverage => Average(entry),
        _ when !_isThere[entry.Worker] => Invariant($"is of worker {entry.Worker}, which has not come or has failed"),
        EventKind.Fail => Fail(entry.Worker),
        EventKind.Compute => Compute(entry),
        EventKind.Copy => !_isThere[entry.Workers[0]] ? Invariant($"copies from worker {entry.Workers[0]}, which is not there")
            : _computing[entry.Worker] is { } gradient ? Invariant($"changes the weights on which gradient {gradient} is computed") : null,
        _ => Finish(entry),
    };

    private string? Join(int worker)
    {
        _isThere[worker] = true;
        _computing[worker] = null;
        _steps[worker] = 0;
        return null;
    }

    private string? Fail(int worker)
    {
        _isThere[worker] = false;
        _computing[worker] = null;
        if (schedule.Shards == 1)
            _pulled.Remove((worker, 0));
        return null;
    }

    private string? Pull(ScheduleEvent entry)
    {
        if (schedule.Shards == 1 && !_isThere[entry.Worker])
            return Invariant($"is of worker {entry.Worker}, which has not come or has failed");
        _pulled[(entry.Worker, entry.Shard)] = entry.Version;
        return VersionProblem(entry);
    }

    private string? Compute(ScheduleEvent entry)
    {
        if (_computing[entry.Worker] is { } gradient)
            return Invariant($"begins gradient {entry.Gradient} while worker {entry.Worker} computes gradient {gradient}");
        if (!_begun.Add(entry.Gradient))
            return Invariant($"begins gradient {entry.Gradient} a second time");
        long?[] read = [.. Enumerable.Range(0, schedule.Shards).Select(
            shard => _pulled.Remove((entry.Worker, shard), out long version) ? version : (long?)null)];
        _computing[entry.Worker] = entry.Gradient;
        _open[entry.Gradient] = new(entry.Worker, read, _changes[entry.Worker], new bool[_versions.Length]);
        return null;
    }

    // Of a push or of a local step.
    private string? Finish(ScheduleEvent entry)
    {
        if (_computing[entry.Worker] != entry.Gradient)
            return Invariant($"ends gradient {entry.Gradient}, which worker {entry.Worker} is not computing");
        _computing[entry.Worker] = null;
        var gradient = _open[entry.Gradient];
        if (entry.Kind == EventKind.Push)
        {
            gradient.Pushed = entry.Time;
            return Array.IndexOf(gradient.Read, null) is >= 0 and var shard
                ? Invariant($"sends gradient {entry.Gradient}, before which worker {entry.Worker} has not pulled from shard {shard}") : null;
        }

        long staleness = _changes[entry.Worker] - gradient.Changes;
        if (entry.Applied[0].Staleness != staleness)
            return Invariant($"says a staleness of {entry.Applied[0].Staleness} in place of {staleness}");
        _steps[entry.Worker]++;
        return StepsOfMean is { } most && _steps[entry.Worker] > most ? Invariant($"is step {_steps[entry.Worker]} without a mean in mode {schedule.Mode}")
            : End(entry.Gradient, shard: 0);
    }

    private string? Apply(ScheduleEvent entry)
    {
        if (VersionProblem(entry) is { } problem)
            return problem;
        if (!IsCountOfMode(entry.Applied.Length))
            return Invariant($"applies {entry.Applied.Length} gradients at once in mode {schedule.Mode} with {schedule.Workers} workers");
        if (MostStaleness == 0 && entry.Applied.CountBy(applied => applied.Worker).Any(worker => worker.Value > 1))
            return Invariant($"applies two gradients of one worker at once in mode {schedule.Mode}");
        foreach (var applied in entry.Applied)
        {
            if (!_open.TryGetValue(applied.Id, out var gradient) || gradient.HasEnded[entry.Shard])
                return Invariant($"applies gradient {applied.Id}, which is not begun or has ended");
            if (gradient.Worker != applied.Worker)
                return Invariant($"applies gradient {applied.Id} of worker {gradient.Worker} as one of worker {applied.Worker}");
            if (gradient.Pushed is not { } pushed || entry.Time - pushed < _delay)
                return Invariant($"applies gradient {applied.Id} before it was sent and has waited for {VirtualTime.ToSeconds(_delay)} s");
            long staleness = entry.Version - gradient.Read[entry.Shard]!.Value;
            if (applied.Staleness != staleness)
                return Invariant($"says a staleness of {applied.Staleness} of gradient {applied.Id} in place of {staleness}");
            if (staleness > MostStaleness)
                return Invariant($"applies gradient {applied.Id} with a staleness of {staleness} in mode {schedule.Mode}");
            End(applied.Id, entry.Shard);
        }

        _versions[entry.Shard]++;
        return null;
    }

    private string? Drop(ScheduleEvent entry)
    {
        bool isOfServer = entry.Reason is DropReason.Late or DropReason.TooStale;
        return isOfServer && _open.TryGetValue(entry.Gradient, out var gradient) && gradient.Pushed is null
            ? Invariant($"drops gradient {entry.Gradient} as {entry.Reason} before it was sent") : End(entry.Gradient, entry.Shard);
    }

    private string? Average(ScheduleEvent entry)
    {
        if ((entry.Kind == EventKind.RingAverage) != (Kind == ModeKind.Ring) || (Kind == ModeKind.Gossip && entry.Workers.Length != 2))
            return Invariant($"is a mean of {entry.Workers.Length} workers in mode {schedule.Mode}");
        foreach (int worker in entry.Workers)
        {
            if (!_isThere[worker])
                return Invariant($"takes in worker {worker}, which has not come or has failed");
            if (StepsOfMean is { } steps && _steps[worker] != steps)
                return Invariant($"takes in worker {worker} after {_steps[worker]} steps in mode {schedule.Mode}");
            _changes[worker]++;
            _steps[worker] = 0;
        }

        return null;
    }

    private string? End(long id, int shard)
    {
        if (!_open.TryGetValue(id, out var gradient) || gradient.HasEnded[shard])
            return Invariant($"ends gradient {id}, which is not begun or has ended");
        gradient.HasEnded[shard] = true;
        if (gradient.HasEnded.All(ended => ended))
            _open.Remove(id);
        return null;
    }

    private string? VersionProblem(ScheduleEvent entry) => entry.Version == _versions[entry.Shard] ? null
        : Invariant($"says version {entry.Version} of shard {entry.Shard} in place of {_versions[entry.Shard]}");

    private bool IsCountOfMode(int count) => Kind switch
    {
        ModeKind.Synchronous => count <= schedule.Workers,
        ModeKind.Backup => count <= schedule.Workers - schedule.Mode.Setting,
        ModeKind.SoftSynchronous => count == schedule.Mode.Setting,
        _ => count == 1,
    };

    private double MostStaleness => Kind switch
    {
        ModeKind.Sequential or ModeKind.Synchronous or ModeKind.Backup => 0,
        ModeKind.Limited => schedule.Mode.Setting,
        _ => double.PositiveInfinity,
    };

    // Steps of a worker from one mean to the next; null in modes that don't count them.
    private double? StepsOfMean => Kind switch { ModeKind.LocalSteps => schedule.Mode.Setting, ModeKind.Ring => 1, _ => null };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A gradient that has not ended on each shard.</summary>
    private sealed class OpenGradient(int worker, long?[] read, long changes, bool[] hasEnded)
    {
        public int Worker { get; } = worker;

        /// <summary>Version of each shard that it is computed on.</summary>
        public long?[] Read { get; } = read;

        /// <summary>Changes of its worker's weights when it began.</summary>
        public long Changes { get; } = changes;

        public long? Pushed { get; set; }

        public bool[] HasEnded { get; } = hasEnded;
    }
}
