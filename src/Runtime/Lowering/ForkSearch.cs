using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// Cuts a list of commands into stretches, so that the estimated time is least: single commands, and forks. The commands of a fork that need each
/// other, over any number of others in it, are one part; parts are dealt out to as many groups as there are threads.
/// </summary>
internal sealed class ForkSearch
{
    // Estimates are rough: a fork has to promise more than it costs.
    private const double Margin = 1.1;

    // Less than this is not worth a group of its own.
    private const double SmallGroup = 2_000;

    // Steps of the search; it looks at shorter stretches where there are many commands.
    private const int Effort = 1_000_000;
    private const int ShortestReach = 256;

    private readonly Command[] _commands;
    private readonly CommandTime[] _times;
    private readonly int[][] _needs;
    private readonly ForkOptions _options;

    // Parts of the stretch that is looked at: a representative of each command, the time of a part at its representative.
    private readonly int[] _partOf;
    private readonly double[] _timeOf;

    public ForkSearch(Command[] commands, CommandTime[] times, int slots, ForkOptions options)
    {
        (_commands, _times, _options) = (commands, times, options);
        (_partOf, _timeOf) = (new int[commands.Length], new double[commands.Length]);
        _needs = Needs(commands, slots);
    }

    /// <summary>The commands in the order in which they run, the forks among them and the estimated time; null when no fork pays.</summary>
    public (int[] Order, Fork[] Forks, double Time)? Run()
    {
        int count = _commands.Length;
        // Of the first commands: the least time, and where the last stretch begins; it is a fork if it has more than one command.
        var best = new double[count + 1];
        var last = new int[count + 1];
        Array.Fill(best, double.MaxValue);
        best[0] = 0;
        int reach = Math.Max(ShortestReach, Effort / Math.Max(1, count));
        bool[] isSeen = Array.ConvertAll(_commands, ForkPlan.IsSeen);
        for (int start = 0; start < count; start++)
        {
            if (best[start] + _times[start].Alone < best[start + 1]) (best[start + 1], last[start + 1]) = (best[start] + _times[start].Alone, start);
            double sum = 0, longest = 0;
            for (int at = start; at < Math.Min(count, start + reach) && !isSeen[at]; at++)
            {
                sum += _times[at].OnOneThread;
                longest = Math.Max(longest, _timeOf[Join(start, at)]);
                double time = best[start] + Margin * Math.Max(longest, sum / _options.Threads) + _options.HandOff;
                if (longest < sum && time < best[at + 1]) (best[at + 1], last[at + 1]) = (time, start);
            }
        }
        var cuts = new Stack<(int Start, int End)>();
        for (int end = count; end > 0; end = last[end]) cuts.Push((last[end], end));
        if (cuts.Count == count) return null;

        var order = new List<int>(count);
        var forks = new List<Fork>();
        foreach ((int start, int end) in cuts)
        {
            if (end - start == 1) order.Add(start);
            else forks.Add(Deal(start, end, order));
        }
        return ([.. order], [.. forks], best[count]);
    }

    // The parts go to groups, the longest first, each to the group that has least to do.
    private Fork Deal(int start, int end, List<int> order)
    {
        for (int at = start; at < end; at++) Join(start, at);
        int[] parts = [.. Enumerable.Range(start, end - start).Where(at => Find(at) == at).OrderByDescending(part => _timeOf[part])];
        var groups = new List<(double Time, HashSet<int> Parts)>();
        foreach (int part in parts)
        {
            if (groups.Count < _options.Threads && (groups.Count < 2 || _timeOf[part] >= SmallGroup))
            {
                groups.Add((_timeOf[part], [part]));
                continue;
            }
            int least = Enumerable.Range(0, groups.Count).MinBy(group => groups[group].Time);
            groups[least].Parts.Add(part);
            groups[least] = (groups[least].Time + _timeOf[part], groups[least].Parts);
        }
        var starts = new List<int>();
        foreach ((_, HashSet<int> own) in groups)
        {
            starts.Add(order.Count);
            order.AddRange(Enumerable.Range(start, end - start).Where(at => own.Contains(Find(at))));
        }
        return new Fork([.. starts], order.Count);
    }

    // Adds the next command to the stretch from a start on, and returns the part that it is in.
    private int Join(int start, int at)
    {
        _partOf[at] = at;
        _timeOf[at] = _times[at].OnOneThread;
        foreach (int needed in _needs[at])
        {
            if (needed < start) continue;
            int other = Find(needed), part = Find(at);
            if (other == part) continue;
            _partOf[other] = part;
            _timeOf[part] += _timeOf[other];
        }
        return Find(at);
    }

    private int Find(int at)
    {
        while (_partOf[at] != at) at = _partOf[at] = _partOf[_partOf[at]];
        return at;
    }

    // By command: those before it that write what it reads, or read or write what it writes.
    private static int[][] Needs(Command[] commands, int slots)
    {
        var writer = new int[slots];
        Array.Fill(writer, -1);
        var readers = new List<int>?[slots];
        var needs = new int[commands.Length][];
        for (int at = 0; at < commands.Length; at++)
        {
            var needed = new HashSet<int>();
            // It may take over the memory of what it starts from.
            int[] writes = commands[at] is StartCommand start ? [start.Result, start.Input] : commands[at].Writes;
            foreach (int slot in commands[at].Reads.Concat(writes)) needed.Add(writer[slot]);
            foreach (int slot in writes) needed.UnionWith(readers[slot] ?? []);
            foreach (int slot in commands[at].Reads) (readers[slot] ??= []).Add(at);
            foreach (int slot in writes)
            {
                writer[slot] = at;
                readers[slot] = null;
            }
            needed.Remove(-1);
            needs[at] = [.. needed];
        }
        return needs;
    }
}
