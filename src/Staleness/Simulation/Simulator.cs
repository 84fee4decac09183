using System.Globalization;

namespace TensorGraph.Staleness;

/// <summary>
/// Simulates workers and servers as events on a virtual clock. The outcome is a <see cref="Schedule"/>; no gradient is computed, since none has a
/// bearing on the order of events.
/// </summary>
/// <example>
/// <code>
/// using TensorGraph.Staleness;
///
/// var workers = SimulationSettings.Equal(4, new() { Compute = Duration.Constant(0.5) });
/// var schedule = Simulator.Run(new() { Mode = TrainingMode.Asynchronous, Workers = workers, Gradients = 1000 });
/// Console.WriteLine(schedule.Staleness().Last()); // 3
/// </code>
/// </example>
public static class Simulator
{
    /// <summary>
    /// Simulates a run. Errors: TG1002 null, TG2004 a setting out of range, or settings with which neither the clock moves on nor a gradient is
    /// applied.
    /// </summary>
    /// <param name="settings">What is simulated.</param>
    public static Schedule Run(SimulationSettings settings)
    {
        Throw.IfNull(settings).Validate();
        Simulation simulation = settings.Mode.IsDecentralised ? new PeerSimulation(settings) : new ServerSimulation(settings);
        return simulation.Run();
    }
}

/// <summary>The parts that both kinds of simulation share: the clock, the log, and the lives of workers.</summary>
internal abstract class Simulation
{
    private readonly List<ScheduleEvent> _events = [];
    private readonly SeededStream[] _computeStreams;
    private readonly SeededStream[] _failureStreams;
    private readonly SeededStream[] _restartStreams;
    private readonly int[] _lives;
    private readonly bool[] _isAlive;
    private readonly long[] _computing;
    private long _gradients;
    private (long Time, long Applied, int Events) _lastProgress;

    protected Simulation(SimulationSettings settings)
    {
        Settings = settings;
        int count = settings.Workers.Count;
        _computeStreams = Streams("compute");
        _failureStreams = Streams("failure");
        _restartStreams = Streams("restart");
        LinkStreams = Streams("link");
        _lives = new int[count];
        _isAlive = new bool[count];
        _computing = new long[count];
        Array.Fill(_computing, -1);

        SeededStream[] Streams(string purpose) => [.. Enumerable.Range(0, count).Select(worker => new SeededStream(settings.Seed, purpose, worker))];
    }

    protected SimulationSettings Settings { get; }

    protected Agenda Agenda { get; } = new();

    protected SeededStream[] LinkStreams { get; }

    protected int WorkerCount => Settings.Workers.Count;

    /// <summary>Shards that decide each for itself.</summary>
    protected abstract int Units { get; }

    /// <summary>Gradients applied, on the shard that has the fewest.</summary>
    protected abstract long AppliedGradients { get; }

    public Schedule Run()
    {
        for (int worker = 0; worker < WorkerCount; worker++)
        {
            int joining = worker;
            Agenda.At(VirtualTime.FromSeconds(Settings.Workers[worker].JoinsAt), () => Join(joining, isReturn: false));
        }

        long end = Settings.Seconds is { } seconds ? VirtualTime.FromSeconds(seconds) : long.MaxValue;
        while (AppliedGradients < Settings.Gradients && !Agenda.IsEmpty && Agenda.Next <= end && _events.Count < Settings.MostEvents)
        {
            Agenda.RunNext();
            ThrowIfStanding();
        }

        bool isComplete = AppliedGradients >= Settings.Gradients;
        foreach (long gradient in _computing.Where(gradient => gradient >= 0))
            DropEverywhere(gradient, DropReason.RunEnded);
        End();
        return new(Settings.Mode, WorkerCount, Units, isComplete, [.. _events]);
    }

    private long GradientsOfUpdate => Settings.Mode.Kind == ModeKind.SoftSynchronous ? (long)Settings.Mode.Setting : 1;

    // So many events at one time, without an applied gradient, are more than any mode has before it goes on.
    private void ThrowIfStanding()
    {
        if (Agenda.Now != _lastProgress.Time || AppliedGradients != _lastProgress.Applied)
            _lastProgress = (Agenda.Now, AppliedGradients, _events.Count);
        int events = _events.Count - _lastProgress.Events;
        if (events > Math.Max(10_000L, 100L * (WorkerCount + GradientsOfUpdate) * (Units + 3)))
        {
            Throw.Range("simulation", string.Create(CultureInfo.InvariantCulture,
                $"the clock stands at {VirtualTime.ToSeconds(Agenda.Now)} s: {events} events there apply no gradient in mode {Settings.Mode}"),
                "Give gradients or messages a time, or take a mode that applies gradients at once.");
        }
    }

    protected abstract void OnJoin(int worker, bool isReturn);

    /// <summary>The failure was noticed, unless the worker came back before.</summary>
    protected abstract void OnFailureNoticed(int worker);

    /// <summary>A worker has finished a gradient.</summary>
    protected abstract void OnComputed(int worker, long gradient);

    /// <summary>Drops what is on its way or waits.</summary>
    protected abstract void End();

    protected void Log(ScheduleEvent entry) => _events.Add(entry);

    protected ScheduleEvent Now(EventKind kind, int worker) => new(Agenda.Now, kind, worker);

    protected bool IsAlive(int worker) => _isAlive[worker];

    /// <summary>Runs an action later, if the worker has not failed by then.</summary>
    protected void AfterIfAlive(int worker, double seconds, Action action)
    {
        var isSameLife = Life(worker);
        Agenda.After(seconds, () =>
        {
            if (isSameLife())
                action();
        });
    }

    /// <summary>Says later whether the worker has lived on from now.</summary>
    protected Func<bool> Life(int worker)
    {
        int life = _lives[worker];
        bool isAlive = _isAlive[worker];
        return () => isAlive && _lives[worker] == life;
    }

    protected void Compute(int worker)
    {
        var settings = Settings.Workers[worker];
        double seconds = settings.Compute.Sample(_computeStreams[worker]);
        if (settings.SlowShare > 0 && _computeStreams[worker].NextUnit() < settings.SlowShare)
            seconds *= settings.SlowFactor;
        long gradient = _gradients++;
        _computing[worker] = gradient;
        // Batches are given out in the order in which workers begin: one queue for all, as for one worker.
        Log(Now(EventKind.Compute, worker) with { Gradient = gradient, Batch = gradient });
        AfterIfAlive(worker, seconds, () =>
        {
            _computing[worker] = -1;
            OnComputed(worker, gradient);
        });
    }

    protected void DropEverywhere(long gradient, DropReason reason)
    {
        for (int unit = 0; unit < Math.Max(Units, 1); unit++)
            Log(Now(EventKind.Drop, -1) with { Gradient = gradient, Shard = unit, Reason = reason });
    }

    private void Join(int worker, bool isReturn)
    {
        var settings = Settings.Workers[worker];
        _isAlive[worker] = true;
        _lives[worker]++;
        Log(Now(EventKind.Join, worker));
        double? lifetime = isReturn ? settings.TimeBetweenFailures?.Sample(_failureStreams[worker])
            : settings.FailsAt - settings.JoinsAt ?? settings.TimeBetweenFailures?.Sample(_failureStreams[worker]);
        if (lifetime is { } seconds)
            AfterIfAlive(worker, seconds, () => Fail(worker));
        OnJoin(worker, isReturn);
    }

    private void Fail(int worker)
    {
        _isAlive[worker] = false;
        int life = ++_lives[worker];
        Log(Now(EventKind.Fail, worker));
        if (_computing[worker] >= 0)
            DropEverywhere(_computing[worker], DropReason.WorkerFailed);
        _computing[worker] = -1;
        // Noticed by the number of its life: a worker that is back by then is not taken for dead.
        Agenda.After(Settings.DetectionSeconds, () =>
        {
            if (_lives[worker] == life)
                OnFailureNoticed(worker);
        });
        if (Settings.Workers[worker].RestartsAfter is { } pause)
            Agenda.After(pause.Sample(_restartStreams[worker]), () => Join(worker, isReturn: true));
    }
}
