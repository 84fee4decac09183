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
    private readonly Dictionary<Region, Dictionary<Value, HashSet<int>>> _places = [];
    private readonly Dictionary<(Value, Value), bool> _givenAsOne = [];

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
        // A slice is new.
        return _known[result] = [.. PlacesOf(result).Where(place => place < semantics.Carried(node) || place >= semantics.Captures(node))
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
    public bool MayBe(Value result, Literal constant, Func<Value, Value> originOf)
    {
        HashSet<Value> seen = [];
        var rest = new Stack<Value>([originOf(result)]);
        while (rest.TryPop(out var value))
        {
            if (!seen.Add(value))
                continue;
            if (value.Node.Op == OpDefs.Constant && value.Node.Attrs.Get<Literal>("value").Equals(constant))
                return true;
            foreach (var same in SameAs(value).Select(originOf).Concat(GivenAs(value)))
                rest.Push(same);
        }

        return false;
    }

    /// <summary>True for two values that may be one: what both may be, or two results for which a branch gives one value.</summary>
    public bool MayBeOne(Value a, Value b, Func<Value, Value> originOf)
    {
        HashSet<Value> ofA = All(a, originOf), ofB = All(b, originOf);
        if (ofA.Overlaps(ofB))
            return true;
        var merged = ofB.Where(IsMerged).ToLookup(value => value.Node);
        return ofA.Where(IsMerged).Any(x => merged[x.Node].Any(y => AreGivenAsOne(x, y)));
    }

    private bool AreGivenAsOne(Value x, Value y)
    {
        if (!_givenAsOne.TryGetValue((x, y), out bool found))
        {
            _givenAsOne[(x, y)] = found = RegionsOf(x.Node)
                .Any(region => MayBeOne(region.Results[x.Index], region.Results[y.Index], static value => value));
        }

        return found;
    }

    private static bool IsSame(Node node) => node.Attrs.Get(SameTensor, false);

    // Those that give the results of the node.
    private static IEnumerable<Region> RegionsOf(Node node) => node.Regions.Skip(node.Op.Regions?.Conditions ?? 0);

    // What branches and iterations give as a result, by the names that it has in there.
    private IEnumerable<Value> GivenAs(Value result)
    {
        if (!IsMerged(result) || IsSame(result.Node))
            return [];
        int[] results = [result.Index, .. result.Node.Op.Regions!.IsLoop ? CarriedOf(result.Node, PlacesOf(result)) : []];
        return RegionsOf(result.Node).SelectMany(region => results.Select(i => region.Results[i]));
    }

    private static IEnumerable<int> CarriedOf(Node loop, HashSet<int> places) => places.Where(place => place < loop.Op.Regions!.Carried(loop));

    // The parameters of the regions of its node that a result may be. What an iteration gives is what the next one begins with.
    private HashSet<int> PlacesOf(Value result)
    {
        var node = result.Node;
        bool isLoop = node.Op.Regions!.IsLoop;
        HashSet<int> places = isLoop ? [result.Index] : [];
        int before;
        do
        {
            before = places.Count;
            int[] results = isLoop ? [.. CarriedOf(node, places)] : [result.Index];
            foreach (var region in RegionsOf(node))
            {
                var known = PlacesIn(region);
                foreach (int i in results)
                    places.UnionWith(known.GetValueOrDefault(region.Results[i], []));
            }
        }
        while (places.Count > before);
        return places;
    }

    // For parameters of a region and what is merged in it: the parameters that it may be.
    private Dictionary<Value, HashSet<int>> PlacesIn(Region region)
    {
        if (_places.TryGetValue(region, out var known))
            return known;
        known = [];
        foreach (var (i, parameter) in region.Parameters.Index())
            known[parameter[0]] = [i];
        foreach (var value in region.Body.SelectMany(node => node.Types.Select((_, i) => node[i])).Where(IsMerged))
        {
            HashSet<int> places = [.. SameAs(value).SelectMany(same => known.GetValueOrDefault(same, []))];
            if (places.Count > 0)
                known[value] = places;
        }

        return _places[region] = known;
    }
}
