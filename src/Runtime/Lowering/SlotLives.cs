using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// The first and the last command that uses each slot. A result lives on after the last command; a slot that no command uses never does.
/// </summary>
internal sealed class SlotLives
{
    private SlotLives(int[] first, int[] last) => (First, Last) = (first, last);

    /// <summary>By slot; <see cref="int.MaxValue"/> for one that is not used.</summary>
    public int[] First { get; }

    /// <summary>By slot; <see cref="int.MaxValue"/> for a result, −1 for one that is not used.</summary>
    public int[] Last { get; }

    public static SlotLives Of(int slots, IReadOnlyList<Command> commands, IEnumerable<int> results)
    {
        var first = new int[slots];
        var last = new int[slots];
        Array.Fill(first, int.MaxValue);
        Array.Fill(last, -1);
        for (int at = 0; at < commands.Count; at++)
        {
            foreach (int slot in commands[at].Writes.Concat(commands[at].Reads))
            {
                first[slot] = Math.Min(first[slot], at);
                last[slot] = at;
            }
        }
        foreach (int slot in results) last[slot] = int.MaxValue;
        return new SlotLives(first, last);
    }
}
