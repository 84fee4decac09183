using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>Ops on lists: a list's slot holds references to its elements.</summary>
internal static class Lists
{
    public static bool New(RegionBuilder lowered, BoundNode bound)
    {
        lowered.Add(new ListNewCommand(External(lowered, bound), bound.Layouts[0]));
        return true;
    }

    public static bool Add(RegionBuilder lowered, BoundNode bound)
    {
        lowered.Add(new ListAddCommand(lowered.ViewOf(bound.Inputs[0]).Slot, lowered.ViewOf(bound.Inputs[1]).Slot, External(lowered, bound),
            bound.Layouts[0]));
        return true;
    }

    public static bool Of(RegionBuilder lowered, BoundNode bound)
    {
        lowered.Add(new ListOfCommand(lowered.Whole(bound.Inputs[0], SlotKind.Heap), External(lowered, bound), bound.Inputs[0].Layout,
            bound.Layouts[0]));
        return true;
    }

    public static bool Count(RegionBuilder lowered, BoundNode bound)
    {
        lowered.Add(new ListCountCommand(lowered.ViewOf(bound.Inputs[0]).Slot, lowered.Result(bound)));
        return true;
    }

    public static bool Get(RegionBuilder lowered, BoundNode bound)
    {
        lowered.Add(new ListGetCommand(lowered.ViewOf(bound.Inputs[0]).Slot, Index(lowered, bound), External(lowered, bound), Padding(bound),
            bound.Node));
        return true;
    }

    public static bool Set(RegionBuilder lowered, BoundNode bound)
    {
        lowered.Add(new ListSetCommand(
            lowered.ViewOf(bound.Inputs[0]).Slot, Index(lowered, bound), lowered.Whole(bound.Inputs[2], SlotKind.Heap), External(lowered, bound),
            bound.Inputs[2].Layout, bound.Layouts[0], Padding(bound), bound.Node));
        return true;
    }

    public static bool Stack(RegionBuilder lowered, BoundNode bound)
    {
        lowered.Add(new ListStackCommand(lowered.ViewOf(bound.Inputs[0]).Slot, External(lowered, bound), bound.Layouts[0], Padding(bound)));
        return true;
    }

    private static TensorLayout? Padding(BoundNode bound) =>
        bound.Node.Attrs.Get("padded", false) ? TensorLayout.Of(bound.Inputs[0].Layout.Type.Element) : null;

    private static int External(RegionBuilder lowered, BoundNode bound) => lowered.Bind(new BoundValue(bound, 0), SlotKind.External);

    private static IndexSlot Index(RegionBuilder lowered, BoundNode bound) => IndexSlot.Of(lowered.ViewOf(bound.Inputs[1]));
}
