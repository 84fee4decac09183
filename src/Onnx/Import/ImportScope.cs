using TensorGraph.Ir;
using TensorGraph.OnnxFormat;

namespace TensorGraph;

/// <summary>The values of a model by name.</summary>
/// <param name="Value">A tensor or list.</param>
internal sealed record Imported(Value? Value)
{
    /// <summary>An empty list whose elements are of this type, and of a shape that its first use tells.</summary>
    public DType? EmptyOf { get; init; }

    /// <summary>A list without one of its elements.</summary>
    public (Value List, Value Index)? Erased { get; init; }

    /// <summary>True for the bits of a signed integer that are to count as an unsigned one.</summary>
    public bool IsUnsigned { get; init; }

    /// <summary>A constant of the file that has no node yet.</summary>
    public Func<Value>? Make { get; init; }
}

/// <summary>The names of a graph, of a branch or loop inside it, or of a function.</summary>
/// <param name="Outer">The scope around it, whose names it sees; null for a function.</param>
/// <param name="Attributes">Attributes of the call of a function.</param>
/// <param name="Opset">The version of the operators of a domain; null for one that the file does not name.</param>
internal sealed record ImportScope(
    ImportScope? Outer, IReadOnlyDictionary<string, AttributeProto> Attributes, Func<string, long?> Opset)
{
    private readonly Dictionary<string, Imported> _names = new(StringComparer.Ordinal);

    /// <summary>How many graphs and functions it is in.</summary>
    public int Depth { get; init; }

    public ImportScope Inner() => new(this, Attributes, Opset) { Depth = Depth + 1 };

    public Imported? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._names.TryGetValue(name, out var found))
                return found;
        }

        return null;
    }

    /// <summary>Gives a name a meaning; false if it has one in this scope.</summary>
    public bool TryAdd(string name, Imported item) => _names.TryAdd(name, item);
}
