using TensorGraph.Backends.Commands;
using TensorGraph.Passes;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// Places in the arena: two slots share bytes only when one is dead before the other is written, or when the command that
/// reads one for the last time writes the other element by element over it.
/// </summary>
internal static class MemoryPlan
{
    private const long Alignment = 64;

    // Beyond this the better of two orders is not worth the time.
    private const int ManyPlaces = 2_000;

    /// <summary>Bytes that slots of one size have one after the other.</summary>
    private sealed class Place(long size, int first)
    {
        public long Size => size;
        public int First => first;

        /// <summary>The slot that has them last.</summary>
        public int Last { get; set; }

        public long Offset { get; set; }
        public List<Slot> Slots { get; } = [];
    }

    /// <summary>Sets the offsets and returns the bytes that the arena needs.</summary>
    public static long Assign(IReadOnlyList<Slot> slots, IReadOnlyList<Command> commands, IEnumerable<int> results, Schedule schedule)
    {
        SlotLives lives = SlotLives.Of(slots.Count, commands, results, schedule);
        bool reuse = !LoweringStep.Reuse.IsLeftOut;
        List<Place> places = PlacesOf(slots, commands, lives, reuse);
        long bytes = reuse ? Arrange(places, lives, schedule) : OneAfterTheOther(places);
        if (reuse && places.Count <= ManyPlaces)
        {
            long[] offsets = [.. places.Select(place => place.Offset)];
            long largestFirst = Arrange([.. places.OrderByDescending(place => place.Size)], lives, inOrderOfTime: null);
            for (int i = 0; i < offsets.Length && bytes <= largestFirst; i++) places[i].Offset = offsets[i];
            bytes = Math.Min(bytes, largestFirst);
        }
        foreach (Place place in places)
        {
            foreach (Slot slot in place.Slots) slot.Offset = place.Offset;
        }
        return bytes;
    }

    // By their first use.
    private static List<Place> PlacesOf(IReadOnlyList<Slot> slots, IReadOnlyList<Command> commands, SlotLives lives, bool reuse)
    {
        var places = new List<Place>();
        var placeOf = new Place?[slots.Count];
        for (int at = 0; at < commands.Count; at++)
        {
            var taken = new HashSet<int>();
            foreach (int slot in commands[at].Writes.Distinct())
            {
                if (slots[slot].Kind != SlotKind.Arena || lives.First[slot] != at) continue;
                int dying = commands[at].Reads.FirstOrDefault(
                    read => reuse && slots[read].Kind == SlotKind.Arena && lives.EndsAt(read, at) && lives.First[read] < at && !taken.Contains(read)
                        && slots[read].Layout.Bytes == slots[slot].Layout.Bytes && commands[at].MayOverwrite(read, slot), -1);
                if (dying >= 0 && taken.Add(dying)) placeOf[slot] = placeOf[dying];
                else places.Add(placeOf[slot] = new Place((Math.Max(slots[slot].Layout.Bytes, 1) + Alignment - 1) / Alignment * Alignment, at));
                placeOf[slot]!.Slots.Add(slots[slot]);
                placeOf[slot]!.Last = slot;
            }
        }
        return places;
    }

    private static long OneAfterTheOther(List<Place> places)
    {
        long bytes = 0;
        foreach (Place place in places)
        {
            place.Offset = bytes;
            bytes += place.Size;
        }
        return bytes;
    }

    // Each place in turn gets the lowest gap among those that are used at the same time. In order of time the dead ones can be forgotten, but for
    // those that end in a fork: a group that comes later in the list may run at that time.
    private static long Arrange(List<Place> places, SlotLives lives, Schedule? inOrderOfTime)
    {
        var placed = new List<Place>();
        long bytes = 0;
        foreach (Place place in places)
        {
            if (inOrderOfTime is { } schedule)
            {
                int now = schedule.Earliest(place.First);
                placed.RemoveAll(other => lives.Last[other.Last] < now && schedule.Latest(lives.Last[other.Last]) < now);
            }
            long offset = 0;
            int before = 0;
            for (int i = 0; i < placed.Count; i++)
            {
                Place other = placed[i];
                if (lives.EndsBefore(other.Last, place.First) || lives.EndsBefore(place.Last, other.First)) continue;
                if (other.Offset - offset >= place.Size) break;
                offset = Math.Max(offset, other.Offset + other.Size);
            }
            while (before < placed.Count && placed[before].Offset <= offset) before++;
            placed.Insert(before, place);
            place.Offset = offset;
            bytes = Math.Max(bytes, offset + place.Size);
        }
        return bytes;
    }
}
