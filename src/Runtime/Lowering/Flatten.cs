using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>A block as a list of instances: composites and calls expanded, sizes bound, dead instances dropped.</summary>
internal sealed class Flatten
{
    private readonly Func<string, long> _sizeOf;
    private readonly Dictionary<object, List<Instance>> _readers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, Instance> _writer = new(ReferenceEqualityComparer.Instance);

    private Flatten(Func<string, long> sizeOf) => _sizeOf = sizeOf;

    public List<Instance> Instances { get; } = [];
    public Ref[] Parameters { get; private set; } = [];
    public Ref[] Results { get; private set; } = [];

    public static Flatten Block(Region region, Func<string, long> sizeOf)
    {
        var flat = new Flatten(sizeOf);
        flat.Parameters = [.. region.Parameters.Select(node => new Ref(flat.Make(node, []), 0))];
        flat.Results = flat.Body(region, flat.Parameters);
        flat.DropDead();
        return flat;
    }

    private Ref[] Body(Region region, ReadOnlySpan<Ref> arguments)
    {
        var values = new Dictionary<Value, Ref>();
        for (int i = 0; i < arguments.Length; i++) values[region.Parameters[i][0]] = arguments[i];
        foreach (Node node in region.Body)
        {
            var inputs = new Ref[node.Inputs.Length];
            for (int i = 0; i < inputs.Length; i++) inputs[i] = values[node.Inputs[i]];
            Region? inner = node.Op == Op.Call ? node.Regions[0] : node.Op.IsComposite ? Build.Expand(node) : null;
            if (inner is not null)
            {
                Ref[] results = Body(inner, inputs);
                for (int i = 0; i < results.Length; i++) values[node[i]] = results[i];
                continue;
            }
            Instance instance = Make(node, inputs);
            for (int i = 0; i < node.Types.Length; i++) values[node[i]] = new Ref(instance, i);
        }
        return [.. region.Results.Select(result => values[result])];
    }

    private Instance Make(Node node, Ref[] inputs)
    {
        var layouts = new TensorLayout[node.Types.Length];
        for (int i = 0; i < layouts.Length; i++)
        {
            TensorType type = node.Types[i];
            layouts[i] = TensorLayout.Of(type.As(type.Shape.Bind(_sizeOf)));
        }
        var instance = new Instance(node, inputs, layouts, Instances.Count);
        Instances.Add(instance);
        foreach (Effect effect in node.Effects)
        {
            // Writes come after everything before them on the resource, reads after the last write.
            if (!_readers.TryGetValue(effect.Resource, out List<Instance>? readers)) _readers[effect.Resource] = readers = [];
            if (_writer.TryGetValue(effect.Resource, out Instance? writer)) instance.After.Add(writer);
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
        instance.After.RemoveAll(before => before == instance);
        return instance;
    }

    private void DropDead()
    {
        var live = new HashSet<Instance>(ReferenceEqualityComparer.Instance);
        var work = new Stack<Instance>();
        foreach (Ref result in Results) work.Push(result.Instance);
        foreach (Instance instance in Instances)
        {
            if (instance.Node.Effects.Any(effect => effect.IsWrite)) work.Push(instance);
        }
        while (work.TryPop(out Instance? instance))
        {
            if (!live.Add(instance)) continue;
            foreach (Ref input in instance.Inputs) work.Push(input.Instance);
        }
        Instances.RemoveAll(instance => !live.Contains(instance) && instance.Op != Op.Parameter);
        foreach (Instance instance in Instances)
        {
            foreach (Ref input in instance.Inputs) input.Instance.Users.Add(instance);
        }
    }
}
