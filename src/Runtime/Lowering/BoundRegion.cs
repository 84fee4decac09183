using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>A region with its sizes bound: a list of nodes, their users, and the order that effects demand.</summary>
internal sealed class BoundRegion
{
    private readonly Func<string, long> _sizeOf;
    private readonly Dictionary<Value, BoundValue> _values = [];
    private readonly Dictionary<object, List<BoundNode>> _readers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, BoundNode> _writer = new(ReferenceEqualityComparer.Instance);
    // The last node that runs C# code.
    private BoundNode? _code;

    private BoundRegion(Region region, Func<string, long> sizeOf)
    {
        _sizeOf = sizeOf;
        foreach (Node node in region.Parameters) Bind(node);
        foreach (Node node in region.Body) Bind(node);
        Parameters = [.. region.Parameters.Select(node => _values[node[0]])];
        Results = [.. region.Results.Select(value => _values[value])];
    }

    public List<BoundNode> Nodes { get; } = [];
    public BoundValue[] Parameters { get; }
    public BoundValue[] Results { get; }

    public static BoundRegion Of(Region region, Func<string, long> sizeOf) => new(region, sizeOf);

    private void Bind(Node node)
    {
        var inputs = new BoundValue[node.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = _values[node.Inputs[i]];
        var layouts = new TensorLayout[node.Types.Length];
        for (int i = 0; i < layouts.Length; i++)
        {
            TensorType type = node.Types[i];
            layouts[i] = TensorLayout.Of(type.As(type.Shape.Bind(_sizeOf)));
        }
        var bound = new BoundNode(node, inputs, layouts, Nodes.Count);
        Nodes.Add(bound);
        for (int i = 0; i < layouts.Length; i++) _values[node[i]] = new BoundValue(bound, i);
        foreach (BoundValue input in inputs) input.Node.Users.Add(bound);
        foreach (Effect effect in node.Effects) Order(bound, effect);
        if (_code is not null && !node.IsPure) bound.After.Add(_code);
        if (node.CallsCode) OrderCode(bound);
        foreach (BoundNode before in bound.After) before.Before.Add(bound);
    }

    // C# code may read and assign any variable.
    private void OrderCode(BoundNode bound)
    {
        bound.After.AddRange(_readers.Values.SelectMany(readers => readers).Concat(_writer.Values).Where(before => before != bound));
        _readers.Clear();
        _writer.Clear();
        _code = bound;
    }

    // Writes come after everything before them on the resource, reads after the last write.
    private void Order(BoundNode bound, Effect effect)
    {
        if (!_readers.TryGetValue(effect.Resource, out List<BoundNode>? readers)) _readers[effect.Resource] = readers = [];
        if (_writer.TryGetValue(effect.Resource, out BoundNode? writer) && writer != bound) bound.After.Add(writer);
        if (effect.IsWrite)
        {
            bound.After.AddRange(readers.Where(reader => reader != bound));
            readers.Clear();
            _writer[effect.Resource] = bound;
        }
        else
        {
            readers.Add(bound);
        }
    }
}
