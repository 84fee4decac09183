using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Gradients of values and of variables; null where the target does not depend on a source.</summary>
/// <param name="Sources">One for each source value.</param>
/// <param name="Variables">One for each variable.</param>
public sealed record Gradients(ImmutableArray<Value?> Sources, ImmutableArray<Value?> Variables);

/// <summary>
/// Reverse mode over a list of nodes in program order. The rules come from the ops and emit through the builder they are given, so one
/// implementation serves graphs (nodes are appended) and imperative tapes (nodes run at once).
/// </summary>
public static class Gradient
{
    /// <summary>Pulls gradients back from targets to sources and variables.</summary>
    /// <param name="build">Where gradient nodes go.</param>
    /// <param name="nodes">What was recorded, in program order.</param>
    /// <param name="seeds">Targets with the gradients they start from.</param>
    /// <param name="sources">Values to differentiate by.</param>
    /// <param name="variables">Variables to differentiate by: the sum over all their reads.</param>
    /// <param name="names">
    /// Branches among the nodes that were not recorded, but may give a value from around them by another name: gradients pass them where they do.
    /// </param>
    /// <exception cref="GraphException">TG4001 when an op on the path has no gradient, TG4002 when a loop is among the names.</exception>
    public static Gradients Backward(
        GraphBuilder build, IReadOnlyList<Node> nodes, IEnumerable<(Value Target, Value Gradient)> seeds, IReadOnlyList<Value> sources,
        IReadOnlyList<Resource> variables, IReadOnlySet<Node>? names = null)
    {
        var sweep = new Sweep(build, sources, variables, names);
        foreach (var (target, gradient) in seeds)
            sweep.Add(target, gradient);
        sweep.Run(nodes);
        return new([.. sources.Select(sweep.Find)], [.. variables.Select(sweep.Find)]);
    }

    /// <summary>Gradients of a node's inputs through a block that computes the same; common subexpressions unite again in the passes.</summary>
    internal static ImmutableArray<Value?> Through(VjpContext c, Region same)
    {
        var map = new RegionMapper(c.Builder);
        // The node may be one of a block around that of the copies.
        Value[] inputs = [.. c.Node.Inputs.Select(c.Builder.InBlock)];
        for (int i = 0; i < inputs.Length; i++)
            map[same.Parameters[i][0]] = inputs[i];
        var copies = same.Body.Select(map.Copy).ToArray();
        var seeds = same.Results.Select((result, i) => (map[result], c.Gradients[i])).Where(seed => seed.Item2 is not null)
            .Select(seed => (seed.Item1, seed.Item2!.Value));
        var found = Backward(c.Builder, copies, seeds, inputs, []).Sources;
        // A value that is an input twice has one gradient, which must not count twice.
        return [.. found.Select((gradient, i) => c.Node.Inputs.IndexOf(c.Node.Inputs[i]) == i ? gradient : null)];
    }

    private sealed class Sweep
    {
        private readonly GraphBuilder _build;
        private readonly Dictionary<Value, Value> _gradients = [];
        private readonly Dictionary<Resource, Value?> _variables = [];
        private readonly IReadOnlyList<Value> _sources;
        private readonly Dependence _dependent;
        private readonly IReadOnlySet<Node>? _names;

        public Sweep(GraphBuilder build, IReadOnlyList<Value> sources, IReadOnlyList<Resource> variables, IReadOnlySet<Node>? names)
        {
            _build = build;
            _names = names;
            _sources = sources;
            _dependent = new(_variables.ContainsKey, build.OriginOf);
            foreach (var variable in variables)
                _variables[variable] = null;
        }

        // A block and the branches in it name one value differently.
        public Value? Find(Value source) => _gradients.TryGetValue(_build.OriginOf(source), out var gradient) ? gradient : null;

        public Value? Find(Resource variable) => _variables[variable];

        public void Add(Value target, Value gradient) =>
            _gradients[_build.OriginOf(target)] = Find(target) is { } sum ? _build.Add(sum, gradient) : gradient;

        public void Run(IReadOnlyList<Node> nodes)
        {
            var useful = Useful(nodes);
            for (int i = nodes.Count - 1; i >= 0; i--)
            {
                if (useful.Contains(nodes[i]))
                    Pull(nodes[i]);
            }
        }

        // Nodes that depend on a source or a variable: only these need rules.
        private HashSet<Node> Useful(IReadOnlyList<Node> nodes)
        {
            foreach (var source in _sources)
                _dependent.Add(source);
            var known = new ValueNames();
            return [.. nodes.Where(node => IsNames(node) ? _dependent.Visit(node, known) : _dependent.Visit(node))];
        }

        private bool IsNames(Node node) => _names?.Contains(node) == true;

        private void Pull(Node node)
        {
            ImmutableArray<Value?> outer = [.. node.Types.Select((_, i) => _dependent.Contains(node[i]) ? Find(node[i]) : null)];
            if (outer.All(gradient => gradient is null))
                return;
            if (node.Op == OpDefs.ReadVariable)
            {
                AddVariable(node.Attrs.Get<Resource>("var"), outer[0]!.Value);
                return;
            }

            if (node.Op.AccumulateVjp is { } into && node.Types[0].DType.IsFloat())
            {
                var read = node.Inputs[0];
                _gradients[_build.OriginOf(read)] = into(new VjpContext(_build, node, outer, AddVariable), Find(read) ?? _build.Zeros(read.Type));
                return;
            }

            var inner = Rule(node, outer);
            for (int i = 0; i < inner.Length; i++)
            {
                if (inner[i] is not { } gradient || !node.Inputs[i].DType.IsFloat())
                    continue;
                Add(node.Inputs[i], node.Op.Is(Traits.Pointwise) ? _build.SumTo(gradient, node.Inputs[i].Shape) : gradient);
            }
        }

        private void AddVariable(Resource variable, Value gradient)
        {
            if (_variables.TryGetValue(variable, out var sum))
                _variables[variable] = sum is { } before ? _build.Add(before, gradient) : gradient;
        }

        private ImmutableArray<Value?> Rule(Node node, ImmutableArray<Value?> outer)
        {
            if (node.Op.Is(Traits.NoGradient) || node.Types.All(type => !type.DType.IsFloat()))
                return [];
            var context = new VjpContext(_build, node, outer, AddVariable);
            if (IsNames(node) && node.Op.Regions is not null)
                return ControlGradient.PullNames(context);
            if ((node.Attrs.Get<CustomGradient?>("gradient", null)?.Rule ?? node.Op.Vjp) is { } rule)
                return rule(context);
            if (node.Op.IsComposite)
                return Through(context, GraphBuilder.Expand(node));
            throw new GraphException(
                DiagnosticIds.NoGradient, $"{node.Op.Name}: has no gradient", "Compute the target without it, or wrap it in Ops.StopGradient.",
                node.Source.OrCaller());
        }
    }
}
