using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Copies regions into a builder, node by node in program order. One table says what each value became; a value without an entry stays what it is.
/// Whatever copies, inlines, trims or rewrites regions is this walk: a subclass decides what becomes of a node and of a parameter.
/// </summary>
public class RegionMapper(GraphBuilder build)
{
    private readonly Dictionary<Value, Value> _values = [];

    /// <summary>The builder that the copies go to.</summary>
    protected GraphBuilder Builder => build;

    /// <summary>The value that another one became.</summary>
    public Value this[Value old]
    {
        get => _values.GetValueOrDefault(old, old);
        set => _values[old] = value;
    }

    /// <summary>The values that others became; the same array when none became another.</summary>
    public ImmutableArray<Value> Map(ImmutableArray<Value> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (_values.TryGetValue(values[i], out var mapped) && mapped != values[i])
                values = values.SetItem(i, mapped);
        }

        return values;
    }

    /// <summary>
    /// Copies the nodes of a region into the one under construction, with arguments in place of its parameters; returns what its results became.
    /// </summary>
    public ImmutableArray<Value> Inline(Region region, ReadOnlySpan<Value> arguments)
    {
        for (int i = 0; i < region.Parameters.Length; i++)
            this[region.Parameters[i][0]] = arguments[i];
        return Body(region);
    }

    /// <summary>Emits a node again on what its inputs became, with the same regions. Its types are inferred anew.</summary>
    public Node Copy(Node node)
    {
        var before = build.Source;
        build.Source = node.Source;
        var copy = build.Emit(node.Op, node.Attrs, Map(node.Inputs).AsSpan(), node.Regions);
        build.Source = before;
        Set(node, copy);
        return copy;
    }

    /// <summary>A graph over what its nodes became; itself when nothing became another.</summary>
    public Graph Map(Graph graph)
    {
        foreach (var assumption in graph.Assumptions)
            build.Assume(assumption);
        foreach (var parameter in graph.Entry.Parameters)
            Parameter(parameter);
        var results = Body(graph.Entry);
        return Same(build.Body, graph.Entry.Body) && results == graph.Entry.Results ? graph : build.Finish(graph.Name, results.AsSpan());
    }

    /// <summary>A region over what its nodes became; itself when nothing became another.</summary>
    public virtual Region Map(Region region) =>
        Map(region, [.. Enumerable.Range(0, region.Parameters.Length)], [.. Enumerable.Range(0, region.Results.Length)]);

    /// <summary>
    /// A region with some of the parameters and results of another; the other region itself when it has all of them and nothing became another.
    /// </summary>
    /// <param name="region">The region.</param>
    /// <param name="parameters">The parameters that it keeps, in their new order.</param>
    /// <param name="results">The results that it keeps, in their new order.</param>
    /// <param name="substitute">What another parameter becomes, asked inside the new region; null when no node that stays reads it.</param>
    public Region Map(Region region, ReadOnlySpan<int> parameters, ReadOnlySpan<int> results, Func<int, Value>? substitute = null)
    {
        build.BeginRegion();
        foreach (int parameter in parameters)
            Parameter(region.Parameters[parameter]);
        for (int i = 0; substitute is not null && i < region.Parameters.Length; i++)
        {
            if (!parameters.Contains(i))
                this[region.Parameters[i][0]] = substitute(i);
        }

        var mapped = Body(region);
        var kept = ImmutableArray.CreateBuilder<Value>(results.Length);
        foreach (int result in results)
            kept.Add(mapped[result]);
        var (copy, captures) = build.EndRegion(kept.MoveToImmutable().AsSpan());
        if (!captures.IsEmpty)
            Throw.Internal($"a copied region captures {captures[0].Node}");
        bool same = Same(copy.Parameters, region.Parameters) && Same(copy.Body, region.Body)
            && copy.Results.AsSpan().SequenceEqual(region.Results.AsSpan());
        return same ? region : copy;
    }

    /// <summary>Copies the nodes of a region into the one under construction; returns what its results became.</summary>
    protected virtual ImmutableArray<Value> Body(Region region)
    {
        foreach (var node in region.Body)
            Visit(node);
        return Map(region.Results);
    }

    /// <summary>Adds what a node becomes, and says what its results became. A node for which nothing is done is left out.</summary>
    protected virtual void Visit(Node node) => Copy(node);

    /// <summary>Adds what a parameter of a region becomes: itself.</summary>
    protected virtual void Parameter(Node parameter) => build.Adopt(parameter);

    /// <summary>Adds the node itself, on what its inputs became and with other regions. They have the types that it was made with.</summary>
    protected void Keep(Node node, ImmutableArray<Region> regions)
    {
        var kept = node.With(Map(node.Inputs), regions);
        build.Adopt(kept);
        Set(node, kept);
    }

    /// <summary>Says that the results of a node became those of another, which may have more.</summary>
    protected void Set(Node node, Node copy)
    {
        for (int i = 0; i < node.Types.Length && !ReferenceEquals(node, copy); i++)
            _values[node[i]] = copy[i];
    }

    private static bool Same(IReadOnlyList<Node> left, ImmutableArray<Node> right)
    {
        if (left.Count != right.Length)
            return false;
        for (int i = 0; i < right.Length; i++)
        {
            if (!ReferenceEquals(left[i], right[i]))
                return false;
        }

        return true;
    }
}
