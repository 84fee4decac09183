namespace TensorGraph.Backends.Managed;

/// <summary>
/// The most memory that a run took at once: what its thread allocates, and those that work on forks of it. What others allocate meanwhile is not in
/// it.
/// </summary>
internal readonly struct RunPeak
{
    [ThreadStatic] private static Count? t_count;

    private readonly Count _count;
    private readonly long _liveBefore;
    private readonly long _peakBefore;

    private RunPeak(Count count) => (_count, _liveBefore, _peakBefore) = (count, count.Live, count.Peak);

    /// <summary>Counts for this thread, until another is set.</summary>
    internal sealed class Count
    {
        private long _live;
        private long _peak;

        public long Live => Volatile.Read(ref _live);

        public long Peak
        {
            get => Volatile.Read(ref _peak);
            set => Volatile.Write(ref _peak, value);
        }

        public void Add(long bytes)
        {
            long live = Interlocked.Add(ref _live, bytes), peak = Peak;
            while (live > peak)
            {
                long found = Interlocked.CompareExchange(ref _peak, live, peak);
                if (found == peak) break;
                peak = found;
            }
        }
    }

    /// <summary>The count of this thread. A thread that works on a fork of a run has the count of the run meanwhile.</summary>
    public static Count Current
    {
        get => t_count ??= new Count();
        set => t_count = value;
    }

    /// <summary>A run begins.</summary>
    public static RunPeak Begin()
    {
        var run = new RunPeak(Current);
        run._count.Peak = run._liveBefore;
        return run;
    }

    /// <summary>Memory was taken, or given back.</summary>
    public static void Add(long bytes) => Current.Add(bytes);

    /// <summary>The run has ended: its peak above what was there before.</summary>
    public long End()
    {
        long peak = _count.Peak;
        _count.Peak = Math.Max(peak, _peakBefore);
        return peak - _liveBefore;
    }
}
