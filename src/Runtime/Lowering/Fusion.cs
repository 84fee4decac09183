using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// Which instances share a kernel. A pointwise instance or a reduction joins the loop that makes one of its operands when
/// both walk the same space and no path leads from that loop through another unit to the instance; loops that meet in one
/// instance become one under the same condition.
/// </summary>
internal static class Fusion
{
    private const int MaxMembers = 40;

    /// <summary>Makes units and returns them in an order in which they can run.</summary>
    public static List<Unit> Plan(List<Instance> instances)
    {
        foreach (Instance instance in instances)
        {
            if (instance.Op == Op.Parameter) continue;
            Place(instance);
        }
        return Schedule(instances);
    }

    private static void Place(Instance instance)
    {
        if (!LoopOps.CanLoop(instance))
        {
            new Unit(isLoop: false, []).Add(instance);
            return;
        }
        long[] space = LoopOps.Space(instance);
        Unit? home = null;
        foreach (Ref input in instance.Inputs)
        {
            if (input.Instance.Unit is not { IsLoop: true } unit || unit == home) continue;
            if (LoopOps.IsReduction(input.Instance) || !unit.Space.AsSpan().SequenceEqual(space)) continue;
            if (home is null)
            {
                if (unit.Members.Count < MaxMembers && !Detour(unit, instance)) home = unit;
            }
            else if (unit.Members.Count + home.Members.Count < MaxMembers && !Detour(unit, instance) && !Reaches(unit, home) && !Reaches(home, unit))
            {
                foreach (Instance member in unit.Members) home.Add(member);
                home.Members.Sort(static (a, b) => a.Index.CompareTo(b.Index));
            }
        }
        (home ?? new Unit(isLoop: true, space)).Add(instance);
    }

    private static void Add(this Unit unit, Instance instance)
    {
        unit.Members.Add(instance);
        instance.Unit = unit;
    }

    /// <summary>True when the instance needs a finished reduction of the unit, or something else that needs the unit.</summary>
    private static bool Detour(Unit unit, Instance instance)
    {
        foreach (Ref input in instance.Inputs)
        {
            if (input.Instance.Unit is not { } other) continue;
            if (other == unit ? LoopOps.IsReduction(input.Instance) : Reaches(unit, other)) return true;
        }
        return false;
    }

    /// <summary>True when <paramref name="to"/> needs, through any number of units, what <paramref name="from"/> makes, other than directly.</summary>
    private static bool Reaches(Unit from, Unit to)
    {
        int first = from.First;
        var seen = new HashSet<Unit>(ReferenceEqualityComparer.Instance) { to };
        var work = new Stack<Unit>();
        work.Push(to);
        while (work.TryPop(out Unit? unit))
        {
            foreach (Unit source in unit.Sources())
            {
                if (source == from) return true;
                // What ended before the loop's first instance can't need it.
                if (source.Members[^1].Index > first && seen.Add(source)) work.Push(source);
            }
        }
        return false;
    }

    private static List<Unit> Schedule(List<Instance> instances)
    {
        var done = new HashSet<Unit>(ReferenceEqualityComparer.Instance);
        var order = new List<Unit>();
        var open = new Stack<(Unit Unit, IEnumerator<Unit> Sources)>();
        foreach (Instance instance in instances)
        {
            // Units in the order of their last member: values are made shortly before their use.
            if (instance.Unit is not { } root || root.Members[^1] != instance || !done.Add(root)) continue;
            open.Push((root, root.Sources().GetEnumerator()));
            while (open.TryPeek(out var top))
            {
                if (top.Sources.MoveNext())
                {
                    Unit source = top.Sources.Current;
                    if (done.Add(source)) open.Push((source, source.Sources().GetEnumerator()));
                    continue;
                }
                order.Add(open.Pop().Unit);
            }
        }
        return order;
    }
}
