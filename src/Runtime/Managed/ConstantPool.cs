using System.Collections.Concurrent;

namespace TensorGraph.Backends.Managed;

/// <summary>Constants of an executable in memory, shared by its programs.</summary>
internal sealed class ConstantPool(ManagedDevice device)
{
    private readonly ConcurrentDictionary<Literal, TensorData> _data = new();

    public ManagedDevice Device => device;

    public TensorData Get(Literal literal) => _data.GetOrAdd(literal, static (l, d) => d.From(l), device);
}
