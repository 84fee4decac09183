using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// A source that a branch or loop of the graph gives. In C# it is the very tensor that a branch or iteration made, or that was there before, so that
/// what was computed from that one depends on the source too. The graph knows it as a new value, without these paths.
/// </summary>
/// <param name="build">Knows the values of the open blocks.</param>
/// <param name="names">Knows what results may be.</param>
/// <param name="path">What a tape would have seen in C#, in order.</param>
/// <param name="targets">The targets.</param>
internal sealed class MergedSource(GraphBuilder build, ValueNames names, IReadOnlyList<Node> path, IReadOnlyList<Value> targets)
{
    /// <summary>True where a target may depend on the source by a path that the graph does not know.</summary>
    /// <param name="source">The source.</param>
    /// <param name="recorded">What the tape has recorded.</param>
    public bool HasOtherPaths(Value source, IReadOnlySet<Node> recorded)
    {
        if (!ValueNames.IsMerged(source))
            return false;
        HashSet<Value> reached = [];
        var rest = new Stack<Value>([source]);
        while (rest.TryPop(out var value))
        {
            if (!ValueNames.IsMerged(value))
                continue;
            // A checkpoint is one node for a tape, in C# too.
            bool isRecorded = recorded.Contains(value.Node) && value.Node.Op != OpDefs.Checkpoint;
            reached.UnionWith(value.Node.Types.Select((_, i) => value.Node[i])
                .Where(other => other != value && (isRecorded || names.MayBeOne(value, other, build.OriginOf))));
            foreach (var same in names.SameAs(value).Select(build.OriginOf))
            {
                if (reached.Add(same))
                    rest.Push(same);
            }
        }

        reached.Remove(source);
        foreach (var result in build.OpenNodes.SelectMany(node => node.Types.Select((_, i) => node[i])).Where(result => result != source))
        {
            if (names.SameAs(result).Select(build.OriginOf).Any(reached.Contains))
                reached.Add(result);
        }

        return Reaches(reached, source);
    }

    /// <summary>True where a target depends on one of these values without the source.</summary>
    public bool Reaches(HashSet<Value> reached, Value source)
    {
        foreach (var node in path)
        {
            if (node != source.Node && node.PassesGradients && node.Inputs.Any(input => reached.Contains(build.OriginOf(input))))
                reached.UnionWith(node.Types.Select((_, i) => node[i]));
        }

        return targets.Any(reached.Contains);
    }
}
