using System.Diagnostics;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends;

/// <summary>Counts and times of what an executable runs, for a recording. It outlives the executable and keeps nothing of it alive.</summary>
internal sealed class ExecutableProfile(Device device)
{
    // Programs of further sizes are counted together.
    private const int MostPrograms = 32;

    private readonly List<ProgramProfile> _programs = [];

    /// <summary>The device.</summary>
    public Device Device => device;

    /// <summary>Programs that are not told apart.</summary>
    public ProgramProfile Others { get; } = new([], null);

    /// <summary>One for each binding of sizes, and <see cref="Others"/> if they ran.</summary>
    public ProgramProfile[] Programs
    {
        get
        {
            lock (_programs) return Others.Calls > 0 ? [.. _programs, Others] : [.. _programs];
        }
    }

    /// <summary>A profile for a program that is made.</summary>
    public ProgramProfile Add(TensorLayout[] arguments, LoweredRegion region)
    {
        lock (_programs)
        {
            if (_programs.Count >= MostPrograms) return Others;
            _programs.Add(new([.. arguments.Select(argument => argument.Type.ToString())], region));
            return _programs[^1];
        }
    }
}

/// <summary>Counts and times of a program, which several threads may run.</summary>
/// <param name="arguments">Types of the arguments.</param>
/// <param name="region">What it runs; null for what has no commands.</param>
internal sealed class ProgramProfile(string[] arguments, LoweredRegion? region)
{
    private long _calls;
    private long _nanoseconds;
    private long _longest;
    private long _first;

    /// <summary>Types of the arguments.</summary>
    public string[] Arguments => arguments;

    /// <summary>Its commands; null for what has none.</summary>
    public RegionProfile? Body { get; } = region is null ? null : new(region);

    /// <summary>Bytes of the memory that its values share.</summary>
    public long ArenaBytes { get; } = region?.ArenaBytes ?? 0;

    /// <summary>Bytes that a run takes at once, as far as is known ahead.</summary>
    public long PeakBytes { get; } = region is null ? 0 : Lowering.MemoryEstimate.Of(region);

    /// <summary>Runs.</summary>
    public long Calls => Volatile.Read(ref _calls);

    /// <summary>Time of all runs.</summary>
    public long Nanoseconds => Volatile.Read(ref _nanoseconds);

    /// <summary>Time of the first run, which may compile code.</summary>
    public long First => Volatile.Read(ref _first);

    /// <summary>Time of the longest run.</summary>
    public long Longest => Volatile.Read(ref _longest);

    /// <summary>Counts a run.</summary>
    public void Ran(long nanoseconds)
    {
        if (Interlocked.Increment(ref _calls) == 1) Volatile.Write(ref _first, nanoseconds);
        Interlocked.Add(ref _nanoseconds, nanoseconds);
        for (long longest = Longest; nanoseconds > longest; longest = Longest)
        {
            if (Interlocked.CompareExchange(ref _longest, nanoseconds, longest) == longest) return;
        }
    }
}

/// <summary>
/// Counts of a region, whose commands run as often as it does. In most runs of short commands no time is taken: it would cost too much.
/// </summary>
internal sealed class RegionProfile(LoweredRegion region)
{
    // Time is taken in the first runs, then in one of so many.
    private const long AllTimed = 32;
    private const long TimedOf = 64;

    // Where the mean of the commands takes longer, it is taken in each run.
    private static readonly long Long = Stopwatch.Frequency / 200_000;

    // By slot. A list has as many bytes as its elements, which only a run knows.
    private readonly long[] _bytes = Array.ConvertAll(region.Slots, slot => slot.Layout.Type.IsList ? 0 : slot.Layout.Bytes);
    private readonly List<CommandProfile> _commands = [];
    private long _runs;
    private long _timed;
    private long _ticks;

    /// <summary>Runs.</summary>
    public long Runs => Volatile.Read(ref _runs);

    /// <summary>The commands.</summary>
    public CommandProfile[] Commands
    {
        get
        {
            lock (_commands) return [.. _commands];
        }
    }

    /// <summary>A profile for one of its commands.</summary>
    public CommandProfile Of(Command command)
    {
        var profile = new CommandProfile(command, this, _bytes);
        lock (_commands) _commands.Add(profile);
        return profile;
    }

    /// <summary>Counts a run; true for one in which the times of the commands are taken.</summary>
    public bool IsNextTimed()
    {
        long run = Interlocked.Increment(ref _runs);
        return run <= AllTimed || run % TimedOf == 0 || Volatile.Read(ref _ticks) > Volatile.Read(ref _timed) * Long;
    }

    /// <summary>Takes the time of a run of a command.</summary>
    public void Took(long ticks)
    {
        Interlocked.Add(ref _ticks, ticks);
        Interlocked.Increment(ref _timed);
    }
}
