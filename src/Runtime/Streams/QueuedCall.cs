using System.Runtime.ExceptionServices;

namespace TensorGraph.Backends;

/// <summary>
/// A call of a program that is not finished: it waits in the queue of a stream, or runs. Its results are tensors without data, which it fills.
/// </summary>
internal sealed class QueuedCall
{
    /// <summary>Calls get their place among the uses of all their variables at one moment, so that no two wait for each other.</summary>
    public static readonly Lock Order = new();

    private readonly CancellationToken _cancellation;
    private (VariableResource Variable, VariableUse Use)[] _variables;

    // Let go when it is finished: a variable remembers the last call that used it.
    private SpecializedProgram _program;
    private TensorData[] _inputs = [];

    // A result that the program dropped before it was computed is free as soon as the call has run.
    private WeakReference<TensorData>[] _results = [];
    private List<QueuedCall>? _after;
    private List<QueuedCall>? _assignedBefore;
    private List<QueuedCall>? _hostWaits;
    private ExecutionContext? _flow;
    private ExceptionDispatchInfo? _failure;
    private TaskCompletionSource? _completion;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _hasResults;
    private int _hasUnseenFailure;
    private volatile bool _hasStarted;
    private volatile bool _isDone;

    public QueuedCall(DeviceStream stream, SpecializedProgram program, ReadOnlySpan<TensorData> inputs, CancellationToken cancellation)
    {
        (Stream, _program, _variables, _cancellation) = (stream, program, program.Facts.Variables, cancellation);
        if (!TensorData.AreReady(inputs)) _inputs = inputs.ToArray();
    }

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

    /// <summary>True when a thread waits for it. Under the stream's gate.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Work that it has given to the device, once it has run from the queue; null for a device that has nothing left to do then.</summary>
    public IDeviceWork? Work { get; private set; }

    /// <summary>True when it has what it waited for.</summary>
    public bool HasStarted => _hasStarted;

    /// <summary>True when it failed and nothing has told the program so.</summary>
    public bool HasUnseenFailure => Volatile.Read(ref _hasUnseenFailure) != 0;

    /// <summary>The call whose C# code made it.</summary>
    public QueuedCall? Outer { get; private set; }

    /// <summary>Calls that its C# code waits for.</summary>
    public List<QueuedCall> HostWaits => _hostWaits ??= [];

    /// <summary>The call before it in the queue.</summary>
    public QueuedCall? Previous { private get; set; }

    /// <summary>Calls that it waits for before it begins.</summary>
    public IEnumerable<QueuedCall> WaitsFor
    {
        get
        {
            QueuedCall? previous = HasStarted ? null : Previous;
            IEnumerable<QueuedCall> before = (_after ?? []).Concat(_inputs.Select(input => input.Producer).OfType<QueuedCall>());
            return previous is null ? before : before.Append(previous);
        }
    }

    /// <summary>
    /// True when its failure concerns a thread: that of a call on another thread appears where its results are read, if it has any.
    /// </summary>
    public bool MayTell(int thread) => !_hasResults || _thread == thread;

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

    /// <summary>Gives it its place among the uses of its variables, and in the queue if it is for that.</summary>
    /// <exception cref="GraphException">A call before it that assigned one of the variables has failed, and nothing has told the program.</exception>
    public void Register()
    {
        Ir.Graph? graph = Graph;
        int depth = 0;
        lock (Order)
        {
            foreach ((VariableResource variable, _) in _variables) variable.Uses.ThrowFailure();
            foreach ((VariableResource variable, VariableUse use) in _variables)
            {
                // Taking from a generator is one step: only calls that are queued have to keep an order of their own.
                if (use != VariableUse.Advance || IsQueued) variable.Uses.Add(this, use);
            }
            if (IsQueued) depth = Stream.Enqueue(this);
        }
        // Who listens may use the library, and locks of its own.
        if (IsQueued && graph is not null) GraphEvents.Enqueued(graph, Stream.Device, depth);
    }

    /// <summary>Makes it a call for the queue, which keeps the inputs' memory until it has run, and gives its results, without data.</summary>
    public TensorData[] Queue(ReadOnlySpan<TensorData> inputs)
    {
        IsQueued = true;
        _flow = ExecutionContext.Capture();
        _inputs = inputs.ToArray();
        TensorData[] results = Array.ConvertAll(_program.Facts.Results!, layout => new TensorData(layout, this));
        _results = Array.ConvertAll(results, result => new WeakReference<TensorData>(result));
        _hasResults = results.Length > 0;
        foreach (TensorData input in _inputs) Bytes += input.Layout.Bytes;
        foreach (TensorData result in results) Bytes += result.Layout.Bytes;
        return results;
    }

    /// <summary>Keeps the inputs' memory until it has run.</summary>
    public void Hold()
    {
        foreach (TensorData input in _inputs) input.Retain();
    }

    /// <summary>Lets it wait for another call; false when that one comes later by itself.</summary>
    /// <param name="other">The call.</param>
    /// <param name="assigns">True when that one assigns a variable that this one uses.</param>
    public bool ComesAfter(QueuedCall? other, bool assigns = false)
    {
        if (other is null || other.IsDone || HostCode.IsOf(other)) return true;
        if (HostCode.ComesLater(other)) return false;
        (_after ??= []).Add(other);
        if (assigns) (_assignedBefore ??= []).Add(other);
        return true;
    }

    /// <summary>Runs it on this thread.</summary>
    public void RunNow(ReadOnlySpan<TensorData> inputs, Span<TensorData> results)
    {
        bool callsHost = _program.Facts.CallsHost;
        if (callsHost) Outer = HostCode.Enter(this);
        try
        {
            Run(inputs, results);
        }
        finally
        {
            if (callsHost) HostCode.Exit(Outer);
            Stream.Finish(this);
        }
    }

    /// <summary>
    /// Runs it on this thread, in the flow of control that made it: the thread may be one that waits, with settings and activities of its own. The
    /// results get their data, or the failure.
    /// </summary>
    public void RunQueued()
    {
        if (_flow is { } flow) ExecutionContext.Run(flow, static call => ((QueuedCall)call!).Fill(), this);
        else Fill();
    }

    private void Fill()
    {
        try
        {
            var results = new TensorData[_program.ResultCount];
            Run(_inputs, results);
            Work = Stream.Device.Work;
            for (int i = 0; i < results.Length; i++)
            {
                if (_results[i].TryGetTarget(out TensorData? wanted)) wanted.Fill(results[i]);
                else results[i].Release();
            }
        }
        catch (Exception error)
        {
            _failure = ExceptionDispatchInfo.Capture(error);
            _hasUnseenFailure = error is OperationCanceledException ? 0 : 1;
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
        _inputs = [];
        _results = [];
        _variables = [];
        _program = null!;
        _after = _assignedBefore = null;
        _flow = null;
        Previous = null;
        _isDone = true;
        _completion?.SetResult();
    }

    /// <summary>Waits until it is finished.</summary>
    public void Wait()
    {
        if (!IsDone) HostCode.Wait(this);
    }

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
        Volatile.Write(ref _hasUnseenFailure, 0);
        _failure?.Throw();
    }

    /// <summary>Throws, once, what it failed of if that concerns a thread and nothing has told the program.</summary>
    public void TellFailure(int thread)
    {
        if (HasUnseenFailure && MayTell(thread) && Interlocked.Exchange(ref _hasUnseenFailure, 0) != 0) _failure?.Throw();
    }

    private void Run(ReadOnlySpan<TensorData> inputs, Span<TensorData> results)
    {
        if (_after is { } after)
        {
            foreach (QueuedCall before in after) before.Wait();
        }
        foreach (TensorData input in inputs) input.Wait();
        _hasStarted = true;
        // The next call that uses a variable tells that the one before failed, if nothing else has.
        foreach (QueuedCall before in _assignedBefore ?? []) before.TellFailure(_thread);
        _cancellation.ThrowIfCancellationRequested();
        _program.Run(inputs, results, _cancellation);
    }
}
