using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>
/// One walk over a graph, inner blocks before the node that owns them, in which a subclass replaces nodes. Nodes that stay as they are keep
/// their identity, and a walk that replaces nothing returns the graph it was given. A block that two nodes share is walked once, and the block
/// of a <c>call</c> not at all: its names for sizes mean something else.
/// </summary>
public abstract class Rewriter
{
    private readonly Dictionary<Value, Value> _map = [];
    private readonly Dictionary<Region, Region> _regions = new(ReferenceEqualityComparer.Instance);

    /// <summary>Where replacements are emitted; it has the source of the node that is looked at.</summary>
    protected Build B { get; } = new();

    /// <summary>The rewritten graph.</summary>
    public Graph Run(Graph graph)
    {
        foreach (var assumption in graph.Assumptions)
            B.Assume(assumption);
        var results = Walk(graph.Entry);
        return Same(B.Body, graph.Entry.Body) && results.AsSpan().SequenceEqual(graph.Entry.Results.AsSpan()) ? graph : B.Finish(graph.Name, results.AsSpan());
    }

    /// <summary>
    /// What a node's results become, or null to keep it. The node's inputs and blocks are already the new ones. A replacement has the same types,
    /// since blocks and later nodes were typed with them.
    /// </summary>
    protected abstract ImmutableArray<Value>? Replace(Node node);

    /// <summary>Called when the walk goes into a block.</summary>
    protected virtual void Enter()
    {
    }

    /// <summary>Called when the walk leaves it.</summary>
    protected virtual void Leave()
    {
    }

    /// <summary>
    /// A value under another type with the same dtype and rank: sizes that differ in spelling are equal by the graph's assumptions.
    /// </summary>
    protected Value Coerce(Value value, TensorType type)
    {
        if (value.Type == type)
            return value;
        if (value.DType != type.DType || value.Shape.Rank != type.Rank)
            Throw.Internal($"a replacement is {value.Type} instead of {type}");
        return B.Reshape(value, type.Shape);
    }

    /// <summary>Runs a rewriter until it changes nothing, at most <paramref name="times"/> times.</summary>
    internal static Graph Repeat(Graph graph, Func<Rewriter> rewriter, int times)
    {
        for (int i = 0; i < times; i++)
        {
            var next = rewriter().Run(graph);
            if (ReferenceEquals(next, graph))
                break;
            graph = next;
        }

        return graph;
    }

    private ImmutableArray<Value> Walk(Region region)
    {
        Enter();
        foreach (var parameter in region.Parameters)
            B.Adopt(parameter);
        foreach (var node in region.Body)
            Walk(node);
        Leave();
        return Map(region.Results);
    }

    private void Walk(Node node)
    {
        var regions = node.Regions;
        for (int i = 0; i < regions.Length && node.Op != Op.Call; i++)
            regions = regions.SetItem(i, Rewrite(regions[i]));
        var current = node.With(Map(node.Inputs), regions);
        B.Source = node.Source;
        if (Replace(current) is not { } replacement)
        {
            B.Adopt(current);
            for (int i = 0; i < node.Types.Length && !ReferenceEquals(node, current); i++)
                _map[node[i]] = current[i];
            return;
        }

        if (!replacement.Select(value => value.Type).SequenceEqual(node.Types))
            Throw.Internal($"{node} was replaced by ({string.Join(", ", replacement.Select(value => value.Type))})");
        for (int i = 0; i < replacement.Length; i++)
            _map[node[i]] = replacement[i];
    }

    private Region Rewrite(Region region)
    {
        if (_regions.TryGetValue(region, out var known))
            return known;
        B.BeginRegion();
        var (result, captures) = B.EndRegion(Walk(region).AsSpan());
        if (!captures.IsEmpty)
            Throw.Internal($"a rewritten block captures {captures[0].Node}");
        bool same = Same(result.Body, region.Body) && result.Results.AsSpan().SequenceEqual(region.Results.AsSpan());
        return _regions[region] = same ? region : result;
    }

    private ImmutableArray<Value> Map(ImmutableArray<Value> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (_map.TryGetValue(values[i], out var mapped))
                values = values.SetItem(i, mapped);
        }

        return values;
    }

    private static bool Same(IReadOnlyList<Node> left, ImmutableArray<Node> right)
    {
        if (left.Count != right.Length)
            return false;
        for (int i = 0; i < right.Length; i++)
        {
            if (!ReferenceEquals(left[i], right[i]))
                return false;
        }

        return true;
    }
}
