using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>Replaces composites by their parts, until only primitives and claimed composites are left.</summary>
public static class ExpandComposites
{
    // Composites stand on composites, a few levels deep.
    private const int MostLevels = 32;

    /// <summary>The pass, for a back end that claims some composites.</summary>
    public static Pass Pass(Func<Node, bool> claims) => new(
        "expand", "replaces composite ops by their decompositions, but for those that the back end has kernels for",
        graph => Rewriter.Repeat(graph, () => new Walk(claims), MostLevels));

    private sealed class Walk(Func<Node, bool> claims) : Rewriter
    {
        protected override ImmutableArray<Value>? Replace(Node node)
        {
            if (!node.Op.IsComposite || claims(node))
                return null;
            var results = Builder.Inline(GraphBuilder.Expand(node), node.Inputs.AsSpan());
            Builder.Source = node.Source;
            return [.. results.Select((result, i) => Coerce(result, node.Types[i]))];
        }
    }
}
