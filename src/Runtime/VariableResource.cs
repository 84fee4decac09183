using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>
/// A variable whose value stays on the device. An assignment replaces the tensor; it never writes into it, so tensors read
/// before keep their value. The memory of the old one is free again once nobody holds it.
/// </summary>
public sealed class VariableResource(string name, TensorType type) : Resource(name, ResourceKind.Variable, type)
{
    private readonly Lock _gate = new();
    private TensorData? _data;

    /// <summary>The current value; null before the first assignment.</summary>
    public TensorData? Value
    {
        get => _data is null ? null : Read();
        set
        {
            value?.Retain();
            Assign(value);
        }
    }

    /// <inheritdoc/>
    public override Literal? HostValue
    {
        get => Value?.ToLiteral();
        set => Assign(value is null ? null : (_data?.Device ?? Device.Current).From(value));
    }

    /// <summary>The value, with one more holder.</summary>
    internal TensorData Read()
    {
        lock (_gate)
        {
            TensorData data = _data ?? throw new GraphException(
                DiagnosticIds.VariableCreation, $"read_variable: variable {this} has no value", "Assign it before it is read.");
            data.Retain();
            return data;
        }
    }

    /// <summary>The state of a random generator, with one more holder; it moves on in the same step.</summary>
    internal TensorData AdvanceRandom(long blocks)
    {
        lock (_gate)
        {
            TensorData before = Read();
            Assign((before.Device ?? Device.Current).From(Op.Advanced(before.ToLiteral(), blocks)));
            return before;
        }
    }

    /// <summary>Takes over a tensor, with its holder.</summary>
    internal void Assign(TensorData? data)
    {
        TensorData? old;
        lock (_gate)
        {
            old = _data;
            _data = data;
        }
        old?.Release();
    }
}
