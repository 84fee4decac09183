using System.Runtime.ExceptionServices;

namespace TensorGraph.Backends;

/// <summary>
/// A call of a program that is not finished: it waits in the queue of a stream, or runs. Its results are tensors without data, which it fills.
/// </summary>
internal sealed class QueuedCall
{
    // The calls that this flow of control is in: C# code that a graph calls may use the variables of that graph.
    private static readonly AsyncLocal<QueuedCall?> Innermost = new();

    /// <summary>Calls get their place among the uses of all their variables at one moment, so that no two wait for each other.</summary>
    public static readonly Lock Order = new();

    private readonly CancellationToken _cancellation;
    private (VariableResource Variable, VariableUse Use)[] _variables;

    // Let go when it is finished: a variable remembers the last call that used it.
    private SpecializedProgram _program;
    private TensorData[] _results = [];
    private TensorData[] _inputs = [];
    private List<QueuedCall>? _after;
    private QueuedCall? _outer;
    private ExceptionDispatchInfo? _failure;
    private TaskCompletionSource? _completion;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _hasResults;
    private volatile bool _isDone;

    public QueuedCall(DeviceStream stream, SpecializedProgram program, CancellationToken cancellation) =>
        (Stream, _program, _variables, _cancellation) = (stream, program, program.Facts.Variables, cancellation);

    /// <summary>The stream that it was called on.</summary>
    public DeviceStream Stream { get; }

    /// <summary>Bytes of inputs and results.</summary>
    public long Bytes { get; private set; }

    /// <summary>True when it is, or was, in the stream's queue.</summary>
    public bool IsQueued { get; private set; }

    /// <summary>The graph that it runs; null for less than a graph.</summary>
    public Ir.Graph? Graph => _program.Graph;

    /// <summary>True when it ran, or failed.</summary>
    public bool IsDone => _isDone;

    /// <summary>True when it failed and nothing has told the program so.</summary>
    public bool HasUnseenFailure { get; private set; }

    /// <summary>
    /// True when its failure concerns this thread: that of a call on another thread appears where its results are read, if it has any.
    /// </summary>
    public bool MayTellCaller => !_hasResults || _thread == Environment.CurrentManagedThreadId;

    /// <summary>True when all that a program needs to run is there: its inputs, and its variables as the calls before have left them.</summary>
    public static bool IsReady(SpecializedProgram program, ReadOnlySpan<TensorData> inputs)
    {
        if (!TensorData.AreReady(inputs)) return false;
        foreach ((VariableResource variable, VariableUse use) in program.Facts.Variables)
        {
            if (!variable.Uses.IsFree(use)) return false;
        }
        return true;
    }

    /// <summary>True when this flow of control is in C# code that the call's graph calls.</summary>
    public bool Encloses()
    {
        for (QueuedCall? call = Innermost.Value; call is not null; call = call._outer)
        {
            if (call == this) return true;
        }
        return false;
    }

    /// <summary>Gives it its place among the uses of its variables, and in the queue if it is for that.</summary>
    /// <exception cref="GraphException">A call before it that assigned one of the variables has failed, and nothing has told the program.</exception>
    public void Register()
    {
        lock (Order)
        {
            foreach ((VariableResource variable, _) in _variables) variable.Uses.ThrowFailure();
            foreach ((VariableResource variable, VariableUse use) in _variables)
            {
                // Taking from a generator is one step: only calls that are queued have to keep an order of their own.
                if (use != VariableUse.Advance || IsQueued) variable.Uses.Add(this, use);
            }
            if (IsQueued) Stream.Enqueue(this);
        }
    }

    /// <summary>Makes it a call for the queue, which keeps the inputs' memory until it has run, and gives its results, without data.</summary>
    public TensorData[] Queue(ReadOnlySpan<TensorData> inputs)
    {
        IsQueued = true;
        _inputs = inputs.ToArray();
        _results = Array.ConvertAll(_program.Facts.Results!, layout => new TensorData(layout, this));
        _hasResults = _results.Length > 0;
        foreach (TensorData input in _inputs) Bytes += input.Layout.Bytes;
        foreach (TensorData result in _results) Bytes += result.Layout.Bytes;
        return _results;
    }

    /// <summary>Keeps the inputs' memory until it has run.</summary>
    public void Hold()
    {
        foreach (TensorData input in _inputs) input.Retain();
    }

    /// <summary>Lets it wait for another call.</summary>
    public void ComesAfter(QueuedCall? other)
    {
        if (other is null || other.IsDone || other.Encloses()) return;
        (_after ??= []).Add(other);
    }

    /// <summary>Runs it on this thread.</summary>
    public void RunNow(ReadOnlySpan<TensorData> inputs, Span<TensorData> results)
    {
        QueuedCall? outer = Innermost.Value;
        if (_program.Facts.CallsHost)
        {
            _outer = outer;
            Innermost.Value = this;
        }
        try
        {
            Run(inputs, results);
        }
        finally
        {
            if (_program.Facts.CallsHost) Innermost.Value = outer;
            Stream.Finish(this);
        }
    }

    /// <summary>Runs it on this thread; the results get their data, or the failure.</summary>
    public void RunQueued()
    {
        try
        {
            var results = new TensorData[_program.ResultCount];
            Run(_inputs, results);
            for (int i = 0; i < results.Length; i++) _results[i].Fill(results[i]);
        }
        catch (Exception error)
        {
            _failure = ExceptionDispatchInfo.Capture(error);
            HasUnseenFailure = error is not OperationCanceledException;
        }
        finally
        {
            foreach (TensorData input in _inputs) input.Release();
        }
    }

    /// <summary>Marks it as finished. The caller holds the stream's gate.</summary>
    public void SetDone()
    {
        if (HasUnseenFailure)
        {
            foreach ((VariableResource variable, VariableUse use) in _variables)
            {
                if (use == VariableUse.Write) variable.Uses.Failure = this;
            }
        }
        _inputs = _results = [];
        _variables = [];
        _program = null!;
        _after = null;
        _isDone = true;
        _completion?.SetResult();
    }

    /// <summary>Waits until it is finished.</summary>
    public void Wait() => Stream.WaitFor(this);

    /// <summary>Done when it is finished, in success or failure. The caller holds the stream's gate.</summary>
    public Task Completion()
    {
        if (_isDone) return Task.CompletedTask;
        _completion ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _completion.Task;
    }

    /// <summary>Throws what it failed of.</summary>
    public void ThrowFailure()
    {
        HasUnseenFailure = false;
        _failure?.Throw();
    }

    private void Run(ReadOnlySpan<TensorData> inputs, Span<TensorData> results)
    {
        if (_after is { } after)
        {
            foreach (QueuedCall before in after) before.Wait();
        }
        foreach (TensorData input in inputs) input.Wait();
        _cancellation.ThrowIfCancellationRequested();
        _program.Run(inputs, results, _cancellation);
    }
}
