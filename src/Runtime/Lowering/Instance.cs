using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>One result of an <see cref="Instance"/>.</summary>
internal readonly record struct Ref(Instance Instance, int Index)
{
    public TensorLayout Layout => Instance.Layouts[Index];
}

/// <summary>
/// A node with its sizes bound.
/// </summary>
internal sealed class Instance(Node node, Ref[] inputs, TensorLayout[] layouts, int index)
{
    public Node Node => node;
    public OpDef Op => node.Op;
    public Ref[] Inputs => inputs;
    public TensorLayout[] Layouts => layouts;

    /// <summary>Place in program order.</summary>
    public int Index => index;

    /// <summary>Instances that must run before this one because of effects.</summary>
    public List<Instance> After { get; } = [];

    /// <summary>Instances that read a result; one that reads it twice is here twice.</summary>
    public List<Instance> Users { get; } = [];

    /// <summary>What it is emitted as part of; null for parameters and for what nothing needs.</summary>
    public Unit? Unit { get; set; }

    /// <summary>Someone outside the program, or a step that keeps tensors, sees a result.</summary>
    public bool Escapes { get; set; }
}

/// <summary>Instances that become one step, or none (views).</summary>
internal sealed class Unit(bool isLoop, long[] space)
{
    public List<Instance> Members { get; } = [];

    /// <summary>True for a loop kernel, which further pointwise instances may join.</summary>
    public bool IsLoop => isLoop;

    /// <summary>The iteration space of a loop.</summary>
    public long[] Space => space;

    public int First => Members[0].Index;

    /// <summary>Units whose results or effects this one needs.</summary>
    public IEnumerable<Unit> Sources()
    {
        foreach (Instance member in Members)
        {
            foreach (Ref input in member.Inputs)
            {
                if (input.Instance.Unit is { } unit && unit != this) yield return unit;
            }
            foreach (Instance before in member.After)
            {
                if (before.Unit is { } unit && unit != this) yield return unit;
            }
        }
    }
}
