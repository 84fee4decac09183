using System.Collections.Concurrent;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Managed;

/// <summary>Compiled kernels of a device, by text: sizes are arguments, so a program makes few.</summary>
internal sealed class KernelCache
{
    // Programs hold their kernels, so a cache that has seen more than this may start over.
    private const int MaxKernels = 10_000;

    private readonly ConcurrentDictionary<string, Lazy<LoopCode>> _compiled = new(StringComparer.Ordinal);

    public int Count => _compiled.Count;

    public LoopCode Get(LoopKernel kernel)
    {
        if (_compiled.Count >= MaxKernels && !_compiled.ContainsKey(kernel.Text)) _compiled.Clear();
        return _compiled.GetOrAdd(kernel.Text, _ => new Lazy<LoopCode>(() => IlEmitter.Emit(kernel, LaneSet.MachineWidth))).Value;
    }
}
