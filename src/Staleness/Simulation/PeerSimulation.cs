namespace TensorGraph.Staleness;

/// <summary>
/// Workers without a server. Each changes weights of its own by its own gradients; what travels is weights. After a given number of steps all of them
/// take their mean (local steps), or each that of its neighbours on a ring, or a random pair does whenever one of it has finished a step (gossip).
/// </summary>
internal sealed class PeerSimulation(SimulationSettings settings) : Simulation(settings)
{
    private readonly SeededStream _choice = new(settings.Seed, "gossip");
    private readonly SortedSet<int> _members = [];
    private readonly SortedSet<int> _waiting = [];

    // A worker that has come has nothing of value before its first gradient begins.
    private readonly bool[] _hasBegun = new bool[settings.Workers.Count];
    private readonly int[] _steps = new int[settings.Workers.Count];

    // Changes of a worker's weights by others, and how many there had been when its gradient began.
    private readonly long[] _changes = new long[settings.Workers.Count];
    private readonly long[] _seen = new long[settings.Workers.Count];
    private long _applied;
    private bool _isAveraging;

    protected override int Units => 0;

    protected override long AppliedGradients => _applied;

    protected override void OnJoin(int worker, bool isReturn)
    {
        _members.Add(worker);
        _waiting.Remove(worker);
        _steps[worker] = 0;
        _hasBegun[worker] = false;
        if (Agenda.Now == 0)
            Begin(worker);
        else
            CopyAndBegin(worker);
    }

    // One that fails while its weights are on their way is asked in vain.
    private void CopyAndBegin(int worker)
    {
        int source = Enumerable.Range(0, WorkerCount).FirstOrDefault(IsTraining, -1);
        if (source < 0)
        {
            Begin(worker);
            return;
        }

        var livesOn = Life(source);
        AfterIfAlive(worker, Way(worker, source), () =>
        {
            if (!livesOn())
            {
                CopyAndBegin(worker);
                return;
            }

            Log(Now(EventKind.Copy, worker) with { Workers = [source] });
            Begin(worker);
        });
    }

    private bool IsTraining(int worker) => IsAlive(worker) && _hasBegun[worker];

    protected override void OnFailureNoticed(int worker)
    {
        _members.Remove(worker);
        _waiting.Remove(worker);
        AverageIfAllWait();
    }

    protected override void OnComputed(int worker, long gradient)
    {
        var applied = new AppliedGradient(gradient, worker, _changes[worker] - _seen[worker]);
        Log(Now(EventKind.LocalStep, worker) with { Gradient = gradient, Applied = [applied] });
        _applied++;
        _steps[worker]++;
        if (Settings.Mode.Kind == ModeKind.Gossip)
        {
            MeetSomeone(worker);
        }
        else if (_steps[worker] < (Settings.Mode.Kind == ModeKind.Ring ? 1 : Settings.Mode.Setting))
        {
            Begin(worker);
        }
        else
        {
            _waiting.Add(worker);
            AverageIfAllWait();
        }
    }

    protected override void End()
    {
    }

    private void Begin(int worker)
    {
        _hasBegun[worker] = true;
        _seen[worker] = _changes[worker];
        Compute(worker);
    }

    private void MeetSomeone(int worker)
    {
        int[] others = [.. _members.Where(other => other != worker && (_hasBegun[other] || !IsAlive(other)))];
        if (others.Length == 0)
        {
            Begin(worker);
            return;
        }

        int other = others[_choice.Next(others.Length)];
        // One that is dead does not answer; that it is dead is known after the time of detection.
        AfterIfAlive(worker, IsAlive(other) ? Way(worker, other) : Settings.DetectionSeconds, () =>
        {
            if (IsTraining(other))
            {
                Log(Now(EventKind.Average, -1) with { Workers = [Math.Min(worker, other), Math.Max(worker, other)] });
                _changes[other]++;
            }

            Begin(worker);
        });
    }

    private void AverageIfAllWait()
    {
        if (_isAveraging || _waiting.Count == 0 || !_members.IsSubsetOf(_waiting))
            return;
        _isAveraging = true;
        (int Worker, Func<bool> Lives)[] group = [.. _waiting.Select(worker => (worker, Life(worker)))];
        _waiting.Clear();
        bool isRing = Settings.Mode.Kind == ModeKind.Ring;
        Agenda.After(SecondsOfAverage([.. group.Select(member => member.Worker)], isRing), () =>
        {
            _isAveraging = false;
            int[] workers = [.. group.Where(member => member.Lives()).Select(member => member.Worker)];
            if (workers.Length > 0)
                Log(Now(isRing ? EventKind.RingAverage : EventKind.Average, -1) with { Workers = [.. workers] });
            foreach (int worker in workers)
            {
                _steps[worker] = 0;
                Begin(worker);
            }

            // Those that came to wait meanwhile.
            AverageIfAllWait();
        });
    }

    // A mean over all goes around the ring in 2(n − 1) messages of 1/n of the weights; neighbours exchange one message of all of them.
    private double SecondsOfAverage(int[] workers, bool isRing)
    {
        int count = workers.Length;
        if (count == 1)
            return 0;
        double seconds = 0;
        for (int message = 0; message < (isRing ? 1 : 2 * (count - 1)); message++)
            seconds += workers.Max(worker => Settings.Workers[worker].Link.Seconds(Settings.Bytes / (isRing ? 1 : count), LinkStreams[worker]));
        return seconds;
    }

    private double Way(int worker, int other) => Math.Max(
        Settings.Workers[worker].Link.Seconds(Settings.Bytes, LinkStreams[worker]),
            Settings.Workers[other].Link.Seconds(Settings.Bytes, LinkStreams[other]));
}
