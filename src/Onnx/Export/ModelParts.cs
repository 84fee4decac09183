using System.Globalization;
using TensorGraph.OnnxFormat;

namespace TensorGraph;

/// <summary>All graphs of a model share the names that are taken, and the constants, which are initializers of the outermost graph.</summary>
internal sealed class ModelParts
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);
    private readonly Dictionary<Literal, string> _constants = [];
    private readonly Dictionary<object, string> _weights = new(ReferenceEqualityComparer.Instance);

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
            Initializers.Add(TensorWriter.Of(_constants[value] = name = Unique("constant"), value));
        return name;
    }

    /// <summary>Name of a variable or of a captured tensor, with the value that it has now.</summary>
    public string Weight(object owner, string wanted, Func<Literal> value)
    {
        if (!_weights.TryGetValue(owner, out string? name))
            Initializers.Add(TensorWriter.Of(_weights[owner] = name = Unique(wanted), value()));
        return name;
    }
}
