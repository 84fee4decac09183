using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// A branch or loop that a tape recorded because of other sources, and a tensor that it takes and the tape watches later. In C# the tape has not seen
/// what was computed in there from that tensor alone; the gradient of the node would count it.
/// </summary>
/// <param name="names">Knows what results may be.</param>
/// <param name="isWatched">The variables that the tape watches.</param>
internal sealed class LateWatch(ValueNames names, Predicate<Resource> isWatched)
{
    /// <summary>True where a region of a node computes from a tensor and from nothing that the tape has recorded.</summary>
    /// <param name="node">The branch or loop.</param>
    /// <param name="isLate">The tensor, by all its names.</param>
    /// <param name="isTracked">What the tape has recorded.</param>
    public bool ComputesAlone(Node node, Predicate<Value> isLate, Predicate<Value> isTracked) =>
        node.Op.Regions is { OwnsSizes: false } && node.Op != OpDefs.Checkpoint
        && node.Regions.Skip(node.Op.Regions.Conditions).Any(region => ComputesAlone(node, region, isLate, isTracked));

    private bool ComputesAlone(Node node, Region region, Predicate<Value> isLate, Predicate<Value> isTracked)
    {
        var semantics = node.Op.Regions!;
        HashSet<Value> late = [], tracked = [];
        foreach (var (i, parameter) in region.Parameters.Index())
        {
            var input = node.Inputs[semantics.Selectors + i];
            // A slice is new.
            if (isLate(input) && (i < semantics.Carried(node) || i >= semantics.Captures(node)))
                late.Add(parameter[0]);
            if (isTracked(input))
                tracked.Add(parameter[0]);
        }

        // What ends an iteration begins the next one.
        int before;
        do
        {
            before = late.Count + tracked.Count;
            if (region.Body.Any(part => ComputesAlone(part, late, tracked)))
                return true;
            for (int i = 0; i < semantics.Carried(node); i++)
            {
                if (late.Contains(region.Results[i]))
                    late.Add(region.Parameters[i][0]);
                if (tracked.Contains(region.Results[i]))
                    tracked.Add(region.Parameters[i][0]);
            }
        }
        while (late.Count + tracked.Count > before);
        return false;
    }

    private bool ComputesAlone(Node part, HashSet<Value> late, HashSet<Value> tracked)
    {
        bool isTracked = part.Inputs.Any(tracked.Contains) || part.Effects.Any(effect => !effect.IsWrite && isWatched(effect.Resource));
        for (int i = 0; i < part.Types.Length; i++)
        {
            if (isTracked)
                tracked.Add(part[i]);
            if (names.SameAs(part[i]).Any(late.Contains))
                late.Add(part[i]);
        }

        // A checkpoint is one node for a tape, in C# too.
        if (ValueNames.IsMerged(part[0]) && part.Op != OpDefs.Checkpoint)
            return ComputesAlone(part, late.Contains, tracked.Contains);
        return !isTracked && part.PassesGradients && part.Inputs.Any(late.Contains);
    }
}
