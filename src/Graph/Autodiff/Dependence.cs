namespace TensorGraph.Ir;

/// <summary>
/// Values that a gradient may flow back from: those that depend on a source or a variable. Results of branches are told from each other, since one
/// that depends on nothing needs no gradient of the branch.
/// </summary>
/// <param name="isVariable">The variables.</param>
/// <param name="originOf">A value as the block that made it names it.</param>
internal sealed class Dependence(Predicate<Resource> isVariable, Func<Value, Value> originOf)
{
    private readonly HashSet<Value> _values = [];

    /// <summary>A source, or what depends on one.</summary>
    public void Add(Value value) => _values.Add(originOf(value));

    public bool Contains(Value value) => _values.Contains(originOf(value));

    /// <summary>Adds the results of a node that depend on something: true if there are any, so that the node needs a rule.</summary>
    public bool Visit(Node node)
    {
        if (node.Op.Is(Traits.NoGradient) || node.Types.All(type => !type.DType.IsFloat()))
            return false;
        if (IsBranch(node))
        {
            // One may be a source itself.
            Value[] dependent = [.. node.Regions.SelectMany(region => Results(node, region)).Distinct()];
            _values.UnionWith(dependent);
            return dependent.Length > 0;
        }

        if (!node.Inputs.Any(Contains) && !node.Effects.Any(effect => isVariable(effect.Resource)))
            return false;
        for (int i = 0; i < node.Types.Length; i++)
            _values.Add(node[i]);
        return true;
    }

    /// <summary>Adds the results of a node that may be something that is here already, by another name; true if there are any.</summary>
    public bool Visit(Node node, ValueNames names)
    {
        Value[] same = [.. node.Types.Select((_, i) => node[i]).Where(result => result.DType.IsFloat() && names.SameAs(result).Any(Contains))];
        _values.UnionWith(same);
        return same.Length > 0;
    }

    private static bool IsBranch(Node node) =>
        node.Op.Regions is { IsLoop: false, OwnsSizes: false } && !node.Types.IsEmpty && node.Attrs.Find("gradient") is null;

    // What one of its blocks gives.
    private IEnumerable<Value> Results(Node node, Region region)
    {
        var inside = new Dependence(isVariable, static value => value);
        for (int i = 0; i < region.Parameters.Length; i++)
        {
            if (Contains(node.Inputs[node.Op.Regions!.Selectors + i]))
                inside.Add(region.Parameters[i][0]);
        }

        foreach (var part in region.Body)
            inside.Visit(part);

        return region.Results.Select((result, i) => (result, i)).Where(given => inside.Contains(given.result)).Select(given => node[given.i]);
    }
}
