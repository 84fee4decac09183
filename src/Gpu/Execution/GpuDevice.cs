using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// Runs graphs as kernels of its driver's language. A command without a kernel runs on the managed device, on copies in the memory of the host.
/// </summary>
internal sealed class GpuDevice : Device
{
    private readonly ConcurrentDictionary<string, MadeOnce<GpuModule>> _modules = new(StringComparer.Ordinal);
    private readonly ImperativePrograms<GpuProgram> _programs;
    private readonly RunAhead _runAhead;
    private long _replays;

    public GpuDevice(string name, GpuDriver driver)
        : base(name)
    {
        Driver = driver;
        driver.Lost = Lose;
        Memory = new GpuMemory(this, driver);
        driver.MakeRoom = Memory.MakeRoom;
        _runAhead = new RunAhead(driver);
        _programs = new(this, graph => new GpuProgram(
            RegionBuilder.Lower(Legalize.Run(graph).Entry, SizeBindings.Empty, Lowered), new GpuConstants(this))
        {
            Source = (graph, SizeBindings.Empty),
        });
    }

    /// <summary>How regions are lowered: one command after another, on whole values.</summary>
    public static ForkOptions Lowered { get; } = ForkOptions.None with { HasTiles = false };

    public GpuDriver Driver { get; }

    public GpuMemory Memory { get; }

    public override MemoryStatistics MemoryStatistics => Memory.Statistics;

    public override long MemoryLimit
    {
        get => Memory.Limit;
        set => Memory.Limit = CheckedLimit(value);
    }

    internal override IDeviceWork? Work
    {
        get
        {
            if (IsLost) return null;
            GpuMark mark = Driver.Mark();
            Driver.Flush();
            return mark;
        }
    }

    public override Executable Compile(Ir.Graph graph) => new GpuExecutable(this, Legalize.Run(graph));

    /// <summary>Runs of recorded kernels.</summary>
    public long Replays => Volatile.Read(ref _replays);

    /// <summary>Counts a run of recorded kernels.</summary>
    public void CountReplay() => Interlocked.Increment(ref _replays);

    /// <summary>Notes kernels that were put into the queue; waits while too many are there.</summary>
    public void Queued(int kernels) => _runAhead.Add(kernels);

    /// <summary>The compiled form of a kernel's text, made once.</summary>
    public GpuModule Module(string source) => _modules.GetOrAdd(source, text => new(() => Driver.Build(text))).Value;

    protected override SpecializedProgram Specialize(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs) => _programs.Find(op, attrs, inputs);

    protected override TensorData AllocateElements(TensorLayout layout) => new(layout, new GpuBuffer(this, Memory.Allocate(layout.Bytes)));
}

/// <summary>Constants of an executable in the device's memory, shared by its programs. One goes with the last region that has it.</summary>
internal sealed class GpuConstants(GpuDevice device)
{
    private readonly ConditionalWeakTable<Literal, TensorData> _data = [];

    public GpuDevice Device => device;

    public TensorData Get(Literal literal) => _data.GetValue(literal, device.From);
}
