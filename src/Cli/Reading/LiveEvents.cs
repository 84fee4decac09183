using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace TensorGraph.Cli;

/// <summary>The events of a process that runs, through the diagnostic port of .NET: nothing has to be switched on in it beforehand.</summary>
internal sealed class LiveEvents : IDisposable
{
    private const string Provider = "TensorGraph";

    private readonly EventPipeSession _session;
    private readonly Task _reading;
    private readonly ConcurrentDictionary<string, (long Calls, double Milliseconds)> _runs = new(StringComparer.Ordinal);
    private int _traces, _retraces, _warnings, _queue;
    private long _liveBytes, _pooledBytes;

    private LiveEvents(EventPipeSession session)
    {
        _session = session;
        _reading = Task.Run(Read);
    }

    /// <summary>True when the process has ended.</summary>
    public bool IsOver => _reading.IsCompleted;

    /// <summary>The sums since it was attached to.</summary>
    public Moment Now(double seconds)
    {
        var runs = _runs.ToArray();
        return new(
            seconds, runs.Sum(run => run.Value.Calls), runs.Sum(run => run.Value.Milliseconds), _traces, _retraces, _warnings, _queue,
            Interlocked.Read(ref _liveBytes), Interlocked.Read(ref _pooledBytes),
            runs.Length == 0 ? null : runs.MaxBy(run => run.Value.Milliseconds).Key, IsOver);
    }

    /// <summary>Attaches to a process.</summary>
    /// <exception cref="UsageException">There is none of that number, or it is no .NET process.</exception>
    public static LiveEvents Attach(int process)
    {
        try
        {
            return new(new DiagnosticsClient(process).StartEventPipeSession(
                [new EventPipeProvider(Provider, EventLevel.Verbose)], requestRundown: false));
        }
        catch (Exception fault) when (
            fault is DiagnosticsClientException or ArgumentException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            throw new UsageException($"process {process} can't be watched: {fault.Message} It must be a .NET process of the same user.");
        }
    }

    public void Dispose()
    {
        try
        {
            _session.Stop();
        }
        catch (Exception fault) when (fault is DiagnosticsClientException or IOException or TimeoutException)
        {
            // The process is gone.
        }

        _session.Dispose();
    }

    private void Read()
    {
        using var source = new EventPipeEventSource(_session.EventStream);
        source.Dynamic.All += Take;
        try
        {
            source.Process();
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or FormatException)
        {
            // The stream ends where the process was killed.
        }
    }

    private void Take(TraceEvent happened)
    {
        if (happened.ProviderName != Provider)
            return;
        switch (happened.EventName)
        {
            case "Ran":
                double milliseconds = (double)happened.PayloadByName("milliseconds");
                _runs.AddOrUpdate((string)happened.PayloadByName("graph"), (1, milliseconds), (_, sum) => (sum.Calls + 1, sum.Milliseconds + milliseconds));
                break;
            case "Traced": _traces++; break;
            case "Retraced": _retraces++; break;
            case "Warning": _warnings++; break;
            case "Enqueued" or "QueueDepth": _queue = (int)happened.PayloadByName("depth"); break;
            case "PoolSize":
                Interlocked.Exchange(ref _liveBytes, (long)happened.PayloadByName("liveBytes"));
                Interlocked.Exchange(ref _pooledBytes, (long)happened.PayloadByName("pooledBytes"));
                break;
        }
    }
}
