using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>
/// Drops nodes that neither write anything nor are needed, and what control flow carries in vain: results without use, captures and sequences
/// that no region reads, carried values that only feed themselves. The graph's own parameters and results stay.
/// </summary>
public static class DeadCode
{
    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new(
        "dead-code", "drops nodes without effects whose results are not used, and unused results, captures and carried values of control flow",
        graph => new Trim(new Liveness(graph)).Map(graph));

    private sealed class Trim(Liveness live) : RegionMapper(new GraphBuilder())
    {
        protected override void Visit(Node node)
        {
            if (!live.IsLive(node))
                return;
            if (node.Op.Regions is { OwnsSizes: false } flow)
                Control(node, flow);
            else
                Keep(node, node.Regions);
        }

        private void Control(Node node, RegionSemantics flow)
        {
            int selectors = flow.Selectors, carried = flow.Carried(node), captures = flow.Captures(node);
            int[] inputs = [.. Enumerable.Range(0, node.Inputs.Length - selectors).Where(i => live.NeedsParameter(node, i))];
            int[] results = [.. Enumerable.Range(0, node.Types.Length)
                .Where(i => i < carried ? live.NeedsParameter(node, i) : live.NeedsResult(node, i))];
            var regions = node.Regions;
            for (int i = 0; i < regions.Length; i++)
                regions = regions.SetItem(i, Map(regions[i], inputs, i < flow.Conditions
                    ? [.. Enumerable.Range(0, regions[i].Results.Length)]
                    : results));
            if (inputs.Length + selectors == node.Inputs.Length && results.Length == node.Types.Length)
            {
                Keep(node, regions);
                return;
            }

            Builder.Source = node.Source;
            var attrs = flow.Recount(node.Attrs, inputs.Count(i => i < carried), inputs.Count(i => i >= carried && i < captures));
            var copy = Builder.Emit(node.Op, attrs, Map([.. node.Inputs[..selectors], .. inputs.Select(i => node.Inputs[selectors + i])]).AsSpan(),
                regions);
            for (int i = 0; i < results.Length; i++)
                this[node[results[i]]] = copy[i];
        }
    }
}
