using System.Collections.Concurrent;

namespace TensorGraph.Backends.Lowering;

/// <summary>Constants of a plan on the device, shared by its programs.</summary>
internal sealed class ConstantPool
{
    private readonly ConcurrentDictionary<Literal, TensorData> _data = new();

    public TensorData Get(Literal literal) => _data.GetOrAdd(literal, static l => TensorData.From(l));
}
