using TensorGraph.Backends;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Tests.Forks;

/// <summary>Forks and the memory plan on random commands: whatever order the schedule allows, each command reads what was written for it.</summary>
[WithAllPasses]
public sealed class ForkPlanTests
{
    private const int Programs = 400;
    private const int Orders = 10;

    private sealed record Move(int[] Reads, int[] Writes, int? Overwrites) : Command(Reads, Writes)
    {
        public override bool MayOverwrite(int read, int written) => read == Overwrites;

        public override string Describe() => $"{Text(Reads)} -> {Text(Writes)}";
    }

    [Fact]
    public void No_order_that_is_allowed_overwrites_what_is_still_read()
    {
        int forked = 0, shared = 0;
        for (int seed = 0; seed < Programs; seed++)
        {
            var random = new Random(seed);
            (Slot[] slots, Command[] commands, int[] results) = Make(random);
            CommandTime[] times = Array.ConvertAll(commands, _ => new CommandTime(1000, random.Next(500, 3000)));
            var search = new ForkSearch(commands, times, slots.Length, new ForkOptions(2 + seed % 3) { HandOff = 0 });
            if (search.Run() is not var (order, forks, _)) continue;
            forked++;
            Assert.Equal(Enumerable.Range(0, commands.Length), order.Order());
            var schedule = new Schedule(forks, order);
            Command[] ordered = Array.ConvertAll(order, at => commands[at]);
            MemoryPlan.Assign(slots, ordered, results, schedule);
            shared += SlotLives.Of(slots.Length, ordered, results, schedule).IsShared.Count(isShared => isShared);
            for (int i = 0; i < Orders; i++) Check(slots, ordered, results, AnyOrder(forks, ordered.Length, random), $"seed {seed}");
        }
        Assert.True(forked > Programs / 2, $"only {forked} programs have forks");
        Assert.True(shared > Programs / 10, $"only {shared} slots end in several groups");
    }

    [Fact]
    public void Commands_that_others_can_see_are_in_no_fork()
    {
        for (int seed = 0; seed < Programs; seed++)
        {
            (Slot[] slots, Command[] commands, _) = Make(new Random(seed));
            CommandTime[] times = Array.ConvertAll(commands, _ => new CommandTime(1000, 1000));
            if (new ForkSearch(commands, times, slots.Length, new ForkOptions(4) { HandOff = 0 }).Run() is not var (order, forks, _)) continue;
            var schedule = new Schedule(forks, order);
            for (int at = 0; at < order.Length; at++)
            {
                if (!ForkPlan.IsSeen(commands[order[at]])) continue;
                Assert.Equal((at, at, at), (order[at], schedule.Earliest(at), schedule.Latest(at)));
            }
        }
    }

    [Fact]
    public void Memory_decides_how_many_run_side_by_side()
    {
        var b = new GraphBuilder { Source = SourceSpan.None };
        Value x = b.Parameter(new TensorType(DType.F32, [3_000_000]));
        Value Branch() => b.Emit(OpDefs.ArgMax, Attrs.Of("axis", 0L), [b.Emit(OpDefs.CumSum, Attrs.Of(("axis", 0L), ("reverse", false), ("exclusive", false)), [x])[0]])[0];
        Region region = b.Finish("f", [Branch(), Branch(), Branch(), Branch()]).Entry;
        LoweredRegion Lower(int threads) => RegionBuilder.Lower(region, SizeBindings.Empty, new ForkOptions(threads));
        LoweredRegion inOrder = Lower(1);
        long most = 2 * MemoryEstimate.Of(inOrder) + (4 << 20);

        Assert.Empty(inOrder.Schedule.Forks);
        Assert.InRange(inOrder.ArenaBytes, 12_000_000, 13_000_000);
        foreach (int threads in new[] { 2, 3, 4, 16 })
        {
            LoweredRegion forked = Lower(threads);
            Assert.Equal(2, Assert.Single(forked.Schedule.Forks).Starts.Length);
            Assert.InRange(MemoryEstimate.Of(forked), 24_000_000, most);
        }
    }

    private static (Slot[] Slots, Command[] Commands, int[] Results) Make(Random random)
    {
        var slots = new List<Slot> { New(SlotKind.Input, random), New(SlotKind.Input, random) };
        var commands = new List<Command>();
        Node seen = Print();
        for (int count = random.Next(4, 40); commands.Count < count;)
        {
            // Mostly recent ones, so that there are chains.
            int[] reads = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(Math.Max(0, slots.Count - random.Next(1, 8)), slots.Count)).Distinct()];
            var writes = new List<int>();
            if (random.Next(6) == 0 && slots[reads[0]].Kind == SlotKind.Arena) writes.Add(reads[0]);
            for (int i = random.Next(10) == 0 ? 2 : 1; i > 0; i--)
            {
                writes.Add(slots.Count);
                slots.Add(New(SlotKind.Arena, random));
            }
            int? overwrites = random.Next(2) == 0 && !writes.Contains(reads[^1]) ? reads[^1] : null;
            commands.Add(new Move(reads, [.. writes], overwrites) { Origin = random.Next(12) == 0 ? [seen] : [] });
        }
        int[] results = [.. Enumerable.Range(2, slots.Count - 2).Where(_ => random.Next(5) == 0)];
        return ([.. slots], [.. commands], results);
    }

    private static Slot New(SlotKind kind, Random random) => new(kind, TensorLayout.Of(new TensorType(DType.U8, [64 * random.Next(1, 4)])));

    private static Node Print()
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        build.Emit(OpDefs.Print, Attrs.Of("format", ""), []);
        return build.Finish("print", []).Entry.Body[0];
    }

    private static List<int> AnyOrder(Fork[] forks, int count, Random random)
    {
        var order = new List<int>();
        int next = 0;
        foreach (Fork fork in forks)
        {
            order.AddRange(Enumerable.Range(next, fork.Start - next));
            var groups = fork.Starts.Select((start, group) => new Queue<int>(Enumerable.Range(start, fork.EndOf(group) - start))).ToList();
            while (groups.RemoveAll(group => group.Count == 0) >= 0 && groups.Count > 0) order.Add(groups[random.Next(groups.Count)].Dequeue());
            next = fork.End;
        }
        order.AddRange(Enumerable.Range(next, count - next));
        return order;
    }

    // Each unit of the arena has the slot that was written there last.
    private static void Check(Slot[] slots, Command[] commands, int[] results, List<int> order, string what)
    {
        var written = new HashSet<int>();
        var memory = new int[slots.Sum(slot => slot.Layout.Bytes) / 64];
        foreach (int at in order)
        {
            foreach (int slot in commands[at].Reads) Holds(slot);
            foreach (int slot in commands[at].Writes.Where(slot => !written.Contains(slot) || commands[at].Reads.Contains(slot)))
            {
                written.Add(slot);
                for (long unit = 0; unit < slots[slot].Layout.Bytes / 64; unit++) memory[slots[slot].Offset / 64 + unit] = slot;
            }
        }
        foreach (int slot in results) Holds(slot);

        void Holds(int slot)
        {
            if (slots[slot].Kind != SlotKind.Arena) return;
            Assert.True(written.Contains(slot), $"{what}: slot {slot} is read before it is written");
            for (long unit = 0; unit < slots[slot].Layout.Bytes / 64; unit++)
                Assert.True(memory[slots[slot].Offset / 64 + unit] == slot, $"{what}: slot {slot} is overwritten by {memory[slots[slot].Offset / 64 + unit]}");
        }
    }
}
