namespace TensorGraph.Ir;

/// <summary>
/// Makes the loops of a region keep what their gradients need (<see cref="OpDef.SaveResiduals"/>), so that nothing is computed twice. Runs on what is
/// differentiated afterwards: the graph of a call under a tape, an iteration, a branch. A trace under a tape does the same node by node, as it
/// records. Regions inside are left as they are: whatever differentiates them does it there.
/// </summary>
public sealed class SaveResiduals(GraphBuilder build) : RegionMapper(build)
{
    /// <summary>Emits a node that does the same and has residuals as further results; null for a node that has no need of them.</summary>
    public static Node? Of(GraphBuilder build, Node node)
    {
        if (node.Op.SaveResiduals is not { } rule)
            return null;
        var before = build.Source;
        build.Source = node.Source;
        try
        {
            return rule(build, node);
        }
        catch (GraphException none) when (none.Id == DiagnosticIds.NoGradient)
        {
            // The gradient, if it is asked for, throws this again.
            return null;
        }
        finally
        {
            build.Source = before;
        }
    }

    /// <inheritdoc/>
    protected override void Visit(Node node)
    {
        if (Of(Builder, node.With(Map(node.Inputs), node.Regions)) is { } saving)
            Set(node, saving);
        else
            Copy(node);
    }
}
