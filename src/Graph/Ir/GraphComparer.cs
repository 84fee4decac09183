using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Structural equality of graphs: same names, types, ops, attributes and wiring in the same order. Sources do not count; resources are
/// equal when they are used alike, and agree in kind and type.
/// </summary>
public sealed class GraphComparer
{
    private readonly Dictionary<Value, Value> _values = [];
    private readonly Dictionary<Resource, Resource> _resources = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Resource> _taken = new(ReferenceEqualityComparer.Instance);

    private GraphComparer()
    {
    }

    /// <summary>The first difference in words, or null when the graphs are equal.</summary>
    public static string? Difference(Graph left, Graph right)
    {
        if (left.Name != right.Name)
            return $"names: {left.Name} and {right.Name}";
        var assumptions = left.Assumptions.Select(a => (a.Left, a.Relation, a.Right, a.Op));
        if (!assumptions.SequenceEqual(right.Assumptions.Select(a => (a.Left, a.Relation, a.Right, a.Op))))
            return "assumptions";
        return new GraphComparer().Difference(left.Entry, right.Entry);
    }

    private string? Difference(Region left, Region right)
    {
        if (left.Parameters.Length != right.Parameters.Length || left.Body.Length != right.Body.Length)
            return $"block of {left.Parameters.Length} parameters and {left.Body.Length} nodes, block of {right.Parameters.Length} and {right.Body.Length}";
        foreach (var (a, b) in left.Parameters.Zip(right.Parameters).Concat(left.Body.Zip(right.Body)))
        {
            if (Difference(a, b) is { } difference)
                return difference;
        }

        return Same(left.Results, right.Results) ? null : "results of a block";
    }

    private string? Difference(Node left, Node right)
    {
        if (left.Op != right.Op || !left.Types.AsSpan().SequenceEqual(right.Types.AsSpan()) || !Same(left.Inputs, right.Inputs)
            || left.Regions.Length != right.Regions.Length)
            return $"{left} and {right}";
        if (!Same(left.Attrs, right.Attrs))
            return $"attributes of {left}: {string.Join(", ", left.Attrs)} and {string.Join(", ", right.Attrs)}";
        foreach (var (a, b) in left.Regions.Zip(right.Regions))
        {
            if (Difference(a, b) is { } difference)
                return difference;
        }

        for (int i = 0; i < left.Types.Length; i++)
            _values[left[i]] = right[i];
        return null;
    }

    private bool Same(ImmutableArray<Value> left, ImmutableArray<Value> right) =>
        left.Length == right.Length && left.Zip(right).All(pair => _values.TryGetValue(pair.First, out var partner) && partner == pair.Second);

    private bool Same(Attrs left, Attrs right)
    {
        if (left.Equals(right))
            return true;
        return left.Count == right.Count && left.Zip(right).All(pair =>
            pair.First.Key == pair.Second.Key
            && (pair.First.Value is Resource a && pair.Second.Value is Resource b
                ? Same(a, b)
                : Attrs.Of("", pair.First.Value).Equals(Attrs.Of("", pair.Second.Value))));
    }

    private bool Same(Resource left, Resource right)
    {
        if (_resources.TryGetValue(left, out var partner))
            return ReferenceEquals(partner, right);
        _resources[left] = right;
        return _taken.Add(right) && left.Kind == right.Kind && left.Type == right.Type;
    }
}
