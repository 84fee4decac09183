using System.Collections.Immutable;
using TensorGraph.Backends;

namespace TensorGraph;

/// <summary>
/// A queue of calls that a device works off in order, beside the program. A call that takes long is queued and gives tensors whose data is not there
/// yet: reading one waits for it. What is short and needs nothing that is unfinished runs at once, since handing it over would cost more than it
/// does. Calls on several streams may run at the same time. Calls that use a variable keep the order in which they were made, on all streams and
/// threads, but for those that only read it.
/// </summary>
public sealed class DeviceStream : IThreadPoolWorkItem
{
    private readonly object _gate = new();
    private readonly Queue<QueuedCall> _queue = new();
    private QueuedCall? _last;
    private ImmutableArray<QueuedCall> _barriers = [];
    private QueuedCall? _failed;
    private TaskCompletionSource? _progress;
    private int _unfinished;
    private long _bytes;
    private int _worker;
    private int _asleep;
    private int _waitingForRoom;
    private bool _isScheduled;

    internal DeviceStream(Device device) => Device = device;

    /// <summary>The device.</summary>
    public Device Device { get; }

    /// <summary>Calls that may be unfinished; one more waits.</summary>
    public int QueueLimit { get; set; } = 64;

    /// <summary>Bytes that inputs and results of unfinished calls may have; a call that exceeds it waits, unless it is the only one.</summary>
    public long QueueBytes { get; set; } = 256L << 20;

    /// <summary>Calls that are queued or run now.</summary>
    public int QueueLength => Volatile.Read(ref _unfinished);

    /// <summary>The stream that calls on a device go to, in this flow of control.</summary>
    public static DeviceStream Current(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return Of(TensorGraphOptions.Current, device);
    }

    internal static DeviceStream Of(TensorGraphOptions options, Device device)
    {
        if (options.Stream is not { } stream) return device.Stream;
        return stream.Device == device ? stream : options.OtherStreams.Find(other => other.Device == device) ?? device.Stream;
    }

    /// <summary>Makes it the stream of its device in this flow of control, until the result is disposed.</summary>
    public IDisposable Use()
    {
        TensorGraphOptions options = TensorGraphOptions.Current;
        ImmutableList<DeviceStream> others = options.Stream is { } outer ? options.OtherStreams.Add(outer) : options.OtherStreams;
        return (options with { Stream = this, OtherStreams = others.RemoveAll(other => other.Device == Device) }).Use();
    }

    /// <summary>Waits until all calls that were queued so far are finished, on the device too.</summary>
    /// <exception cref="GraphException">A call failed, and nothing has told the program.</exception>
    public void Synchronize()
    {
        Record().Wait();
        ThrowFailure();
    }

    /// <summary>Waits, without blocking a thread, until all calls that were queued so far are finished.</summary>
    /// <exception cref="GraphException">A call failed, and nothing has told the program.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first; the calls go on.</exception>
    public async Task SynchronizeAsync(CancellationToken cancellation = default)
    {
        await Record().WaitAsync(cancellation).ConfigureAwait(false);
        ThrowFailure();
    }

    /// <summary>Waits, without blocking a thread, until the next call can be queued: for producers that must not block.</summary>
    public async Task WaitForRoomAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            Task progress;
            lock (_gate)
            {
                if (HasRoom(0)) return;
                _progress ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                progress = _progress.Task;
            }
            await progress.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The moment at which all calls that were queued so far are finished, on the device too.</summary>
    public DeviceEvent Record()
    {
        QueuedCall? last;
        lock (_gate) last = _last is { IsDone: false } ? _last : null;
        return new DeviceEvent(last, last is null ? Device.Work : null);
    }

    /// <summary>Lets calls that follow on this stream wait for an event, of this or another stream.</summary>
    public void Wait(DeviceEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (happened.Call is not { IsDone: false } call) return;
        lock (_gate) _barriers = _barriers.RemoveAll(static barrier => barrier.IsDone).Add(call);
    }

    /// <summary>Works on the queue.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        lock (_gate)
        {
            _isScheduled = false;
            if (_worker == 0) WorkOff(static () => false);
        }
    }

    /// <summary>Runs a program, or queues it.</summary>
    internal TensorData[] Call(SpecializedProgram program, ReadOnlySpan<TensorData> inputs)
    {
        var results = new TensorData[program.ResultCount];
        Call(program, inputs, results, TensorGraphOptions.Current);
        return results;
    }

    /// <summary>Runs a program, or queues it.</summary>
    internal void Call(SpecializedProgram program, ReadOnlySpan<TensorData> inputs, Span<TensorData> results, TensorGraphOptions options)
    {
        CancellationToken cancellation = options.Cancellation;
        cancellation.ThrowIfCancellationRequested();
        DispatchFacts facts = program.Facts;
        bool runsNow = facts.RunsNow || !options.IsAsynchronous || TensorData.AnyBorrowed(inputs);
        ImmutableArray<QueuedCall> barriers = _barriers;
        bool isReady = (runsNow || program.IsSmall) && barriers.All(static barrier => barrier.IsDone) && QueuedCall.IsReady(program, inputs);
        if (isReady && !facts.Writes && program.TryRead(inputs, results, cancellation)) return;
        var call = new QueuedCall(this, program, inputs, cancellation);
        foreach (QueuedCall barrier in barriers) call.ComesAfter(barrier);
        // The queue may wait for a call that this flow is in.
        if (runsNow || isReady || HostCode.IsEntered)
        {
            call.Register();
            call.RunNow(inputs, results);
            return;
        }
        call.Queue(inputs).CopyTo(results);
        WaitForRoom(call.Bytes);
        call.Register();
    }

    /// <summary>Takes a call into the queue; gives the number of calls that are in it now.</summary>
    internal int Enqueue(QueuedCall call)
    {
        lock (_gate)
        {
            call.Hold();
            call.Previous = _last is { IsDone: false } last ? last : null;
            _queue.Enqueue(call);
            _last = call;
            _unfinished++;
            _bytes += call.Bytes;
            Schedule();
            return _unfinished;
        }
    }

    /// <summary>Waits until a call is finished; works on the queue meanwhile if nobody does.</summary>
    internal void WaitFor(QueuedCall call)
    {
        if (call.IsDone) return;
        lock (_gate)
        {
            call.IsAwaited = true;
            while (!call.IsDone)
            {
                if (call.IsQueued && MayWork) WorkOff(() => call.IsDone);
                else Sleep();
            }
        }
    }

    /// <summary>Done when a call is.</summary>
    internal Task Completion(QueuedCall call)
    {
        lock (_gate) return call.Completion();
    }

    /// <summary>Notes that a call has run.</summary>
    internal void Finish(QueuedCall call)
    {
        int depth = 0;
        lock (_gate)
        {
            if (call.IsQueued)
            {
                depth = --_unfinished;
                _bytes -= call.Bytes;
                if (_failed is not { HasUnseenFailure: true }) _failed = call.HasUnseenFailure ? call : null;
            }
            call.SetDone();
            _progress?.SetResult();
            _progress = null;
            if (call.IsAwaited || (_waitingForRoom > 0 && IsHalfEmpty)) WakeWaiting();
        }
        if (call.IsQueued) GraphEvents.QueueDepth(Device, depth);
    }

    /// <summary>Throws, once, what a call failed of that nothing has told the program.</summary>
    internal void ThrowFailure()
    {
        QueuedCall? failed;
        lock (_gate) (failed, _failed) = (_failed, null);
        if (failed is { HasUnseenFailure: true }) failed.ThrowFailure();
    }

    // A thread that works on the queue may come to wait for a call that is in it.
    private bool MayWork => _worker == 0 || _worker == Environment.CurrentManagedThreadId;

    private void Schedule()
    {
        if (_worker != 0 || _isScheduled) return;
        _isScheduled = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool HasRoom(long bytes) => _unfinished == 0 || (_unfinished < QueueLimit && _bytes + bytes <= QueueBytes);

    // A producer that is woken for each call that ends costs the device more than short calls take.
    private bool IsHalfEmpty => _unfinished <= QueueLimit / 2 && _bytes <= QueueBytes / 2;

    private void WaitForRoom(long bytes)
    {
        lock (_gate)
        {
            while (!HasRoom(bytes) && _worker != Environment.CurrentManagedThreadId)
            {
                if (_worker == 0)
                {
                    WorkOff(() => HasRoom(bytes));
                    continue;
                }
                _waitingForRoom++;
                Sleep();
                _waitingForRoom--;
            }
        }
    }

    // The caller holds the gate once.
    private void WorkOff(Func<bool> isEnough)
    {
        int before = _worker;
        _worker = Environment.CurrentManagedThreadId;
        while (!isEnough() && _queue.TryDequeue(out QueuedCall? call))
        {
            Monitor.Exit(_gate);
            call.RunQueued();
            Finish(call);
            Monitor.Enter(_gate);
        }
        _worker = before;
        if (_queue.Count > 0) Schedule();
        // Somebody who waits may have to go on working.
        WakeWaiting();
    }

    // The caller holds the gate once.
    private void Sleep()
    {
        _asleep++;
        Monitor.Wait(_gate);
        _asleep--;
    }

    private void WakeWaiting()
    {
        if (_asleep > 0) Monitor.PulseAll(_gate);
    }
}
