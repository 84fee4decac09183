using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// The memory that a lowered region takes at once while it runs, beside its arguments, constants and variables. What is not known ahead is not in it:
/// lists of loops whose number of iterations a tensor decides, and what follows a size that only the run finds out.
/// </summary>
internal static class MemoryEstimate
{
    /// <summary>Bytes.</summary>
    public static long Of(LoweredRegion region)
    {
        long most = 0;
        for (int at = 0; at < region.Commands.Length; at++)
        {
            long live = Enumerable.Range(0, region.Slots.Length).Where(slot => IsLive(region, slot, at)).Sum(slot => region.Slots[slot].Layout.Bytes);
            long saved = Enumerable.Range(0, at + 1).Where(loop => LastOfLists(region, loop) >= at).Sum(loop => Saved(region.Commands[loop]));
            most = Math.Max(most, live + saved + Inside(region.Commands[at]));
        }
        return region.ArenaBytes + most;
    }

    /// <summary>The layouts of all that it takes memory for.</summary>
    public static IEnumerable<TensorLayout> Buffers(LoweredRegion region) => region.Slots
        .Where(slot => slot.Kind is SlotKind.Arena or SlotKind.Heap).Select(slot => slot.Layout)
        .Concat(region.Commands.SelectMany(Regions).SelectMany(Buffers));

    // What a control-flow command gives has memory of its own; a variable's value has its memory already.
    private static bool IsLive(LoweredRegion region, int slot, int at)
    {
        (int first, int last) = (region.Lives.First[slot], region.Lives.Last[slot]);
        return region.Slots[slot].Kind switch
        {
            SlotKind.Heap => first <= at && at <= last,
            SlotKind.External => first < at && at <= last && region.Commands[first] is BranchCommand or WhileCommand or ScanCommand,
            _ => false,
        };
    }

    private static long Inside(Command command) => command switch
    {
        // An iteration makes the next values while it has the last ones.
        WhileCommand c => Bytes(c.Layouts.Take(c.Carried)) + Math.Max(Of(c.Condition), Of(c.Body)),
        ScanCommand c => Bytes(c.Results) + Rows(c) + Of(c.Body),
        _ => Regions(command).Select(Of).DefaultIfEmpty().Max(),
    };

    // What iterations add to lists. A carried value is the one that the iteration before has made; a variable's value has its memory already.
    private static long Saved(Command command)
    {
        (LoweredRegion body, int carried, long trips) = command switch
        {
            WhileCommand { Trips: { } known } c => (c.Body, c.Carried, known),
            ScanCommand c => (c.Body, c.Carried, c.Length),
            _ => (null!, 0, 0),
        };
        if (trips == 0) return 0;
        return trips * body.Commands.OfType<ListSetCommand>()
            .Select(set => set.Element < carried ? body.Results[set.Element].Slot : set.Element).Distinct()
            .Where(slot => body.Slots[slot].Kind == SlotKind.Heap).Sum(slot => body.Slots[slot].Layout.Bytes);
    }

    private static int LastOfLists(LoweredRegion region, int command) =>
        region.Commands[command].Writes.Where(slot => region.Slots[slot].Layout.Type.IsList).Select(slot => region.Lives.Last[slot])
            .DefaultIfEmpty(-1).Max();

    private static long Rows(ScanCommand c) => Bytes(c.Layouts.Skip(c.Carried).Take(c.Sequences)) / Math.Max(1, c.Length);

    private static long Bytes(IEnumerable<TensorLayout> layouts) => layouts.Sum(layout => layout.Bytes);

    private static IEnumerable<LoweredRegion> Regions(Command command) => command switch
    {
        BranchCommand c => c.Regions,
        WhileCommand c => [c.Condition, c.Body],
        ScanCommand c => [c.Body],
        SizedCommand c => [c.First],
        _ => [],
    };
}
