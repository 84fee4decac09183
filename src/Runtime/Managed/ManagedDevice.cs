using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// The processor that the program runs on, without native libraries: fused loops as IL, a packed matrix product, native memory from a pool, worker
/// threads.
/// </summary>
public sealed class ManagedDevice : Device
{
    private readonly ImperativePrograms<ManagedProgram> _programs;
    private readonly ConcurrentDictionary<string, long> _peaks = new(StringComparer.Ordinal);
    private readonly Lazy<ProductLibrary?> _products;

    internal ManagedDevice()
        : this("managed", () => ProductLibrary.Named(Flags.Get("BLAS")))
    {
    }

    /// <summary>A device beside the default one, which takes products from a library.</summary>
    internal ManagedDevice(string name, Func<ProductLibrary?> products)
        : base(name)
    {
        _products = new(products);
        Memory = new MemoryPool(this);
        _programs = new(this, graph => new ManagedProgram(
            RegionBuilder.Lower(Legalize.Run(graph).Entry, SizeBindings.Empty), new ConstantPool(this)) { Source = (graph, SizeBindings.Empty) });
    }

    /// <summary>False in a process without dynamic code, as one that was compiled ahead of time.</summary>
    public override bool IsAvailable => RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>Threads that a kernel may use, the caller among them. The results do not depend on it.</summary>
    public int Threads
    {
        get => Workers.Threads;
        set => Workers.Threads = value;
    }

    /// <summary>Bytes in tensors that are, as far as is known, alive; those of a few hundred bytes share slabs, which count as a whole.</summary>
    public long LiveBytes => Memory.LiveBytes;

    /// <summary>Bytes that are free and kept for the next tensors.</summary>
    public long PooledBytes => Memory.PooledBytes;

    /// <inheritdoc/>
    public override MemoryStatistics MemoryStatistics => new(Memory.LiveBytes, Memory.PooledBytes, Memory.PeakBytes) { PeakByGraph = _peaks };

    /// <inheritdoc/>
    public override long MemoryLimit
    {
        get => Memory.Limit;
        set => Memory.Limit = CheckedLimit(value);
    }

    /// <inheritdoc/>
    internal override unsafe void WithDestination<T>(TensorLayout layout, Span<T> memory, Action<TensorData?> run)
    {
        fixed (T* start = memory) run(new TensorData(layout, new ManagedBuffer(this, (byte*)start, layout.Bytes)));
    }

    /// <summary>Counts <see cref="MemoryStatistics.PeakBytes"/> anew, from the bytes that are alive now: to measure a part of a program.</summary>
    public void ResetPeakMemory() => Memory.ResetPeak();

    /// <summary>Programs of single ops that are kept.</summary>
    public int CachedPrograms => _programs.Count;

    internal MemoryPool Memory { get; }

    internal WorkerPool Workers { get; } = new();

    internal KernelCache Kernels { get; } = new();

    /// <summary>Takes matrix products and convolutions; null for the device's own.</summary>
    internal ProductLibrary? Products => _products.Value;

    /// <summary>Remembers the most memory that a graph took at once.</summary>
    internal void NotePeak(string graph, long bytes)
    {
        long peak = _peaks.AddOrUpdate(graph, bytes, (_, known) => Math.Max(known, bytes));
        if (peak == bytes) GraphEvents.GraphPeak(graph, this, bytes);
    }

    /// <inheritdoc/>
    public override Executable Compile(Ir.Graph graph) => new ManagedExecutable(this, Legalize.Run(graph));

    /// <inheritdoc/>
    protected override SpecializedProgram Specialize(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs) => _programs.Find(op, attrs, inputs);

    /// <inheritdoc/>
    protected override TensorData RunPure(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs)
    {
        TensorData result = null!;
        _programs.Find(op, attrs, inputs).Run(inputs, new Span<TensorData>(ref result), CancellationToken.None);
        return result;
    }

    /// <inheritdoc/>
    protected override TensorData AllocateElements(TensorLayout layout) => new(layout, Memory.Allocate(layout.Bytes, out long offset), offset);
}
