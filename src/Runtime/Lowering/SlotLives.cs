using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// The first and the last command that uses each slot. A result lives on after the last command; a slot that no command uses never does.
/// </summary>
internal sealed class SlotLives
{
    private readonly Schedule _schedule;

    private SlotLives(Schedule schedule, int[] first, int[] last, bool[] isShared) =>
        (_schedule, First, Last, IsShared) = (schedule, first, last, isShared);

    /// <summary>By slot; <see cref="int.MaxValue"/> for one that is not used.</summary>
    public int[] First { get; }

    /// <summary>By slot; <see cref="int.MaxValue"/> for a result, −1 for one that is not used.</summary>
    public int[] Last { get; }

    /// <summary>By slot: true when several groups of one fork use it last, so that it lives until all of them have ended.</summary>
    public bool[] IsShared { get; }

    public static SlotLives Of(int slots, IReadOnlyList<Command> commands, IEnumerable<int> results, Schedule schedule)
    {
        var first = new int[slots];
        var last = new int[slots];
        var isShared = new bool[slots];
        Array.Fill(first, int.MaxValue);
        Array.Fill(last, -1);
        for (int at = 0; at < commands.Count; at++)
        {
            foreach (int slot in commands[at].Writes.Concat(commands[at].Reads))
            {
                first[slot] = Math.Min(first[slot], at);
                bool inSameFork = last[slot] >= 0 && schedule.Earliest(last[slot]) == schedule.Earliest(at);
                isShared[slot] = inSameFork && (isShared[slot] || schedule.GroupOf(last[slot]) != schedule.GroupOf(at));
                last[slot] = at;
            }
        }
        foreach (int slot in results) last[slot] = int.MaxValue;
        return new SlotLives(schedule, first, last, isShared);
    }

    /// <summary>True when a slot is not used any more whenever a command begins.</summary>
    public bool EndsBefore(int slot, int command) =>
        Last[slot] < command
        && (IsShared[slot] ? _schedule.Latest(Last[slot]) < _schedule.Earliest(command) : _schedule.IsBefore(Last[slot], command));

    /// <summary>True when a command is the last to use a slot, and no other one can be using it meanwhile.</summary>
    public bool EndsAt(int slot, int command) => Last[slot] == command && !IsShared[slot];
}
