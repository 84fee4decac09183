using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>One result of a <see cref="BoundNode"/>.</summary>
internal readonly record struct BoundValue(BoundNode Node, int Index)
{
    public TensorLayout Layout => Node.Layouts[Index];
}

/// <summary>A node with its sizes bound.</summary>
internal sealed class BoundNode(Node node, BoundValue[] inputs, TensorLayout[] layouts, int index)
{
    public Node Node => node;
    public OpDef Op => node.Op;
    public BoundValue[] Inputs => inputs;
    public TensorLayout[] Layouts => layouts;

    /// <summary>Place in program order.</summary>
    public int Index => index;

    /// <summary>Nodes that must run before this one because of effects.</summary>
    public List<BoundNode> After { get; } = [];

    /// <summary>Nodes that must run behind this one because of effects.</summary>
    public List<BoundNode> Before { get; } = [];

    /// <summary>Nodes that read a result; one that reads it twice is here twice.</summary>
    public List<BoundNode> Users { get; } = [];

    /// <summary>The group that it is emitted as part of; null for parameters and for values that nothing needs.</summary>
    public FusionGroup? Group { get; set; }

    /// <summary>Functions that are series, one of the result of the other, on the way to its result in the loop of its group.</summary>
    public int SeriesDepth { get; set; }

    /// <summary>A result is seen outside of the region, or by a command that keeps tensors.</summary>
    public bool Escapes { get; set; }
}

/// <summary>Nodes that become one command, or none (views).</summary>
internal sealed class FusionGroup(bool isLoop, long[] space)
{
    public List<BoundNode> Members { get; } = [];

    /// <summary>True for a loop kernel, which further pointwise nodes may join.</summary>
    public bool IsLoop => isLoop;

    /// <summary>The iteration space of a loop.</summary>
    public long[] Space => space;

    /// <summary>More than that of each group that this one needs.</summary>
    public int Level { get; private set; }

    /// <summary>Groups whose results or effects this one needs.</summary>
    public IEnumerable<FusionGroup> Sources()
    {
        foreach (BoundNode member in Members)
        {
            foreach (BoundValue input in member.Inputs)
            {
                if (input.Node.Group is { } group && group != this) yield return group;
            }
            foreach (BoundNode before in member.After)
            {
                if (before.Group is { } group && group != this) yield return group;
            }
        }
    }

    /// <summary>Sets the level from what the members need, and those of the groups that need this one.</summary>
    /// <param name="atLeast">The level that it has at least.</param>
    public void Lift(int atLeast = 0)
    {
        var work = new Stack<(FusionGroup Group, int Level)>();
        work.Push((this, Sources().Aggregate(Math.Max(Level, atLeast), static (level, source) => Math.Max(level, source.Level + 1))));
        while (work.TryPop(out var next))
        {
            if (next.Group != this && next.Group.Level >= next.Level) continue;
            next.Group.Level = next.Level;
            foreach (BoundNode member in next.Group.Members)
            {
                foreach (BoundNode user in member.Users.Concat(member.Before))
                {
                    if (user.Group is { } group && group != next.Group && group.Level <= next.Level) work.Push((group, next.Level + 1));
                }
            }
        }
    }
}
