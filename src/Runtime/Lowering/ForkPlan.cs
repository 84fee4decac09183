using TensorGraph.Backends.Commands;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>When commands run side by side.</summary>
/// <param name="Threads">How many at most.</param>
internal sealed record ForkOptions(int Threads)
{
    /// <summary>Never.</summary>
    public static ForkOptions None { get; } = new(1);

    /// <summary>Nanoseconds that a fork costs: to hand a group to another thread and to wait for it.</summary>
    public double HandOff { get; init; } = 15_000;

    /// <summary>False for a device whose kernels need whole values: no commands run tile by tile.</summary>
    public bool HasTiles { get; init; } = true;
}

/// <summary>Finishes a region: which of its commands run side by side, and where its values are in memory.</summary>
internal static class ForkPlan
{
    // Memory that side by side may take beside what one after another does, where twice of that is less.
    private const long FreeBytes = 16 << 20;

    /// <summary>The region with forks where they pay, for as many threads as its memory allows.</summary>
    public static LoweredRegion Choose(
        Slot[] slots, Command[] commands, int[] inputs, (int Slot, TensorLayout? Layout)[] results, ForkOptions options)
    {
        int threads = options.Threads;
        CommandTime[] times = Array.ConvertAll(commands, command => CommandTime.Of(command, slots, threads));
        CommandTime sum = times.Aggregate(default(CommandTime), (total, time) => total + time);
        if (threads == 1 || sum.Alone < options.HandOff) return Region(commands, Schedule.InOrder, sum);

        LoweredRegion? inOrder = null;
        long most = 0;
        for (; threads > 1; threads = (threads + 1) / 2)
        {
            if (new ForkSearch(commands, times, slots.Length, options with { Threads = threads }).Run() is not var (order, forks, alone)) break;
            if (inOrder is null)
            {
                inOrder = Region(commands, Schedule.InOrder, sum);
                most = MemoryEstimate.Of(inOrder);
                most += Math.Max(most, FreeBytes);
            }
            LoweredRegion forked = Region(Array.ConvertAll(order, at => commands[at]), new Schedule(forks, order), sum with { Alone = alone });
            if (MemoryEstimate.Of(forked) <= most) return forked;
        }
        return Region(commands, Schedule.InOrder, sum);

        LoweredRegion Region(Command[] ordered, Schedule schedule, CommandTime time)
        {
            long arena = MemoryPlan.Assign(slots, ordered, results.Select(result => result.Slot), schedule);
            return new LoweredRegion(slots, ordered, schedule, inputs, results, arena, time);
        }
    }

    /// <summary>
    /// True for a command that others can see happen: it assigns a variable, prints, or calls C# code. It runs alone, after all that comes before it
    /// in the program. What only fails is no such command: of several failures the first one in the program counts.
    /// </summary>
    public static bool IsSeen(Command command) => Array.Exists(command.Origin, IsSeen);

    private static bool IsSeen(Node node) => !node.Effects.IsEmpty && (node.Regions.IsEmpty
        ? node.Effects.Any(effect => effect.IsWrite && effect.Resource != Resource.Assert) && node.Attrs.Find("fn") is not Resource { OnlyThrows: true }
        : node.Regions.Any(region => region.Body.Any(IsSeen)));
}
