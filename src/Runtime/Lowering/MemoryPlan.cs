using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// Places in the arena: two slots share bytes only when one is dead before the other is written, or when the command that
/// reads one for the last time writes the other element by element over it.
/// </summary>
internal static class MemoryPlan
{
    private const long Alignment = 64;

    private sealed record Placed(long Offset, long Size, int LastUse);

    /// <summary>Sets the offsets and returns the bytes that the arena needs.</summary>
    public static long Assign(List<Slot> slots, List<Command> commands, IEnumerable<int> results)
    {
        int[] first = [.. slots.Select(_ => int.MaxValue)];
        int[] last = [.. slots.Select(_ => -1)];
        for (int at = 0; at < commands.Count; at++)
        {
            foreach (int slot in commands[at].Writes.Concat(commands[at].Reads))
            {
                first[slot] = Math.Min(first[slot], at);
                last[slot] = at;
            }
        }
        foreach (int slot in results) last[slot] = int.MaxValue;

        var live = new List<Placed>();
        long bytes = 0;
        for (int at = 0; at < commands.Count; at++)
        {
            live.RemoveAll(placed => placed.LastUse < at);
            var taken = new HashSet<int>();
            foreach (int slot in commands[at].Writes.Distinct())
            {
                if (slots[slot].Kind != SlotKind.Arena || first[slot] != at) continue;
                long size = (Math.Max(slots[slot].Layout.Bytes, 1) + Alignment - 1) / Alignment * Alignment;
                int dying = commands[at].Reads.FirstOrDefault(
                    read => slots[read].Kind == SlotKind.Arena && last[read] == at && first[read] < at && !taken.Contains(read)
                        && slots[read].Layout.Bytes == slots[slot].Layout.Bytes && commands[at].MayOverwrite(read, slot), -1);
                long offset;
                if (dying >= 0)
                {
                    taken.Add(dying);
                    offset = slots[dying].Offset;
                    live.RemoveAll(placed => placed.Offset == offset && placed.LastUse == at);
                }
                else
                {
                    offset = FirstGap(live, size);
                }
                slots[slot].Offset = offset;
                live.Add(new Placed(offset, size, last[slot]));
                live.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
                bytes = Math.Max(bytes, offset + size);
            }
        }
        return bytes;
    }

    private static long FirstGap(List<Placed> live, long size)
    {
        long offset = 0;
        foreach (Placed placed in live)
        {
            if (placed.Offset - offset >= size) break;
            offset = Math.Max(offset, placed.Offset + placed.Size);
        }
        return offset;
    }
}
