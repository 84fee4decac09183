using System.Globalization;
using TensorGraph.Ir;
using TensorGraph.OnnxFormat;

namespace TensorGraph;

/// <summary>All graphs of a model share the names that are taken, and the constants, which are initializers of the outermost graph.</summary>
internal sealed class ModelParts
{
    // A message of protobuf has less than 2 GB; the nodes are small beside the weights.
    private const long MostBytes = int.MaxValue - (64 << 20);

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);
    private readonly Dictionary<Literal, string> _constants = [];
    private readonly Dictionary<object, string> _weights = new(ReferenceEqualityComparer.Instance);

    private long _bytes;

    /// <summary>Constants and weights, in order of their first use.</summary>
    public List<TensorProto> Initializers { get; } = [];

    /// <summary>A name that nothing else has.</summary>
    public string Unique(string wanted)
    {
        string name = wanted.Length == 0 ? "value" : wanted, unique = name;
        while (!_taken.Add(unique))
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{_next[name] = _next.GetValueOrDefault(name) + 1}");
        return unique;
    }

    /// <summary>Name of a constant; equal ones are one.</summary>
    public string Constant(Literal value)
    {
        if (!_constants.TryGetValue(value, out string? name))
            Add(_constants[value] = name = Unique("constant"), value.Type, () => value);
        return name;
    }

    /// <summary>Name of a variable or of a captured tensor, with the value that it has now.</summary>
    public string Weight(object owner, string wanted, TensorType type, Func<Literal> value)
    {
        if (!_weights.TryGetValue(owner, out string? name))
            Add(_weights[owner] = name = Unique(wanted), type, value);
        return name;
    }

    private void Add(string name, TensorType type, Func<Literal> value)
    {
        if (type.DType != DType.String && (_bytes += type.Shape.ElementCount.Value * type.DType.Size()) > MostBytes)
        {
            throw new GraphException(
                DiagnosticIds.NotInOnnx, $"{GraphExporter.Step}: the file would hold more than 2 GB with '{name}', {type}",
                "Export the model in parts, or with weights in f16.", SourceSpan.Capture());
        }

        Initializers.Add(TensorWriter.Of(name, value()));
    }
}
