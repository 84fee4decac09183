using System.Runtime.InteropServices;

namespace TensorGraph.Serving;

/// <summary>
/// Loads models on threads of their own, of which a number run at a time and which give way to those that answer requests: a thread has one core at
/// most, and a lower priority where the system has one.
/// </summary>
internal sealed class LoadScheduler(int threads) : IDisposable
{
    private const int Niceness = 10;

    private readonly SemaphoreSlim _places = new(threads);

    /// <summary>Runs a load when there is room for it.</summary>
    public async Task RunAsync(Action load, bool givesWay)
    {
        await _places.WaitAsync().ConfigureAwait(false);
        try
        {
            await Task.Factory.StartNew(
                () =>
                {
                    if (givesWay)
                        GiveWay();
                    load();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private static void GiveWay()
    {
        // Linux has a priority for each thread and ignores the one of .NET. The thread ends with the load.
        if (OperatingSystem.IsLinux())
            _ = SetPriority(0, 0, Niceness);
        else
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }

#pragma warning disable SYSLIB1054 // Numbers need no code for conversions, which would be unsafe code.
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int priority);
#pragma warning restore SYSLIB1054
}
