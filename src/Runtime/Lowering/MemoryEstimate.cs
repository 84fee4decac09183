using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// The memory that a lowered region takes at once while it runs, beside its arguments, constants and variables. Where a tensor decides the number of
/// iterations or a size, it counts with the largest of the runs so far, and with <see cref="TripCount.Guess"/> before the first.
/// </summary>
internal static class MemoryEstimate
{
    /// <summary>Bytes.</summary>
    public static long Of(LoweredRegion region)
    {
        long most = 0;
        for (int at = 0; at < region.Commands.Length; at++)
        {
            most = Math.Max(most, Live(region, at) + Inside(region.Commands[at]));
        }
        return region.ArenaBytes + most;
    }

    /// <summary>The layouts of all that it takes memory for.</summary>
    public static IEnumerable<TensorLayout> Buffers(LoweredRegion region) => region.Slots
        .Where(slot => slot.Kind is SlotKind.Arena or SlotKind.Heap).Select(slot => slot.Layout)
        .Concat(region.Commands.SelectMany(Regions).SelectMany(Buffers));

    // Beside what a command needs in itself; after the last command, what the region gives.
    private static long Live(LoweredRegion region, int at)
    {
        long values = Enumerable.Range(0, region.Slots.Length).Where(slot => IsLive(region, slot, at)).Sum(slot => region.Slots[slot].Layout.Bytes);
        int loops = Math.Min(at + 1, region.Commands.Length);
        return values + Enumerable.Range(0, loops).Where(loop => LastOfLists(region, loop) >= at).Sum(loop => Saved(region.Commands[loop]));
    }

    // What a command makes for itself has memory of its own; a variable's value has its memory already.
    private static bool IsLive(LoweredRegion region, int slot, int at)
    {
        (int first, int last) = (region.Lives.First[slot], region.Lives.Last[slot]);
        return region.Slots[slot].Kind switch
        {
            SlotKind.Heap => first <= at && at <= last,
            SlotKind.External => first < at && at <= last
                && region.Commands[first] is BranchCommand or WhileCommand or ScanCommand or ListStackCommand,
            _ => false,
        };
    }

    private static long Inside(Command command) => command switch
    {
        // An iteration makes the next values while it has the last ones.
        WhileCommand c => Bytes(c.Layouts.Take(c.Carried)) + Math.Max(Of(c.Condition), Of(c.Body)),
        ScanCommand c => Bytes(c.Results) + Rows(c) + Of(c.Body),
        ListStackCommand c => c.Layout.Bytes,
        SizedCommand c => Math.Max(Of(c.First), Live(c.First, c.First.Commands.Length) + Of(Rest(c))),
        _ => Regions(command).Select(Of).DefaultIfEmpty().Max(),
    };

    // What iterations add to lists. A carried value is the one that the iteration before has made; a variable's value has its memory already.
    private static long Saved(Command command)
    {
        (LoweredRegion body, int carried, long trips) = command switch
        {
            WhileCommand c => (c.Body, c.Carried, c.Trips ?? (c.MostTrips > 0 ? c.MostTrips : TripCount.Guess)),
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

    private static LoweredRegion Rest(SizedCommand c) => c.LowerRest(c.Largest > 0 ? c.Largest : TripCount.Guess);

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
