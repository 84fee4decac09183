namespace TensorGraph.Backends.Torch;

/// <summary>
/// Calls into LibTorch from threads that a process does not wait for. LibTorch's libraries are taken down while such threads still run, so a process
/// that ends waits for the calls that have begun, and no more begin.
/// </summary>
internal static class TorchCalls
{
    // A product takes seconds at most.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private static int s_running;
    private static volatile bool s_ends;

    static TorchCalls() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        s_ends = true;
        Interlocked.MemoryBarrier();
        SpinWait.SpinUntil(static () => Volatile.Read(ref s_running) == 0, LongestWait);
    };

    /// <summary>Begins a call; false when the process ends.</summary>
    public static bool Begin()
    {
        Interlocked.Increment(ref s_running);
        if (!s_ends) return true;
        End();
        return false;
    }

    /// <summary>Ends a call.</summary>
    public static void End() => Interlocked.Decrement(ref s_running);
}
