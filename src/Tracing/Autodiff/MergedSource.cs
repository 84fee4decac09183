using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// A source that a branch or loop of the graph gives. In C# it is the very tensor that a branch or iteration made, or that was there before, so that
/// what was computed from that one depends on the source too. The graph knows it as a new value, without these paths.
/// </summary>
internal static class MergedSource
{
    /// <summary>True where a target may depend on the source by a path that the graph does not know.</summary>
    /// <param name="build">Knows the names of the values.</param>
    /// <param name="source">The source.</param>
    /// <param name="nodes">What the tape has recorded.</param>
    /// <param name="targets">The targets.</param>
    public static bool HasOtherPaths(GraphBuilder build, Value source, IReadOnlyList<Node> nodes, IReadOnlyList<Value> targets)
    {
        if (!IsMerged(source))
            return false;
        HashSet<Value> reached = [];
        var rest = new Stack<Value>([source]);
        while (rest.TryPop(out var value))
        {
            if (!IsMerged(value))
                continue;
            bool isRecorded = nodes.Contains(value.Node);
            reached.UnionWith(value.Node.Types.Select((_, i) => value.Node[i])
                .Where(other => other != value && (isRecorded || (IsMerged(other) && MayBeOne(value, other)))));
            foreach (var same in SameAs(value).Select(build.OriginOf))
            {
                if (reached.Add(same))
                    rest.Push(same);
            }
        }

        reached.Remove(source);
        foreach (var node in nodes)
        {
            if (node != source.Node && node.Inputs.Any(input => reached.Contains(build.OriginOf(input))))
                reached.UnionWith(node.Types.Select((_, i) => node[i]));
        }

        return targets.Any(reached.Contains);
    }

    // What is stacked is new.
    private static bool IsMerged(Value value) =>
        (value.Node.Op == OpDefs.If || value.Node.Op == OpDefs.Switch || value.Node.Op == OpDefs.While || value.Node.Op == OpDefs.Scan)
        && !(value.Node.Op.Regions!.IsLoop && value.Index >= value.Node.Op.Regions.Carried(value.Node));

    // Two results of one node.
    private static bool MayBeOne(Value a, Value b) => SameAs(a).Intersect(SameAs(b)).Any()
        || a.Node.Regions.Skip(a.Node.Op.Regions!.Conditions).Any(region => region.Results[a.Index] == region.Results[b.Index]);

    // The inputs of the node that a result may be, unchanged.
    private static IEnumerable<Value> SameAs(Value result)
    {
        var (node, semantics) = (result.Node, result.Node.Op.Regions!);
        HashSet<int> places = semantics.IsLoop ? [result.Index] : [];
        int known;
        do
        {
            known = places.Count;
            int[] results = semantics.IsLoop ? [.. places.Where(place => place < semantics.Carried(node))] : [result.Index];
            foreach (var region in node.Regions.Skip(semantics.Conditions))
                places.UnionWith(results.SelectMany(i => PlacesOf(region, region.Results[i])));
        }
        while (places.Count > known);
        // A slice is new.
        return places.Where(place => place < semantics.Carried(node) || place >= semantics.Captures(node))
            .Select(place => node.Inputs[semantics.Selectors + place]);
    }

    // The parameters of a region that a value in it may be.
    private static IEnumerable<int> PlacesOf(Region region, Value value)
    {
        if (value.Node.Op == OpDefs.Parameter)
            return [region.Parameters.IndexOf(value.Node)];
        return IsMerged(value) ? SameAs(value).SelectMany(same => PlacesOf(region, same)) : [];
    }
}
