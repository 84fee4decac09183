using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>A region with its sizes bound: a list of instances, their users, and the order that effects demand.</summary>
internal sealed class Flatten
{
    private readonly Func<string, long> _sizeOf;
    private readonly Dictionary<Value, Ref> _values = [];
    private readonly Dictionary<object, List<Instance>> _readers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, Instance> _writer = new(ReferenceEqualityComparer.Instance);

    private Flatten(Region region, Func<string, long> sizeOf)
    {
        _sizeOf = sizeOf;
        foreach (Node node in region.Parameters) Bind(node);
        foreach (Node node in region.Body) Bind(node);
        Parameters = [.. region.Parameters.Select(node => _values[node[0]])];
        Results = [.. region.Results.Select(value => _values[value])];
    }

    public List<Instance> Instances { get; } = [];
    public Ref[] Parameters { get; }
    public Ref[] Results { get; }

    public static Flatten Block(Region region, Func<string, long> sizeOf) => new(region, sizeOf);

    private void Bind(Node node)
    {
        var inputs = new Ref[node.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = _values[node.Inputs[i]];
        var layouts = new TensorLayout[node.Types.Length];
        for (int i = 0; i < layouts.Length; i++)
        {
            TensorType type = node.Types[i];
            layouts[i] = TensorLayout.Of(type.As(type.Shape.Bind(_sizeOf)));
        }
        var instance = new Instance(node, inputs, layouts, Instances.Count);
        Instances.Add(instance);
        for (int i = 0; i < layouts.Length; i++) _values[node[i]] = new Ref(instance, i);
        foreach (Ref input in inputs) input.Instance.Users.Add(instance);
        foreach (Effect effect in node.Effects) Order(instance, effect);
    }

    // Writes come after everything before them on the resource, reads after the last write.
    private void Order(Instance instance, Effect effect)
    {
        if (!_readers.TryGetValue(effect.Resource, out List<Instance>? readers)) _readers[effect.Resource] = readers = [];
        if (_writer.TryGetValue(effect.Resource, out Instance? writer) && writer != instance) instance.After.Add(writer);
        if (effect.IsWrite)
        {
            instance.After.AddRange(readers.Where(reader => reader != instance));
            readers.Clear();
            _writer[effect.Resource] = instance;
        }
        else
        {
            readers.Add(instance);
        }
    }
}
