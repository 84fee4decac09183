using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// A graph cut in two, so that its gradient needs nothing computed twice: the forward part yields, after the graph's own results, what the
/// backward part needs (residuals); the backward part takes the residuals and the gradients of the float results.
/// </summary>
/// <param name="Forward">Results of the graph, then residuals.</param>
/// <param name="Backward">(residuals, gradients of float results) → the gradients that exist.</param>
/// <param name="Parameters">Parameters of the graph that have a gradient; those of <see cref="Variables"/> follow in the results of <see
/// cref="Backward"/>.</param>
/// <param name="Variables">Variables that have a gradient.</param>
/// <param name="FloatResults">Results of the graph whose gradients the backward part takes.</param>
public sealed record ForwardBackwardPair(
    Graph Forward, Graph Backward, ImmutableArray<int> Parameters, ImmutableArray<Resource> Variables, ImmutableArray<int> FloatResults)
{
    /// <summary>Differentiates a whole graph by its float parameters and the variables it reads.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="higher"> True when the gradient will be differentiated again: the backward part then also takes gradients of the residuals that
    /// have one. What these need in turn is added until nothing new is needed, which it soon is, since a node needs the same values whatever its
    /// gradient comes from.
    /// </param>
    public static ForwardBackwardPair Of(Graph graph, bool higher = false)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        var parameters = build.Parameters(graph.Entry);
        var results = new SaveResiduals(build).Inline(graph.Entry, parameters);
        var forward = build.Body.ToImmutableArray();
        Resource[] read = [.. graph.Entry.VariablesRead];
        Value[] residuals = [], seeded = [];
        while (true)
        {
            Value[] yielded = [.. results, .. residuals];
            ImmutableArray<int> floats = [.. Enumerable.Range(0, yielded.Length)
                .Where(i => i < results.Length ? yielded[i].DType.IsFloat() : seeded.Contains(yielded[i]))];
            HashSet<Node> before = [.. build.Body];
            Value[] seeds = [.. floats.Select(i => build.Parameter(yielded[i].Type, $"g{i}"))];
            var gradients = Gradient.Backward(build, forward, floats.Select((result, i) => (yielded[result], seeds[i])), parameters, read);
            ImmutableArray<int> withGradient = [.. Enumerable.Range(0, parameters.Length).Where(i => gradients.Sources[i] is not null)];
            ImmutableArray<int> variables = [.. Enumerable.Range(0, read.Length).Where(i => gradients.Variables[i] is not null)];
            Value[] wanted = [.. withGradient.Select(i => gradients.Sources[i]!.Value), .. variables.Select(i => gradients.Variables[i]!.Value)];
            // Rules may put reads of variables in front of forward nodes; what follows the last forward node is backward.
            int boundary = forward.IsEmpty ? 0 : build.Body.ToList().IndexOf(forward[^1]) + 1;
            forward = [.. build.Body.Take(boundary)];
            Node[] backward = [.. build.Body.Skip(boundary).Where(node => !before.Contains(node))];
            Value[] needed = [.. residuals.Concat(Residuals(parameters, forward, backward, wanted)).Distinct()];
            var pullback = Rebuild(graph.Name + "_backward", needed, seeds, backward, wanted);
            Value[] seededNext = higher ? [.. seeded.Union(WithGradient(pullback, needed))] : [];
            if (seededNext.Length == seeded.Length)
            {
                var entry = new Region([.. parameters.Select(parameter => parameter.Node)], forward, [.. results, .. needed]);
                return new(new Graph(graph.Name + "_forward", entry, graph.Assumptions), pullback, withGradient,
                    [.. variables.Select(i => read[i])], floats);
            }

            (residuals, seeded) = (needed, seededNext);
        }
    }

    // Residuals that get a gradient when the backward part is differentiated. What is only compared there gets none, and nothing was kept to go back
    // from it.
    private static IEnumerable<Value> WithGradient(Graph backward, Value[] residuals)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        var parameters = build.Parameters(backward.Entry);
        var results = new SaveResiduals(build).Inline(backward.Entry, parameters);
        try
        {
            var found = Gradient.Backward(build, [.. build.Body], results.Select(result => (result, build.Zeros(result.Type))), parameters,
                []).Sources;
            return residuals.Where((residual, i) => residual.DType.IsFloat() && found[i] is not null);
        }
        catch (GraphException none) when (none.Id == DiagnosticIds.NoGradient)
        {
            // The gradient of the gradient throws this again, if anybody asks for it with respect to what leads there.
            return residuals.Where(residual => residual.DType.IsFloat());
        }
    }

    // Forward values that the backward part uses, and one parameter for each symbolic size so that the backward part can bind it.
    private static IEnumerable<Value> Residuals(Value[] parameters, IReadOnlyList<Node> forward, Node[] backward, Value[] wanted)
    {
        HashSet<Node> own = [.. parameters.Select(parameter => parameter.Node), .. forward];
        HashSet<Dim> bound = [.. forward.Where(node => node.Op == OpDefs.BindSize).Select(node => node.Attrs.Get<Dim>("dim"))];
        var sized = parameters.Concat(forward.Where(node => !node.Types.IsEmpty).Select(node => node[0])
            .Where(value => value.Shape.Any(dim => bound.Contains(dim))))
            .Where(value => !value.Type.IsList && value.Shape.Any(dim => dim.IsSymbol))
            .DistinctBy(value => string.Join(',', value.Shape.Where(dim => dim.IsSymbol)));
        return backward.SelectMany(node => node.Inputs).Concat(wanted).Where(value => own.Contains(value.Node)).Concat(sized).Distinct();
    }

    private static Graph Rebuild(string name, Value[] residuals, Value[] seeds, Node[] backward, Value[] wanted)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        var map = new RegionMapper(build);
        foreach (var value in residuals.Concat(seeds))
            map[value] = build.Parameter(value.Type);
        foreach (var node in backward)
            map.Copy(node);
        return build.Finish(name, [.. wanted.Select(value => map[value])]);
    }

    /// <summary>The gradient rule of a call of <see cref="Forward"/>.</summary>
    public ImmutableArray<Value?> Pull(VjpContext c)
    {
        int own = c.Node.Types.Length - (Backward.Entry.Parameters.Length - FloatResults.Length);
        for (int i = 0; i < c.Gradients.Length; i++)
        {
            if (c.Gradients[i] is not null && c.Node.Types[i].DType.IsFloat() && !FloatResults.Contains(i))
                Throw.Internal($"{c.Node.Op.Name}: result {i} has a gradient that the backward part does not take");
        }

        Value[] residuals = [.. Enumerable.Range(own, c.Node.Types.Length - own).Select(c.Y)];
        var call = c.Builder.Emit(OpDefs.Call, Attrs.Empty, [.. residuals, .. FloatResults.Select(c.Gradient)], [Backward.Entry]);
        var gradients = new Value?[c.Node.Inputs.Length];
        for (int i = 0; i < Parameters.Length; i++)
            gradients[Parameters[i]] = call[i];
        for (int i = 0; i < Variables.Length; i++)
            c.AddVariable(Variables[i], call[Parameters.Length + i]);
        return [.. gradients];
    }
}
