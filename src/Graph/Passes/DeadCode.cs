using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>
/// Drops nodes that neither write anything nor are needed, and what control flow carries in vain: results nobody uses, captures and sequences
/// that no block reads, carried values that only feed themselves. The graph's own parameters and results stay.
/// </summary>
public static class DeadCode
{
    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new(
        "dead-code", "drops nodes without effects whose results are not used, and unused results, captures and carried values of control flow", Apply);

    private static Graph Apply(Graph graph)
    {
        var build = new Build();
        foreach (var assumption in graph.Assumptions)
            build.Assume(assumption);
        var trim = new Trim(build, new Liveness(graph));
        var results = trim.Block(graph.Entry.Parameters, graph.Entry, graph.Entry.Results);
        return trim.Changed ? build.Finish(graph.Name, results.AsSpan()) : graph;
    }

    private sealed class Trim(Build build, Liveness live)
    {
        private readonly Dictionary<Value, Value> _map = [];

        public bool Changed { get; private set; }

        public ImmutableArray<Value> Block(IEnumerable<Node> parameters, Region region, IEnumerable<Value> results)
        {
            foreach (var parameter in parameters)
                build.Adopt(parameter);
            foreach (var node in region.Body)
            {
                if (!live.IsLive(node))
                    Changed = true;
                else if (Wiring.Describes(node.Op))
                    Control(node);
                else
                    Keep(node, node.Regions);
            }

            return [.. results.Select(Map)];
        }

        private void Keep(Node node, ImmutableArray<Region> regions)
        {
            var copy = node.With([.. node.Inputs.Select(Map)], regions);
            build.Adopt(copy);
            for (int i = 0; i < node.Types.Length; i++)
                _map[node[i]] = copy[i];
        }

        private void Control(Node node)
        {
            int selectors = Wiring.Selectors(node), carried = Wiring.Carried(node), captures = Wiring.Captures(node);
            int[] inputs = [.. Enumerable.Range(0, node.Inputs.Length - selectors).Where(i => live.NeedsParameter(node, i))];
            int[] results = [.. Enumerable.Range(0, node.Types.Length).Where(i => i < carried ? live.NeedsParameter(node, i) : live.NeedsResult(node, i))];
            var regions = node.Regions;
            for (int i = 0; i < regions.Length; i++)
                regions = regions.SetItem(i, Block(node, i, inputs, results));
            if (inputs.Length + selectors == node.Inputs.Length && results.Length == node.Types.Length)
            {
                Keep(node, regions);
                return;
            }

            Changed = true;
            var attrs = node.Attrs;
            if (node.Op == Op.While || node.Op == Op.Scan)
                attrs = attrs.Without("stacks").With("carried", (long)inputs.Count(i => i < carried));
            if (node.Op == Op.Scan)
                attrs = attrs.With("sequences", (long)inputs.Count(i => i >= carried && i < captures));
            build.Source = node.Source;
            var kept = node.Inputs.Take(selectors).Concat(inputs.Select(i => node.Inputs[selectors + i])).Select(Map);
            var copy = build.Emit(node.Op, attrs, kept.ToArray(), regions);
            for (int i = 0; i < results.Length; i++)
                _map[node[results[i]]] = copy[i];
        }

        private Region Block(Node owner, int index, int[] parameters, int[] results)
        {
            var region = owner.Regions[index];
            bool isBody = owner.Op != Op.While || index == 1;
            var keptParameters = parameters.Select(i => region.Parameters[i]).ToArray();
            var keptResults = isBody ? results.Select(i => region.Results[i]) : region.Results;
            bool outer = Changed;
            Changed = keptParameters.Length < region.Parameters.Length || (isBody && results.Length < region.Results.Length);
            build.BeginRegion();
            var (trimmed, _) = build.EndRegion(Block(keptParameters, region, keptResults).AsSpan());
            bool same = !Changed;
            Changed |= outer;
            return same ? region : trimmed;
        }

        private Value Map(Value value) => _map.GetValueOrDefault(value, value);
    }
}
