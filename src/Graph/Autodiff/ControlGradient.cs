using System.Collections.Immutable;
using TensorGraph.Passes;

namespace TensorGraph.Ir;

/// <summary>
/// Gradient of <c>if</c>, <c>switch</c>, <c>on_device</c> and <c>checkpoint</c>: a node of the same kind, whose blocks compute the forward block
/// again and pull gradients back through it. Computing again is right because the copy is pure: variables are not read again but come in as they
/// were (<see cref="Functionalize"/>).
/// </summary>
internal static class ControlGradient
{
    public static ImmutableArray<Value?> Pull(VjpContext c) => Pull(c, ofNames: false);

    /// <summary>Gradients of the inputs that a branch gives as they are: what it computes is constant.</summary>
    /// <exception cref="GraphException">TG4002 for a loop.</exception>
    public static ImmutableArray<Value?> PullNames(VjpContext c) => !c.Node.Op.Regions!.IsLoop ? Pull(c, ofNames: true) : throw new GraphException(
        DiagnosticIds.BadGradientTarget, "gradient: the target depends on what a loop gives, which may be a tensor that the tape watches later",
        "Make it a tensor of its own behind the loop: y = y * 1; or call tape.Watch ahead of the loop.", c.Node.Source.OrCaller());

    private static ImmutableArray<Value?> Pull(VjpContext c, bool ofNames)
    {
        var node = c.Node;
        int selectors = node.Op.Regions!.Selectors;
        var variables = Functionalize.VariablesOf(node);
        var states = variables.Select(variable => c.Builder.ReadBefore(node, variable) ?? throw AlreadyRan(node, variable)).ToArray();
        int[] seeds = [.. Enumerable.Range(0, node.Types.Length).Where(i => c.Gradients[i] is not null && node.Types[i].DType.IsFloat())];

        Block[] blocks =
            [.. node.Regions.Select(region => new Block(node.IsPure ? region : Functionalize.Of(region, variables), seeds, node, ofNames))];
        int arguments = node.Inputs.Length - selectors + states.Length;
        int[] wanted = [.. Enumerable.Range(0, arguments).Where(i => blocks.Any(block => block.Gradients[i] is not null))];
        if (wanted.Length == 0)
            return [];

        // Equal sizes may have different names here, in the node's type and in its blocks; blocks take the node's.
        var outer = seeds.Select(i => c.Builder.Reshape(c.Gradients[i]!.Value, node.Types[i].Shape));
        Value[] inputs = [.. node.Inputs, .. states, .. outer];
        ImmutableArray<Region> regions = [.. blocks.Select(block => block.Finish(wanted, c.Builder))];
        if (node.Op == OpDefs.Checkpoint)
            (regions, inputs) = Trim(regions[0], inputs);
        var backward = c.Builder.Emit(node.Op, node.Attrs, inputs, regions);
        var gradients = new Value?[node.Inputs.Length];
        foreach (var (result, argument) in wanted.Index())
        {
            int input = argument + selectors;
            if (input < gradients.Length)
                gradients[input] = backward[result];
            else
                c.AddVariable(variables[input - gradients.Length], backward[result]);
        }

        return [.. gradients];
    }

    // What the gradient does not read need not be kept for it.
    private static (ImmutableArray<Region> Regions, Value[] Inputs) Trim(Region region, Value[] inputs)
    {
        var live = DeadCode.Pass.Apply(new Graph("", region)).Entry;
        HashSet<Node> read = [.. live.Body.SelectMany(node => node.Inputs).Concat(live.Results).Select(value => value.Node)];
        int[] kept = [.. Enumerable.Range(0, inputs.Length).Where(i => read.Contains(live.Parameters[i]))];
        return ([live with { Parameters = [.. kept.Select(i => live.Parameters[i])] }], [.. kept.Select(i => inputs[i])]);
    }

    private static GraphException AlreadyRan(Node node, Resource variable) => new(
        DiagnosticIds.NoGradient, $"{node.Op.Name}: reads variable {variable} inside and has already run, so its value at that time is lost",
        "Differentiate inside the graph function, or read the variable before and pass its value in.", node.Source);

    // (arguments, gradients of the seeded results) → gradients of arguments, for one block.
    private sealed class Block
    {
        private readonly GraphBuilder _build;
        private readonly Value[] _parameters;

        public Block(Region region, int[] seeds, Node outer, bool ofNames)
        {
            _build = new GraphBuilder { Source = SourceSpan.None };
            _parameters = _build.Parameters(region);
            var gradients = seeds.Select(i => _build.Parameter(outer.Types[i])).ToArray();
            var results = new SaveResiduals(_build).Inline(region, _parameters);
            var nodes = _build.Body.Where(node => !ofNames || (node.Types.Length > 0 && ValueNames.IsMerged(node[0]))).ToArray();
            var targets = seeds.Select((result, i) => (results[result], _build.Reshape(gradients[i], results[result].Shape)));
            Value[] sources = [.. _parameters.Where(parameter => parameter.DType.IsFloat())];
            var found = Gradient.Backward(_build, nodes, targets, sources, [], ofNames ? nodes.ToHashSet() : null).Sources;
            Gradients = [.. _parameters.Select(parameter => Array.IndexOf(sources, parameter) is >= 0 and var i ? found[i] : null)];
        }

        public ImmutableArray<Value?> Gradients { get; }

        // Size equalities hold for the whole graph.
        public Region Finish(int[] wanted, GraphBuilder outer)
        {
            var graph = _build.Finish("", [.. wanted.Select(i => Gradients[i] is { } found
                ? _build.Reshape(found, _parameters[i].Shape)
                : _build.Zeros(_parameters[i].Type))]);
            foreach (var assumption in graph.Assumptions)
                outer.Assume(assumption);
            return graph.Entry;
        }
    }
}
