using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// A block of nodes that ran one by one, without their values: a gradient computes them again. What has effects is not repeated, its results are
/// inputs of the block.
/// </summary>
public sealed class Recomputation
{
    private readonly Region _region;

    private Recomputation(ImmutableArray<Value> inputs, Region region, ImmutableArray<Value> results) =>
        (Inputs, _region, Results) = (inputs, region, results);

    /// <summary>The inputs of the block, as values of those that recorded it.</summary>
    public ImmutableArray<Value> Inputs { get; }

    /// <summary>The wanted values that the block computes.</summary>
    public ImmutableArray<Value> Results { get; }

    /// <summary>The block that computes wanted values.</summary>
    /// <param name="log">Nodes in the order in which they ran.</param>
    /// <param name="wanted">Values; those that no pure node gives are left out.</param>
    public static Recomputation Of(IReadOnlyList<Node> log, IEnumerable<Value> wanted)
    {
        HashSet<Node> pure = [.. log.Where(node => node.IsPure)];
        Value[] results = [.. wanted.Distinct().Where(value => pure.Contains(value.Node))];
        HashSet<Node> live = [.. results.Select(result => result.Node)];
        foreach (var node in Enumerable.Reverse(log).Where(live.Contains))
            live.UnionWith(node.Inputs.Select(input => input.Node).Where(pure.Contains));
        Node[] body = [.. log.Where(live.Contains)];
        ImmutableArray<Value> inputs = [.. body.SelectMany(node => node.Inputs).Where(value => !live.Contains(value.Node)).Distinct()];

        var build = new GraphBuilder { Source = SourceSpan.None };
        var copy = new Same(build);
        foreach (var input in inputs)
            copy[input] = build.Parameter(input.Type);
        foreach (var node in body)
            copy.Add(node);
        return new(inputs, build.Finish("checkpoint", [.. results.Select(result => copy[result])]).Entry, [.. results]);
    }

    /// <summary>The pure graph that does the same as one that ran, on its inputs and the values that its variables had.</summary>
    /// <exception cref="GraphException">TG4001 when an effect of it can't be left out.</exception>
    public static (Region Region, ImmutableArray<Resource> Variables) WithoutEffects(Region graph)
    {
        ImmutableArray<Resource> variables = [.. graph.Body.SelectMany(node => Functionalize.VariablesOf(node)).Distinct()];
        var region = Functionalize.Of(graph, variables);
        return (region with { Results = region.Results[..graph.Results.Length] }, variables);
    }

    /// <summary>A call that has run already.</summary>
    public static Node Ran(Region region, ImmutableArray<Value> inputs, ImmutableArray<TensorType> types, Attrs attrs) =>
        new(OpDefs.Call, inputs, attrs, [region], types, SourceSpan.Capture());

    /// <summary>The node of the block for tapes, on inputs that they know.</summary>
    public Node Node(ImmutableArray<Value> inputs, VjpRule rule) =>
        Ran(_region, inputs, [.. Results.Select(result => result.Type)], Attrs.Of("gradient", new CustomGradient("checkpoint", rule)));

    /// <summary>The gradient rule: runs the block again.</summary>
    /// <exception cref="GraphException">TG4001 when it needs what C# code returned.</exception>
    public ImmutableArray<Value?> Pull(VjpContext c) => Gradient.Through(Checked(c), _region);

    /// <summary>The gradient rule for other values in the place of the inputs and of the gradients.</summary>
    public ImmutableArray<Value?> Pull(VjpContext c, GraphBuilder build, Func<Value, Value> other) => Gradient.Through(
        new VjpContext(build, Checked(c).Node.With([.. c.Node.Inputs.Select(other)], c.Node.Regions),
            [.. c.Gradients.Select(gradient => gradient is { } value ? other(value) : (Value?)null)], c.AddVariable), _region);

    private VjpContext Checked(VjpContext c)
    {
        var host = Inputs.FirstOrDefault(input => input.Node.Op == OpDefs.HostCall && input.DType.IsFloat()).Node;
        return host is null ? c : throw Functionalize.NotAgain(host);
    }

    private sealed class Same(GraphBuilder build) : RegionMapper(build)
    {
        public void Add(Node node) => Keep(node, node.Regions);
    }
}
