using TensorGraph.Backends.Commands;
using TensorGraph.Passes;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// The memory that a lowered region takes at once while it runs, beside its arguments, constants and variables. Groups of a fork count as if all had
/// their most at one moment. Where a tensor decides the number of iterations or a size, it counts with the largest of the runs so far, and with
/// <see cref="TripCount.Guess"/> before the first.
/// </summary>
internal static class MemoryEstimate
{
    /// <summary>Bytes.</summary>
    public static long Of(LoweredRegion region)
    {
        // Bytes that begin to count at a command, or end to: those of a group of a fork, and all others.
        var own = new long[region.Commands.Length + 1];
        var common = new long[region.Commands.Length + 1];
        for (int slot = 0; slot < region.Slots.Length; slot++) Add(region, slot, own, common);
        for (int at = 0; at < region.Commands.Length; at++) Count(common, Saved(region.Commands[at]), at, LastOfLists(region, at));

        Schedule schedule = region.Schedule;
        long ownLive = 0, commonLive = 0, inGroup = 0, inOthers = 0, most = 0;
        for (int at = 0; at < region.Commands.Length; at++)
        {
            if (schedule.Earliest(at) == at) inOthers = inGroup = 0;
            else if (schedule.GroupOf(at) == at) (inOthers, inGroup) = (inOthers + inGroup, 0);
            ownLive += own[at];
            commonLive += common[at];
            inGroup = Math.Max(inGroup, ownLive + Inside(region.Commands[at]));
            most = Math.Max(most, commonLive + inOthers + inGroup);
        }
        return region.ArenaBytes + most;
    }

    /// <summary>The layouts of all that it takes memory for.</summary>
    public static IEnumerable<TensorLayout> Buffers(LoweredRegion region) => region.Slots
        .Where(slot => slot.Kind is SlotKind.Arena or SlotKind.Heap).Select(slot => slot.Layout)
        .Concat(region.Commands.SelectMany(Regions).SelectMany(Buffers));

    // What a region gives when it has run.
    private static long Given(LoweredRegion region)
    {
        long bytes = 0;
        for (int slot = 0; slot < region.Slots.Length; slot++)
        {
            if (region.Lives.First[slot] == int.MaxValue || region.Lives.Last[slot] != int.MaxValue) continue;
            if (region.Slots[slot].Kind == SlotKind.Heap || IsMade(region, slot)) bytes += region.Slots[slot].Layout.Bytes;
        }
        for (int at = 0; at < region.Commands.Length; at++)
        {
            if (LastOfLists(region, at) == int.MaxValue) bytes += Saved(region.Commands[at]);
        }
        return bytes;
    }

    // What a command makes for itself has memory of its own; a variable's value has its memory already.
    private static bool IsMade(LoweredRegion region, int slot) => region.Slots[slot].Kind == SlotKind.External
        && region.Commands[region.Lives.First[slot]] is BranchCommand or WhileCommand or ScanCommand or ListStackCommand;

    private static void Add(LoweredRegion region, int slot, long[] own, long[] common)
    {
        (int first, int last) = (region.Lives.First[slot], region.Lives.Last[slot]);
        if (first == int.MaxValue) return;
        Schedule schedule = region.Schedule;
        bool isOwn = last < region.Commands.Length && !region.Lives.IsShared[slot] && schedule.GroupOf(first) == schedule.GroupOf(last);
        if (!isOwn && last < region.Commands.Length) last = schedule.Latest(last);
        if (IsMade(region, slot)) first++;
        else if (region.Slots[slot].Kind != SlotKind.Heap) return;
        else if (!isOwn) first = schedule.Earliest(first);
        Count(isOwn ? own : common, region.Slots[slot].Layout.Bytes, first, last);
    }

    private static void Count(long[] changes, long bytes, int first, int last)
    {
        if (first > last) return;
        changes[first] += bytes;
        if (last + 1 < changes.Length && last != int.MaxValue) changes[last + 1] -= bytes;
    }

    private static long Inside(Command command) => command switch
    {
        // An iteration makes the next values while it has the last ones.
        WhileCommand c => Bytes(c.Layouts.Take(c.Carried)) + Math.Max(Of(c.Condition), Of(c.Body)),
        ScanCommand c => Bytes(c.Results) + Rows(c) + Of(c.Body),
        ListStackCommand c => c.Layout.Bytes,
        TileCommand c => c.TileBytes * Math.Min(c.Space.Units, Environment.ProcessorCount),
        SizedCommand c => Math.Max(Of(c.First), Given(c.First) + Of(Rest(c))),
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
