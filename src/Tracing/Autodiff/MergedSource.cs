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
        var known = new Dictionary<Value, Value[]>();
        var rest = new Stack<Value>([source]);
        while (rest.TryPop(out var value))
        {
            if (!IsMerged(value))
                continue;
            bool isRecorded = nodes.Contains(value.Node);
            reached.UnionWith(value.Node.Types.Select((_, i) => value.Node[i])
                .Where(other => other != value && (isRecorded || (IsMerged(other) && MayBeOne(value, other, known)))));
            foreach (var same in SameAs(value, known).Select(build.OriginOf))
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
        (value.Node.Op == OpDefs.If || value.Node.Op == OpDefs.Switch || value.Node.Op == OpDefs.While || value.Node.Op == OpDefs.Scan
            || value.Node.Op == OpDefs.OnDevice)
        && !(value.Node.Op.Regions!.IsLoop && value.Index >= value.Node.Op.Regions.Carried(value.Node));

    // Two results of one node.
    private static bool MayBeOne(Value a, Value b, Dictionary<Value, Value[]> known) => SameAs(a, known).Intersect(SameAs(b, known)).Any()
        || a.Node.Regions.Skip(a.Node.Op.Regions!.Conditions).Any(region => region.Results[a.Index] is var x && region.Results[b.Index] is var y
            && (x == y || (x.Node == y.Node && IsMerged(x) && IsMerged(y) && MayBeOne(x, y, known))));

    // The inputs of the node that a result may be, unchanged.
    private static Value[] SameAs(Value result, Dictionary<Value, Value[]> known)
    {
        if (known.TryGetValue(result, out var found))
            return found;
        var (node, semantics) = (result.Node, result.Node.Op.Regions!);
        HashSet<int> places = semantics.IsLoop ? [result.Index] : [];
        int before;
        do
        {
            before = places.Count;
            int[] results = semantics.IsLoop ? [.. places.Where(place => place < semantics.Carried(node))] : [result.Index];
            foreach (var region in node.Regions.Skip(semantics.Conditions))
                places.UnionWith(results.SelectMany(i => PlacesOf(region, region.Results[i], known)));
        }
        while (places.Count > before);
        // A slice is new.
        return known[result] = [.. places.Where(place => place < semantics.Carried(node) || place >= semantics.Captures(node))
            .Select(place => node.Inputs[semantics.Selectors + place]).Distinct()];
    }

    // The parameters of a region that a value in it may be.
    private static HashSet<int> PlacesOf(Region region, Value value, Dictionary<Value, Value[]> known)
    {
        if (value.Node.Op == OpDefs.Parameter)
            return [region.Parameters.IndexOf(value.Node)];
        return IsMerged(value) ? [.. SameAs(value, known).SelectMany(same => PlacesOf(region, same, known))] : [];
    }
}
