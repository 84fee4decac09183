using System.Collections.Concurrent;
using TensorGraph.Backends.Managed;

namespace TensorGraph.Backends.Lowering;

/// <summary>Constants of a plan on the device, shared by its programs.</summary>
internal sealed class ConstantPool(ManagedDevice device)
{
    private readonly ConcurrentDictionary<Literal, TensorData> _data = new();

    public ManagedDevice Device => device;

    public TensorData Get(Literal literal) => _data.GetOrAdd(literal, static (l, d) => d.From(l), device);
}
