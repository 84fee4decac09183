using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>
/// One walk over a graph, inner regions before the node that owns them, in which a subclass replaces nodes. Nodes that stay as they are keep
/// their identity, and a walk that replaces nothing returns the graph it was given. A region that two nodes share is walked once, and a region with
/// sizes of its own not at all: its names for sizes mean something else.
/// </summary>
public abstract class Rewriter() : RegionMapper(new GraphBuilder())
{
    private readonly Dictionary<Region, Region> _regions = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// The values that replace a node's results; null to keep it. The node's inputs and regions are already the new ones, and the builder has its
    /// source. A replacement has the same types, since regions and later nodes were typed with them.
    /// </summary>
    protected abstract ImmutableArray<Value>? Replace(Node node);

    /// <summary>
    /// A value under another type with the same dtype and rank: sizes that differ in spelling are equal by the graph's assumptions.
    /// </summary>
    protected Value Coerce(Value value, TensorType type)
    {
        if (value.Type == type)
            return value;
        if (value.DType != type.DType || value.Shape.Rank != type.Rank)
            Throw.Internal($"a replacement is {value.Type} instead of {type}");
        return Builder.Reshape(value, type.Shape);
    }

    /// <summary>Runs a rewriter until it changes nothing, at most <paramref name="times"/> times.</summary>
    internal static Graph Repeat(Graph graph, Func<Rewriter> rewriter, int times)
    {
        for (int i = 0; i < times; i++)
        {
            var next = rewriter().Map(graph);
            if (ReferenceEquals(next, graph))
                break;
            graph = next;
        }

        return graph;
    }

    /// <inheritdoc/>
    public sealed override Region Map(Region region) => _regions.TryGetValue(region, out var known) ? known : _regions[region] = base.Map(region);

    /// <inheritdoc/>
    protected sealed override void Visit(Node node)
    {
        var regions = node.Regions;
        for (int i = 0; i < regions.Length && node.Op.Regions is not { OwnsSizes: true }; i++)
            regions = regions.SetItem(i, Map(regions[i]));
        var current = node.With(Map(node.Inputs), regions);
        Builder.Source = node.Source;
        if (Replace(current) is not { } replacement)
        {
            Builder.Adopt(current);
            Set(node, current);
            return;
        }

        if (!replacement.Select(value => value.Type).SequenceEqual(node.Types))
            Throw.Internal($"{node} was replaced by ({string.Join(", ", replacement.Select(value => value.Type))})");
        for (int i = 0; i < replacement.Length; i++)
            this[node[i]] = replacement[i];
    }
}
