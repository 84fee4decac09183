using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>A variable whose value lives on the device.</summary>
public sealed class VariableResource(string name, TensorType type) : Resource(name, ResourceKind.Variable, type)
{
    /// <summary>The current value.</summary>
    public TensorData? Value { get; set; }

    /// <inheritdoc/>
    public override Literal? HostValue
    {
        get => Value?.ToLiteral();
        set => Value = value is null ? null : TensorData.From(value);
    }
}
