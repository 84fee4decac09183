using System.Runtime.ExceptionServices;
using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>
/// C# code that a graph calls is part of that call: it uses the variables that the call holds, and what it waits for must not wait for the call.
/// Calls that wait for one that C# code is in come after that code. Guarded by <see cref="QueuedCall.Order"/>.
/// </summary>
internal static class HostCode
{
    // What C# code of the run on this thread has open; null while there is no such run.
    [ThreadStatic]
    private static HashSet<IDisposable>? _open;

    // The innermost call that this flow of control is in.
    private static readonly AsyncLocal<QueuedCall?> Innermost = new();

    /// <summary>True when this flow of control is in C# code that a graph calls, and that call is not finished.</summary>
    public static bool IsEntered => Enclosing.Any();

    // Innermost first.
    private static IEnumerable<QueuedCall> Enclosing
    {
        get
        {
            for (QueuedCall? call = Innermost.Value; call is not null; call = call.Outer)
            {
                if (!call.IsDone) yield return call;
            }
        }
    }

    /// <summary>A run that calls C# code begins on this thread; gives what that of the run around it has open.</summary>
    public static HashSet<IDisposable>? BeginRun()
    {
        HashSet<IDisposable>? outer = _open;
        _open = [];
        return outer;
    }

    /// <summary>The run has ended: disposes of all that its C# code has left open.</summary>
    /// <param name="outer">What the run around it has open.</param>
    /// <param name="hasFailed">True when the run has an error of its own, which comes before those of disposing.</param>
    public static void EndRun(HashSet<IDisposable>? outer, bool hasFailed)
    {
        IDisposable[] left = [.. _open!];
        _open = outer;
        Exception? failure = null;
        foreach (IDisposable opened in left)
        {
            try
            {
                opened.Dispose();
            }
            catch (Exception error)
            {
                failure ??= error;
            }
        }
        if (failure is not null && !hasFailed) ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>C# code of a run has opened something.</summary>
    public static void Opened(IDisposable opened) => _open?.Add(opened);

    /// <summary>C# code of a run has disposed of what it opened.</summary>
    public static void Closed(IDisposable closed) => _open?.Remove(closed);

    /// <summary>C# code of a call begins; gives the one that it is in.</summary>
    public static QueuedCall? Enter(QueuedCall call)
    {
        QueuedCall? outer = Innermost.Value;
        Innermost.Value = call;
        return outer;
    }

    /// <summary>C# code of a call has ended.</summary>
    public static void Exit(QueuedCall? outer) => Innermost.Value = outer;

    /// <summary>True when this flow of control is in C# code of the call.</summary>
    public static bool IsOf(QueuedCall call) => Innermost.Value is not null && Enclosing.Contains(call);

    /// <summary>True when a call has yet to begin and waits for a call that this flow of control is in, so that it comes later by itself.</summary>
    public static bool ComesLater(QueuedCall call) =>
        Innermost.Value is not null && !call.HasStarted && Enclosing.Any(enclosing => WaitsFor(call, enclosing, []));

    /// <summary>Waits for a call.</summary>
    /// <exception cref="GraphException">TG5005 when it waits for a call that this flow of control is in.</exception>
    public static void Wait(QueuedCall call)
    {
        QueuedCall[] enclosing = Innermost.Value is null ? [] : [.. Enclosing];
        if (enclosing.Length > 0)
        {
            lock (QueuedCall.Order)
            {
                if (Array.Exists(enclosing, outer => WaitsFor(call, outer, []))) throw WaitsForItself(enclosing[0], call);
                foreach (QueuedCall outer in enclosing) outer.HostWaits.Add(call);
            }
        }
        try
        {
            call.Stream.WaitFor(call);
        }
        finally
        {
            if (enclosing.Length > 0)
            {
                lock (QueuedCall.Order)
                {
                    foreach (QueuedCall outer in enclosing) outer.HostWaits.Remove(call);
                }
            }
        }
    }

    private static bool WaitsFor(QueuedCall call, QueuedCall other, HashSet<QueuedCall> seen)
    {
        if (call.IsDone || !seen.Add(call)) return false;
        return call == other || call.WaitsFor.Concat(call.HostWaits).Any(before => WaitsFor(before, other, seen));
    }

    private static GraphException WaitsForItself(QueuedCall enclosing, QueuedCall call) => new(
        DiagnosticIds.WaitsForItself, $"host_call: {Name(enclosing)} calls C# code that waits for {Name(call)}, which waits for {Name(enclosing)} to end",
        "Read what the code needs before the call, or let calls that use several variables use them in one order.", SourceSpan.Capture());

    private static string Name(QueuedCall call) => call.Graph is { } graph ? graph.Name : "an update of a variable";
}
