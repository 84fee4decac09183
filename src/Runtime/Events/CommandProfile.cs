using System.Diagnostics;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends;

/// <summary>
/// Counts and times of a command. Of a small one most runs are only counted: a clock at each would cost more than it does.
/// </summary>
internal sealed class CommandProfile(Command command, long[] bytesOfSlots)
{
    // The first runs are timed, then one of so many.
    private const long AllTimed = 32;
    private const long TimedOf = 64;

    // A command that takes longer is timed at each run.
    private static readonly long Long = Stopwatch.Frequency / 200_000;

    // A run that takes so many times as long as others was interrupted: it says nothing of those that are not timed.
    private const long Interrupted = 16;
    private const long EnoughToTell = 8;

    private readonly List<(string Name, RegionProfile Body)> _inner = [];
    private readonly Lock _times = new();
    private long _calls;
    private long _apart;
    private bool _hasFirst;
    private long _first;
    private long _timed;
    private long _ticks;

    /// <summary>The command.</summary>
    public string Text { get; } = command.Describe();

    /// <summary>The ops that it computes.</summary>
    public string[] Ops { get; } = [.. command.Origin.Select(node => node.Op.Name)];

    /// <summary>The user's lines.</summary>
    public string[] Sources { get; } = [.. command.Origin.Select(node => node.Source.ToString()).Where(line => line.Length > 0).Distinct()];

    /// <summary>True for an op without a kernel and for a call of C# code.</summary>
    public bool IsHost { get; } = command is HostCommand;

    /// <summary>Bytes that a run reads and writes.</summary>
    public long Bytes { get; } = CommandCost.Bytes(command, bytesOfSlots);

    /// <summary>Operations of arithmetic in a run.</summary>
    public long Flops { get; } = CommandCost.Flops(command);

    /// <summary>Runs.</summary>
    public long Calls => Volatile.Read(ref _calls);

    /// <summary>Time of all runs, as that of the timed ones lets expect. The first one, which may compile code, counts for itself.</summary>
    public double Nanoseconds
    {
        get
        {
            lock (_times) return (_apart + (_timed == 0 ? 0 : (double)_ticks * (Calls - 1) / _timed)) * (1e9 / Stopwatch.Frequency);
        }
    }

    /// <summary>Time of the first run, which may compile code; it is part of <see cref="Nanoseconds"/>.</summary>
    public double FirstNanoseconds => Volatile.Read(ref _first) * (1e9 / Stopwatch.Frequency);

    /// <summary>The regions that it runs.</summary>
    public (string Name, RegionProfile Body)[] Inner
    {
        get
        {
            lock (_inner) return [.. _inner];
        }
    }

    /// <summary>A profile for a region that it runs.</summary>
    public RegionProfile Add(string name, LoweredRegion region)
    {
        var body = new RegionProfile(region);
        lock (_inner) _inner.Add((name, body));
        return body;
    }

    /// <summary>Counts a run; a time to hand to <see cref="Ended"/>, or 0 for one that is not timed.</summary>
    public long Begin()
    {
        long call = Interlocked.Increment(ref _calls);
        return call <= AllTimed || call % TimedOf == 0 || _ticks > _timed * Long ? Stopwatch.GetTimestamp() : 0;
    }

    /// <summary>Ends a run that is timed.</summary>
    public void Ended(long start)
    {
        long ticks = Stopwatch.GetTimestamp() - start;
        lock (_times)
        {
            if (!_hasFirst || (_timed >= EnoughToTell && ticks > Interrupted * (_ticks / _timed)))
            {
                _apart += ticks;
                if (!_hasFirst) _first = ticks;
                _hasFirst = true;
                return;
            }
            _ticks += ticks;
            _timed++;
        }
    }
}
