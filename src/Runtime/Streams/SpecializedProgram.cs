using System.Diagnostics;

namespace TensorGraph.Backends;

/// <summary>A graph or a single op, compiled for the layouts of its arguments. Safe to run from several threads.</summary>
public abstract class SpecializedProgram
{
    private DispatchFacts? _facts;
    private long _longest;
    private long _shortest = long.MaxValue;

    /// <summary>The device that it runs on.</summary>
    public abstract Device Device { get; }

    /// <summary>The graph that it runs; null for less than a graph.</summary>
    public virtual Ir.Graph? Graph => null;

    /// <summary>Counts and times its runs; null while nothing is recorded.</summary>
    internal ProgramProfile? Profile { get; init; }

    /// <summary>The number of results.</summary>
    public abstract int ResultCount { get; }

    /// <summary>Does what it is compiled for, on this thread.</summary>
    protected abstract void Execute(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation);

    /// <summary>Runs on this thread and returns one tensor for each result.</summary>
    public TensorData[] Run(ReadOnlySpan<TensorData> inputs, CancellationToken cancellation = default)
    {
        var results = new TensorData[ResultCount];
        Run(inputs, results, cancellation);
        return results;
    }

    /// <summary>
    /// Runs on this thread and reports it to whoever listens. The time that it takes decides about later calls, where the number of iterations is
    /// only known in the run, and where the estimate is too long to run it at once.
    /// </summary>
    /// <param name="inputs">One for each parameter, of the layouts that it was compiled for.</param>
    /// <param name="results">Takes one for each result; they are the caller's to release, or to let go.</param>
    /// <param name="cancellation">Looked at between kernels and at loop heads.</param>
    public void Run(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation)
    {
        using GraphWork? work = Graph is null ? null : GraphEvents.Run(Graph, Device);
        long start = Profile is not null || IsTimed ? Stopwatch.GetTimestamp() : 0;
        try
        {
            if (_facts is { CallsHost: true }) RunWithHost(inputs, results, cancellation);
            else RunOnDevice(inputs, results, cancellation);
        }
        catch (Exception) when (Profile is not null)
        {
            Profile.Ran(Since(start));
            throw;
        }
        if (start != 0)
        {
            long nanoseconds = Since(start);
            _longest = Math.Max(_longest, nanoseconds);
            _shortest = Math.Min(_shortest, nanoseconds);
            Profile?.Ran(nanoseconds);
        }
        if (work is not null) GraphEvents.Ran(work, Graph!, Device);
    }

    private static long Since(long start) => (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds;

    private void RunWithHost(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation)
    {
        HashSet<IDisposable>? outer = HostCode.BeginRun();
        bool hasFailed = true;
        try
        {
            RunOnDevice(inputs, results, cancellation);
            hasFailed = false;
        }
        finally
        {
            HostCode.EndRun(outer, hasFailed);
        }
    }

    // A run in which the device was lost has no results.
    private void RunOnDevice(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation)
    {
        Device.ThrowIfLost(Name);
        try
        {
            Execute(inputs, results, cancellation);
        }
        catch (Exception error) when (Device.IsLost && error is not GraphException { Id: DiagnosticIds.DeviceLost })
        {
            Device.ThrowIfLost(Name, error);
        }
        Device.ThrowIfLost(Name);
    }

    private string Name => Graph?.Name ?? "run";

    /// <summary>
    /// Runs a program that assigns nothing without its place among the uses of its variables. False when it has to have one: it reads several times,
    /// and other calls assigned meanwhile.
    /// </summary>
    internal bool TryRead(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation)
    {
        if (!Facts.ReadsOften || Facts.CallsHost)
        {
            Run(inputs, results, cancellation);
            return true;
        }
        if (Array.Exists(Facts.Variables, static used => used.Use == VariableUse.Advance)) return false;
        long before = Assignments;
        if (!QueuedCall.IsReady(this, inputs)) return false;
        try
        {
            Run(inputs, results, cancellation);
            return Assignments == before;
        }
        catch (Exception) when (Assignments != before)
        {
            return false;
        }
    }

    // Of all its variables together.
    private long Assignments => Facts.Variables.Sum(static used => used.Variable.Assignments);

    /// <summary>Finds the facts that are known ahead of a run.</summary>
    private protected abstract DispatchFacts FindFacts();

    internal DispatchFacts Facts => _facts ??= FindFacts();

    // An estimate knows nothing of the machine. The shortest run is the one that waited for nothing.
    private bool IsTimed => _facts is { } facts && (facts.IsGuess || (facts.IsSteady && Shortest(facts) >= DispatchFacts.HandOff));

    private double Shortest(DispatchFacts facts) => Math.Min(facts.Nanoseconds, _shortest);

    /// <summary>True when handing it to another thread would cost more than it does.</summary>
    internal bool IsSmall => Facts.IsSteady
        ? Shortest(Facts) < DispatchFacts.HandOff
        : Facts.Nanoseconds < DispatchFacts.HandOff && (!Facts.IsGuess || _longest < DispatchFacts.HandOff);
}
