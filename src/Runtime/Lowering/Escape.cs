using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// Which values must be in memory of their own: results, what a variable keeps, what inner regions take. Through a
/// reshape, and through a transpose that the producer can write directly, the value itself escapes: both share memory.
/// </summary>
internal static class Escape
{
    public static void Mark(BoundRegion region)
    {
        foreach (BoundValue result in region.Results) result.Node.Escapes = true;
        for (int i = region.Nodes.Count - 1; i >= 0; i--)
        {
            BoundNode bound = region.Nodes[i];
            bool passesOn = bound.Escapes && (bound.Op == OpDefs.Reshape || bound.Op == OpDefs.Transpose);
            bool keeps = bound.Op == OpDefs.AssignVariable || bound.Op == OpDefs.ListOf || bound.Op == OpDefs.ListSet
                || !bound.Node.Regions.IsEmpty || passesOn;
            if (!keeps) continue;
            foreach (BoundValue input in bound.Inputs) input.Node.Escapes = true;
        }
    }
}
