using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>
/// Which nodes, results and block parameters a graph needs: what its results and its writes depend on, followed through blocks to a fixed
/// point with one work list, so in linear time.
/// </summary>
internal sealed class Liveness
{
    private readonly HashSet<Value> _values = [];
    private readonly HashSet<Node> _nodes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, List<(Node Owner, int Index)>> _owners = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<Value> _work = [];

    public Liveness(Graph graph)
    {
        Index(graph.Entry);
        Need(graph.Entry.Results);
        while (_work.TryPop(out var value))
            Follow(value);
    }

    /// <summary>True when the node has an effect or a result of it is needed.</summary>
    public bool IsLive(Node node) => _nodes.Contains(node);

    /// <summary>True when the result is used.</summary>
    public bool NeedsResult(Node node, int index) => _values.Contains(node[index]);

    /// <summary>True when some block reads parameter <paramref name="index"/>, or it carries a result that is used.</summary>
    public bool NeedsParameter(Node node, int index) =>
        node.Regions.Any(region => _values.Contains(region.Parameters[index][0]))
        || (index < (node.Op.Regions?.Carried(node) ?? 0) && NeedsResult(node, index));

    private void Index(Region region)
    {
        foreach (var node in region.Body)
        {
            foreach (var inner in node.Regions)
            {
                for (int i = 0; i < inner.Parameters.Length; i++)
                    Owners(inner.Parameters[i]).Add((node, i));
                Index(inner);
            }

            if (node.Effects.Any(effect => effect.IsWrite))
                Need(node);
        }
    }

    private List<(Node Owner, int Index)> Owners(Node parameter) =>
        _owners.TryGetValue(parameter, out var owners) ? owners : _owners[parameter] = [];

    private void Need(Node node)
    {
        if (!_nodes.Add(node))
            return;
        var flow = Flow(node);
        Need(flow is null ? node.Inputs : node.Inputs[..flow.Selectors]);
        foreach (var region in flow is null ? node.Regions : node.Regions[..flow.Conditions])
            Need(region.Results);
    }

    // Null where no value is followed into the regions: all that they take and yield is needed.
    private static RegionSemantics? Flow(Node node) => node.Op.Regions is { OwnsSizes: false } flow ? flow : null;

    private void Need(IEnumerable<Value> values)
    {
        foreach (var value in values)
            Need(value);
    }

    private void Need(Value value)
    {
        if (_values.Add(value))
            _work.Push(value);
    }

    private void Follow(Value value)
    {
        var node = value.Node;
        if (node.Op == OpDefs.Parameter)
        {
            foreach (var (owner, index) in _owners.GetValueOrDefault(node, []))
            {
                if (Flow(owner) is not { } outer)
                    continue;
                Need(owner.Inputs[outer.Selectors + index]);
                if (index < outer.Carried(owner))
                    Need(owner.Regions[outer.Conditions].Results[index]);
            }

            return;
        }

        Need(node);
        if (Flow(node) is not { } flow)
            return;
        foreach (var body in node.Regions[flow.Conditions..])
            Need(body.Results[value.Index]);
        if (value.Index < flow.Carried(node))
            Need(node.Inputs[value.Index]);
    }
}
