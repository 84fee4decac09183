using System.Diagnostics;
using TensorGraph.Backends.Commands;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Gpu;

/// <summary>A lowered region as a device runs it. Free of run state, so several threads may run it; each has a frame of its own.</summary>
internal sealed class GpuProgram : SpecializedProgram
{
    // Threads that run one program at the same time find a frame each, up to so many.
    private const int MostFrames = 8;

    private readonly LoweredRegion _region;
    private readonly GpuStep[] _steps;
    private readonly int[][] _starting;
    private readonly int[][] _ending;

    // By their first step.
    private readonly Dictionary<int, Segment> _segments;
    private readonly GpuDevice _device;
    private readonly RegionProfile? _profile;
    private readonly int _kernels;

    // Those of runs that have ended, the last one on top.
    private readonly Stack<GpuFrame> _spare = new();
    private readonly Lock _gate = new();

    public GpuProgram(LoweredRegion region, GpuConstants constants, RegionProfile? profile = null)
    {
        (_region, _device, _profile) = (region, constants.Device, profile);
        Constants = Array.ConvertAll(region.Slots, slot => slot.Constant is { } literal ? constants.Get(literal) : null);
        var steps = new StepBuilder(region, constants, profile);
        _steps = steps.Build();
        FaultCount = steps.FaultCount;
        ScratchBytes = _steps.OfType<KernelStep>().SelectMany(step => step.Launches).Select(launch => launch.ScratchBytes).DefaultIfEmpty().Max();
        _starting = region.SlotsBy(region.Lives.First, SlotKind.Heap);
        foreach ((int at, int count) in steps.Joined)
        {
            _starting[at] = [.. _starting[at..(at + count)].SelectMany(slots => slots)];
            Array.Fill(_starting, [], at + 1, count - 1);
        }
        _ending = region.SlotsBy(region.Lives.Last, SlotKind.Heap, SlotKind.External);
        _segments = Segment.Of(_steps, _starting, _ending).ToDictionary(segment => segment.From);
        _kernels = _steps.OfType<KernelStep>().Sum(step => step.Launches.Count);
        _device.Memory.Add(this);
        OwnSlots = [.. Enumerable.Range(0, Slots.Length).Where(slot => Slots[slot].Kind is SlotKind.Heap or SlotKind.External)];
    }

    /// <summary>The graph that it runs, and the sizes for which; null for a region inside.</summary>
    public (Ir.Graph Graph, SizeBindings Sizes)? Source { get; init; }

    public override Ir.Graph? Graph => Source?.Graph;

    public override GpuDevice Device => _device;

    public override int ResultCount => _region.Results.Length;

    public Slot[] Slots => _region.Slots;

    /// <summary>The tensors of the slots that are constants.</summary>
    public TensorData?[] Constants { get; }

    public int InputCount => _region.Inputs.Length;

    public long ArenaBytes => _region.ArenaBytes;

    /// <summary>The slots whose tensors a run lets go at its end, if not before.</summary>
    public int[] OwnSlots { get; }

    /// <summary>Faults that its kernels may report.</summary>
    public int FaultCount { get; }

    /// <summary>The most scratch memory that a kernel of it uses.</summary>
    public long ScratchBytes { get; }

    /// <summary>Its steps, in order.</summary>
    public IReadOnlyList<GpuStep> Steps => _steps;

    /// <summary>Runs.</summary>
    /// <param name="inputs">One for each parameter.</param>
    /// <param name="results">Takes one for each result, the caller's to release or to let go.</param>
    /// <param name="cancellation">Stops the run at the next step.</param>
    /// <param name="donated">How many of the inputs, in front, may be written over where they have no other holder.</param>
    public void Run(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation, int donated)
    {
        GpuFrame frame = TakeFrame();
        try
        {
            frame.Begin(inputs, cancellation, donated);
            bool isTimed = _profile?.IsNextTimed() == true;
            for (int i = 0; i < _steps.Length;)
            {
                cancellation.ThrowIfCancellationRequested();
                Segment? segment = isTimed ? null : _segments.GetValueOrDefault(i);
                foreach (int slot in segment?.Starting ?? _starting[i]) frame.Allocate(slot);
                if (segment is not null) frame.Run(segment);
                else if (isTimed) RunTimed(_steps[i], frame);
                else _steps[i].Run(frame);
                foreach (int slot in segment?.Ending ?? _ending[i]) frame.LetGo(slot);
                i = segment?.To ?? i + 1;
            }
            frame.ThrowFaults();
            for (int i = 0; i < results.Length; i++) results[i] = frame.Take(_region.Results[i].Slot, _region.Results[i].Layout);
        }
        catch
        {
            frame.Release();
            throw;
        }
        finally
        {
            frame.End();
        }
        Keep(frame);
        _device.Queued(_kernels);
    }

    /// <summary>Gives back the memory of runs that have ended.</summary>
    public void LetGoFrames()
    {
        GpuFrame[] frames;
        lock (_gate)
        {
            frames = [.. _spare];
            _spare.Clear();
        }
        foreach (GpuFrame frame in frames) frame.Release();
    }

    /// <summary>Slots and steps as text.</summary>
    public string Dump() => _region.Describe(_steps.Select(step => step.Describe()));

    protected override void Execute(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation)
    {
        Run(inputs, results, cancellation, donated: 0);
        GpuMark mark = _device.Driver.Mark();
        foreach (TensorData result in results)
        {
            if (result.Buffer is GpuBuffer buffer) buffer.Written = mark;
        }
        _device.Driver.Flush();
    }

    private GpuFrame TakeFrame()
    {
        lock (_gate)
        {
            if (_spare.TryPop(out GpuFrame? spare)) return spare;
        }
        return new GpuFrame(this);
    }

    private void Keep(GpuFrame frame)
    {
        lock (_gate)
        {
            if (_spare.Count < MostFrames)
            {
                _spare.Push(frame);
                return;
            }
        }
        frame.Release();
    }

    // What is in the queue before it does not count.
    private void RunTimed(GpuStep step, GpuFrame frame)
    {
        _device.Driver.Finish();
        long start = Stopwatch.GetTimestamp();
        step.Run(frame);
        _device.Driver.Finish();
        long ticks = Stopwatch.GetTimestamp() - start;
        foreach ((CommandProfile profile, double part) in step.Times) profile.Took((long)(ticks * part));
    }

    private protected override DispatchFacts FindFacts() => DispatchFacts.Of(Source!.Value.Graph, Source.Value.Sizes);
}
