using System.Diagnostics;
using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>Requests that run together.</summary>
internal sealed class Batch(ModelVersion version, ServableSignature signature, BatchingSettings settings, ServerMetrics metrics)
{
    private readonly List<BatchTask> _tasks = [];

    /// <summary>Rows of its requests.</summary>
    public int Rows { get; private set; }

    /// <summary>True when no request can be added.</summary>
    public bool IsClosed { get; set; }

    /// <summary>When the first request came.</summary>
    public long Began => _tasks[0].Enqueued;

    /// <summary>True when there is room for a request.</summary>
    public bool Takes(BatchTask task) => !IsClosed && Rows + task.Rows <= settings.MostExecuted && (settings.PadsOtherAxes || _tasks[0].Fits(task));

    public void Add(BatchTask task)
    {
        _tasks.Add(task);
        Rows += task.Rows;
        IsClosed = Rows >= settings.MostExecuted;
        version.Pin();
    }

    /// <summary>Runs it on this thread. Never throws: requests get what went wrong.</summary>
    public void Run()
    {
        try
        {
            foreach (var task in _tasks)
                metrics.Queued(settings.PoolName, Stopwatch.GetElapsedTime(task.Enqueued));
            if (_tasks.TrueForAll(task => task.Cancellation.IsCancellationRequested))
                throw new ServingException(StatusCode.ResourceExhausted, "Run() timeout exceeded while waiting in batching queue");
            Run(_tasks);
        }
        catch (Exception fault) when (fault is GraphException or OutOfMemoryException && _tasks.Count > 1 && signature.IsPure)
        {
            // The values of one request may be what the graph refuses, which is no fault of the others.
            foreach (var task in _tasks)
                RunAlone(task);
        }
        catch (Exception fault)
        {
            Fail(fault);
        }
        finally
        {
            foreach (var _ in _tasks)
                version.Release();
        }
    }

    /// <summary>Gives all requests an error.</summary>
    public void Fail(Exception fault)
    {
        foreach (var task in _tasks)
            task.Fail(fault);
    }

    private void RunAlone(BatchTask task)
    {
        try
        {
            Run([task]);
        }
        catch (Exception fault)
        {
            task.Fail(fault);
        }
    }

    private void Run(List<BatchTask> tasks)
    {
        using var stop = new CancellationTokenSource();
        // The run ends early only when nobody waits for it.
        int waiting = tasks.Count;
        var registrations = tasks.ConvertAll(task => task.Cancellation.Register(() =>
        {
            if (Interlocked.Decrement(ref waiting) == 0)
                stop.Cancel();
        }));
        try
        {
            int given = tasks.Sum(task => task.Rows), rows = settings.AllowedSizes.FirstOrDefault(size => size >= given, given);
            metrics.Batched(version.Model, rows);
            Divide(tasks, signature.Run(Inputs(tasks, given, rows), stop.Token), rows);
        }
        finally
        {
            foreach (var registration in registrations)
                registration.Dispose();
        }
    }

    private IReadOnlyDictionary<string, Literal> Inputs(List<BatchTask> tasks, int given, int rows)
    {
        if (tasks.Count == 1 && rows == given)
            return tasks[0].Inputs;
        var inputs = new Dictionary<string, Literal>(signature.Inputs.Count, StringComparer.Ordinal);
        foreach (string name in signature.Inputs.Keys)
        {
            IReadOnlyList<Literal> parts = tasks.ConvertAll(task => task.Inputs[name]);
            inputs[name] = RowsOf.Concat(settings.PadsOtherAxes ? RowsOf.Padded(parts) : parts, rows);
        }

        return inputs;
    }

    private static void Divide(List<BatchTask> tasks, IReadOnlyDictionary<string, Literal> results, int rows)
    {
        foreach (var (name, value) in results)
        {
            if (value.Type.Shape.Rank == 0)
                throw ServingException.Precondition($"Batched output tensor '{name}' has 0 dimensions");
            if (value.Type.Shape[0].Value != rows)
            {
                throw ServingException.Precondition(
                    $"Batched output tensor '{name}' has {value.Type.Shape[0]} rows, which does not equal the sum of the 0th dimension sizes of the input tensors, {rows}");
            }
        }

        int first = 0;
        foreach (var task in tasks)
        {
            task.Finish(task.Rows == rows ? results : RowsOf.Slice(results, first, task.Rows));
            first += task.Rows;
        }
    }
}
