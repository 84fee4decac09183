using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// Which nodes share a kernel. A pointwise node or a reduction joins the loop that makes one of its operands when
/// both walk the same space and no path leads from that loop through another group to the node; loops that meet in one
/// node become one under the same condition.
/// </summary>
internal static class Fusion
{
    private const int MaxMembers = 40;

    // Of functions that are series of products one waits for the other: a processor finds enough to do beside two of them, not beside four. More of
    // them than have room in a loop's registers are called, which takes as long as to store and load what they get.
    private const int MaxSeriesDepth = 2;
    private const int MaxSeries = 8;

    /// <summary>Makes groups and returns them in an order in which they can run.</summary>
    /// <param name="nodes">The nodes of a region.</param>
    /// <param name="onApart">Gets a node that stays apart from the loop of an operand, and why.</param>
    public static List<FusionGroup> Plan(List<BoundNode> nodes, Action<BoundNode, BoundValue, FusionBarrier>? onApart = null)
    {
        bool fuse = !LoweringStep.Fuse.IsLeftOut;
        foreach (BoundNode bound in nodes)
        {
            if (bound.Op == OpDefs.Parameter) continue;
            Place(bound, nodes, fuse, onApart);
        }
        return Schedule(nodes);
    }

    private static void Place(BoundNode bound, List<BoundNode> nodes, bool fuse, Action<BoundNode, BoundValue, FusionBarrier>? onApart)
    {
        if (!LoopOps.CanLoop(bound))
        {
            var apart = new FusionGroup(isLoop: false, []);
            apart.Add(bound);
            apart.Lift();
            return;
        }
        long[] space = LoopOps.Space(bound);
        FusionGroup? home = null;
        foreach (BoundValue input in fuse ? bound.Inputs : [])
        {
            if (input.Node.Group is not { } group || group == home) continue;
            if (Barrier(bound, input, group, home, space, nodes) is var barrier && barrier != FusionBarrier.None)
            {
                onApart?.Invoke(bound, input, barrier);
            }
            else if (home is null)
            {
                home = group;
            }
            else
            {
                foreach (BoundNode member in group.Members) home.Add(member);
                home.Members.Sort(static (a, b) => a.Index.CompareTo(b.Index));
                home.Lift(group.Level);
            }
        }
        home ??= new FusionGroup(isLoop: true, space);
        home.Add(bound);
        home.Lift();
    }

    // Why a node can't be in the loop of an operand; or that loop and the one in which it is so far can't become one.
    private static FusionBarrier Barrier(
        BoundNode bound, BoundValue input, FusionGroup group, FusionGroup? home, long[] space, List<BoundNode> nodes)
    {
        if (!group.IsLoop) return FusionBarrier.OtherKernel;
        if (LoopOps.IsReduction(input.Node)) return FusionBarrier.Reduction;
        if (!group.Space.AsSpan().SequenceEqual(space)) return FusionBarrier.OtherSizes;
        if (IsLate(bound, input, nodes)) return FusionBarrier.Late;
        if (group.Members.Count + (home?.Members.Count ?? 0) >= MaxMembers) return FusionBarrier.Full;
        bool isSeries = LoopOps.IsSeries(bound.Op);
        if (isSeries && (input.Node.SeriesDepth == MaxSeriesDepth || Series(group) + Series(home) >= MaxSeries)) return FusionBarrier.Series;
        bool isBetween = Detour(group, bound) || (home is not null && (Reaches(group, home) || Reaches(home, group)));
        return isBetween ? FusionBarrier.Between : FusionBarrier.None;
    }

    /// <summary>
    /// True when a kernel that is no loop runs between the node and its operand, which is kept meanwhile for others. In the loop of the operand the
    /// node would make a second tensor that waits for its use; in the loop of its own users it reads the one that is there.
    /// </summary>
    private static bool IsLate(BoundNode bound, BoundValue input, List<BoundNode> nodes)
    {
        FusionGroup home = input.Node.Group!;
        if (LoopOps.IsReduction(bound) || bound.Layouts[0].Bytes < input.Layout.Bytes) return false;
        if (input.Node.Users.TrueForAll(user => user == bound || user.Group == home)) return false;
        for (int i = bound.Index - 1; i > home.Members[^1].Index; i--)
        {
            if (nodes[i].Group is { IsLoop: false } && !IsInstant(nodes[i].Op)) return true;
        }
        return false;
    }

    // It moves no elements: a variable takes or gives a tensor as a whole.
    private static bool IsInstant(OpDef op) => op == OpDefs.ReadVariable || op == OpDefs.AssignVariable || op == OpDefs.Constant;

    private static int Series(FusionGroup? group) => group?.Members.Count(member => LoopOps.IsSeries(member.Op)) ?? 0;

    private static void Add(this FusionGroup group, BoundNode bound)
    {
        if (bound.Group is null)
        {
            int before = bound.Inputs.Max(input => (int?)(input.Node.Group == group ? input.Node.SeriesDepth : 0)) ?? 0;
            bound.SeriesDepth = before + (LoopOps.IsSeries(bound.Op) ? 1 : 0);
        }
        group.Members.Add(bound);
        bound.Group = group;
    }

    /// <summary>True when the node needs a finished reduction of the group, or something else that needs the group.</summary>
    private static bool Detour(FusionGroup group, BoundNode bound)
    {
        foreach (BoundValue input in bound.Inputs)
        {
            if (input.Node.Group is not { } other) continue;
            if (other == group ? LoopOps.IsReduction(input.Node) : Reaches(group, other)) return true;
        }
        return false;
    }

    /// <summary>
    /// True when <paramref name="to"/> needs, through any number of groups, what <paramref name="from"/> makes, other than directly.
    /// </summary>
    private static bool Reaches(FusionGroup from, FusionGroup to)
    {
        var seen = new HashSet<FusionGroup>(ReferenceEqualityComparer.Instance) { to };
        var work = new Stack<FusionGroup>();
        work.Push(to);
        while (work.TryPop(out FusionGroup? group))
        {
            foreach (FusionGroup source in group.Sources())
            {
                if (source == from) return true;
                if (source.Level > from.Level && seen.Add(source)) work.Push(source);
            }
        }
        return false;
    }

    private static List<FusionGroup> Schedule(List<BoundNode> nodes)
    {
        HashSet<FusionGroup> done = new(ReferenceEqualityComparer.Instance), ended = new(ReferenceEqualityComparer.Instance);
        var order = new List<FusionGroup>();
        var open = new Stack<(FusionGroup Group, IEnumerator<FusionGroup> Sources)>();
        foreach (BoundNode bound in nodes)
        {
            // Groups in the order of their last member: values are made shortly before their use.
            if (bound.Group is not { } root || root.Members[^1] != bound || !done.Add(root)) continue;
            open.Push((root, root.Sources().GetEnumerator()));
            while (open.TryPeek(out var top))
            {
                if (top.Sources.MoveNext())
                {
                    FusionGroup source = top.Sources.Current;
                    if (done.Add(source)) open.Push((source, source.Sources().GetEnumerator()));
                    else if (!ended.Contains(source)) Throw.Internal($"the kernel of {bound.Node} needs itself");
                    continue;
                }
                ended.Add(top.Group);
                order.Add(open.Pop().Group);
            }
        }
        return order;
    }
}
