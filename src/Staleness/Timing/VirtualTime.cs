namespace TensorGraph.Staleness;

/// <summary>Times of the virtual clock are whole nanoseconds, so that they are compared exactly.</summary>
public static class VirtualTime
{
    /// <summary>Nanoseconds of a second.</summary>
    public const long Second = 1_000_000_000;

    // A year's worth of centuries is still far from the end of a long.
    private const double Longest = 9e9;

    /// <summary>Nanoseconds, rounded. Errors: TG2004 a number that is negative, not finite or above 9·10⁹ seconds.</summary>
    /// <param name="seconds">Seconds.</param>
    public static long FromSeconds(double seconds) =>
        (long)Math.Round(Check.Range(seconds is >= 0 and <= Longest, seconds, $"from 0 to {Longest} seconds", "clock") * Second);

    /// <summary>A time so many seconds after another one. Errors: as <see cref="FromSeconds"/>, also for the sum.</summary>
    /// <param name="time">Nanoseconds.</param>
    /// <param name="seconds">Seconds.</param>
    internal static long After(long time, double seconds)
    {
        long more = FromSeconds(seconds);
        return time <= long.MaxValue - more ? time + more : FromSeconds(ToSeconds(time) + seconds);
    }

    /// <summary>Seconds.</summary>
    /// <param name="time">Nanoseconds.</param>
    public static double ToSeconds(long time) => (double)time / Second;
}
