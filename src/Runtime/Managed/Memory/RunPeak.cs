namespace TensorGraph.Backends.Managed;

/// <summary>
/// The most memory that a run took at once. A run allocates on one thread, so the thread counts: what others allocate meanwhile is not in it.
/// </summary>
internal readonly struct RunPeak
{
    [ThreadStatic] private static long t_live;
    [ThreadStatic] private static long t_peak;

    private readonly long _liveBefore;
    private readonly long _peakBefore;

    private RunPeak(long live, long peak) => (_liveBefore, _peakBefore) = (live, peak);

    /// <summary>A run begins.</summary>
    public static RunPeak Begin()
    {
        var run = new RunPeak(t_live, t_peak);
        t_peak = t_live;
        return run;
    }

    /// <summary>Memory was taken, or given back.</summary>
    public static void Add(long bytes)
    {
        long live = t_live += bytes;
        if (live > t_peak) t_peak = live;
    }

    /// <summary>The run has ended: its peak above what was there before.</summary>
    public long End()
    {
        long peak = t_peak;
        t_peak = Math.Max(peak, _peakBefore);
        return peak - _liveBefore;
    }
}
