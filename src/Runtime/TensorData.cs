namespace TensorGraph.Backends;

/// <summary>A concrete value: a type with constant sizes and its elements.</summary>
public sealed class TensorData
{
    private readonly Literal _value;

    private TensorData(Literal value) => _value = value;

    /// <summary>Type.</summary>
    public TensorType Type => _value.Type;

    /// <summary>Copies a host value to the device.</summary>
    public static TensorData From(Literal value) => new(value);

    /// <summary>Copies the value to the host.</summary>
    public Literal ToLiteral() => _value;
}
