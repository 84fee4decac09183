namespace TensorGraph.Backends.Torch;

/// <summary>
/// Calls into LibTorch from threads that a process does not wait for. LibTorch's libraries are taken down while such threads still run, so a process
/// that ends waits for the calls that have begun, and no more begin.
/// </summary>
internal static class TorchCalls
{
    // A product takes seconds at most.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LongestStay = TimeSpan.FromSeconds(10);

    private static int s_running;
    private static volatile bool s_ends;

    // Calls may be parts of others, which the process waits for as a whole.
    [ThreadStatic]
    private static int t_depth;

    /// <summary>Has the process wait, from now on. It comes before the first work is queued: a process may end before that work begins.</summary>
    public static void Watch() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        s_ends = true;
        Interlocked.MemoryBarrier();
        SpinWait.SpinUntil(static () => Volatile.Read(ref s_running) == 0, LongestWait);
    };

    /// <summary>Begins a call; false when the process ends.</summary>
    public static bool Begin()
    {
        if (t_depth == 0)
        {
            Interlocked.Increment(ref s_running);
            if (s_ends)
            {
                Interlocked.Decrement(ref s_running);
                return false;
            }
        }
        t_depth++;
        return true;
    }

    /// <summary>
    /// Begins a call that nothing else can take over: in a process that ends, the thread stays here until it is gone with the process.
    /// </summary>
    /// <returns>A call that ends when it is disposed.</returns>
    /// <exception cref="OperationCanceledException">The process is still there after a while.</exception>
    public static Call BeginOrStay()
    {
        if (Begin()) return default;
        Thread.Sleep(LongestStay);
        throw new OperationCanceledException("the process ends");
    }

    /// <summary>Ends a call.</summary>
    public static void End()
    {
        if (--t_depth == 0) Interlocked.Decrement(ref s_running);
    }

    /// <summary>A call that has begun.</summary>
    public readonly ref struct Call : IDisposable
    {
        public void Dispose() => End();
    }
}
