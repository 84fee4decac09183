namespace TensorGraph.Ir;

/// <summary>
/// The values that results of branches and loops may be, unchanged. In C# such a result is the very tensor from around the branch, by another name.
/// So is a tensor that may have any length, which leaves a branch as a list.
/// </summary>
public sealed class ValueNames
{
    /// <summary>
    /// Attribute of a node whose result is its input by another name: a tensor that may have any length, and the list that it becomes.
    /// </summary>
    public const string SameTensor = "same";

    private readonly Dictionary<Value, Value[]> _known = [];

    /// <summary>True for a result of a branch or loop that may be a value from around it, and for what is one. What is stacked is new.</summary>
    public static bool IsMerged(Value value) => IsSame(value.Node)
        || ((value.Node.Op == OpDefs.If || value.Node.Op == OpDefs.Switch || value.Node.Op == OpDefs.While || value.Node.Op == OpDefs.Scan
            || value.Node.Op == OpDefs.OnDevice || value.Node.Op == OpDefs.Checkpoint)
        && !(value.Node.Op.Regions!.IsLoop && value.Index >= value.Node.Op.Regions.Carried(value.Node)));

    /// <summary>The inputs of its node that a result may be, unchanged; nothing for what is not merged. What comes from a device is new.</summary>
    public IReadOnlyList<Value> SameAs(Value result)
    {
        if (!IsMerged(result) || result.Node.Op == OpDefs.OnDevice)
            return [];
        if (IsSame(result.Node))
            return result.Node.Inputs;
        if (_known.TryGetValue(result, out var found))
            return found;
        var (node, semantics) = (result.Node, result.Node.Op.Regions!);
        HashSet<int> places = semantics.IsLoop ? [result.Index] : [];
        int before;
        do
        {
            before = places.Count;
            int[] results = semantics.IsLoop ? [.. places.Where(place => place < semantics.Carried(node))] : [result.Index];
            foreach (var region in node.Regions.Skip(semantics.Conditions))
                places.UnionWith(results.SelectMany(i => PlacesOf(region, region.Results[i])));
        }
        while (places.Count > before);
        // A slice is new.
        return _known[result] = [.. places.Where(place => place < semantics.Carried(node) || place >= semantics.Captures(node))
            .Select(place => node.Inputs[semantics.Selectors + place]).Distinct()];
    }

    /// <summary>A value and all that it may be, unchanged, in open blocks.</summary>
    public HashSet<Value> All(Value value, Func<Value, Value> originOf)
    {
        HashSet<Value> all = [originOf(value)];
        var rest = new Stack<Value>(all);
        while (rest.TryPop(out var next))
        {
            foreach (var same in SameAs(next).Select(originOf).Where(all.Add))
                rest.Push(same);
        }

        return all;
    }

    /// <summary>
    /// True for a result that may be a constant: a concrete tensor that a branch gives or a loop begins with is one, as is another of equal elements.
    /// </summary>
    public bool MayBe(Value result, Literal constant)
    {
        if (result.Node.Op == OpDefs.Constant)
            return result.Node.Attrs.Get<Literal>("value").Equals(constant);
        return IsMerged(result) && (SameAs(result).Any(same => same.Node.Op == OpDefs.Constant && MayBe(same, constant))
            || result.Node.Regions.Skip(result.Node.Op.Regions?.Conditions ?? 0).Any(region => MayBe(region.Results[result.Index], constant)));
    }

    /// <summary>True for two values that may be one: what both may be, or two results for which a branch gives one value.</summary>
    public bool MayBeOne(Value a, Value b, Func<Value, Value> originOf)
    {
        HashSet<Value> ofA = All(a, originOf), ofB = All(b, originOf);
        return ofA.Overlaps(ofB) || ofA.Any(x => ofB.Any(y => x.Node == y.Node && IsMerged(x) && IsMerged(y) && AreGivenAsOne(x, y)));
    }

    private bool AreGivenAsOne(Value x, Value y) => x.Node.Regions.Skip(x.Node.Op.Regions?.Conditions ?? 0)
        .Any(region => MayBeOne(region.Results[x.Index], region.Results[y.Index], static value => value));

    private static bool IsSame(Node node) => node.Attrs.Get(SameTensor, false);

    // The parameters of a region that a value in it may be.
    private HashSet<int> PlacesOf(Region region, Value value) => value.Node.Op == OpDefs.Parameter
        ? [region.Parameters.IndexOf(value.Node)]
        : [.. SameAs(value).SelectMany(same => PlacesOf(region, same))];
}
