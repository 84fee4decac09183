using System.Diagnostics;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends;

/// <summary>Times of a command, which runs as often as its region. <see cref="RegionProfile.IsNextTimed"/> tells in which runs they are taken.</summary>
internal sealed class CommandProfile(Command command, RegionProfile region, long[] bytesOfSlots)
{
    // A run that takes so many times as long as others was interrupted: it says nothing of those that are not timed.
    private const long Interrupted = 16;
    private const long EnoughToTell = 8;

    private readonly List<(string Name, RegionProfile Body)> _inner = [];
    private readonly Lock _times = new();
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

    /// <summary>True for an op without a kernel, for a call of C# code, and for a command that a device leaves to the host.</summary>
    public bool IsHost { get; set; } = command is HostCommand;

    /// <summary>Bytes that a run reads and writes.</summary>
    public long Bytes { get; } = CommandCost.Bytes(command, bytesOfSlots);

    /// <summary>Operations of arithmetic in a run.</summary>
    public long Flops { get; } = CommandCost.Flops(command);

    /// <summary>Runs, with those that failed before they came to it.</summary>
    public long Calls => region.Runs;

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
    public RegionProfile Add(string name, LoweredRegion inner)
    {
        var body = new RegionProfile(inner);
        lock (_inner) _inner.Add((name, body));
        return body;
    }

    /// <summary>Takes the time of a run.</summary>
    public void Took(long ticks)
    {
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
        region.Took(ticks);
    }
}
