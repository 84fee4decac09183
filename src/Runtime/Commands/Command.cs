using System.Globalization;
using System.Text;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Commands;

/// <summary>
/// One action of a lowered region, as data: which slots it reads and writes, and what it computes. Lowering makes commands; a device renders them
/// into what it runs.
/// </summary>
/// <param name="Reads">Slots that it reads.</param>
/// <param name="Writes">Slots that it writes.</param>
internal abstract record Command(int[] Reads, int[] Writes)
{
    /// <summary>The nodes that it computes.</summary>
    public Ir.Node[] Origin { get; init; } = [];

    /// <summary>True when a written slot may take the memory of a slot that is read for the last time here.</summary>
    public virtual bool MayOverwrite(int read, int written) => false;

    /// <summary>One line for dumps.</summary>
    public abstract string Describe();

    /// <summary>Slots in dumps: <c>(s1, s2)</c>.</summary>
    protected static string Text(IEnumerable<int> slots) => $"({string.Join(", ", slots.Select(slot => $"s{slot}"))})";
}

/// <summary>Kinds of memory of a slot while a region runs.</summary>
internal enum SlotKind
{
    /// <summary>The caller's tensor.</summary>
    Input,

    /// <summary>A constant of the graph.</summary>
    Constant,

    /// <summary>A place in the arena, shared with other slots that live at other times.</summary>
    Arena,

    /// <summary>A block of its own, since it leaves the region or is shared with a variable or an inner region.</summary>
    Heap,

    /// <summary>A tensor that a command gives: a variable's value, a result of an inner region, text, a list.</summary>
    External,

    /// <summary>A part of it at a time, while a <see cref="TileCommand"/> runs.</summary>
    Tile,
}

/// <summary>One value of a lowered region.</summary>
internal sealed class Slot(SlotKind kind, TensorLayout layout)
{
    public SlotKind Kind { get; set; } = kind;
    public TensorLayout Layout { get; } = layout;
    public Literal? Constant { get; init; }

    /// <summary>Place in the arena.</summary>
    public long Offset { get; set; }

    /// <summary>True when both are in the arena and share bytes of it.</summary>
    public bool Overlaps(Slot other) => Kind == SlotKind.Arena && other.Kind == SlotKind.Arena
        && Offset < other.Offset + other.Layout.Bytes && other.Offset < Offset + Layout.Bytes;
}

/// <summary>
/// A region lowered for one binding of its symbolic sizes: slots, commands in order, and where its results are. No device is part of it.
/// </summary>
/// <param name="Slots">Its values.</param>
/// <param name="Commands">Its commands.</param>
/// <param name="Schedule">The order in which they run.</param>
/// <param name="Inputs">Slots of the parameters: the first ones, in order.</param>
/// <param name="Results">Slots of the results, and the layout under which each is seen: null for the tensor's own.</param>
/// <param name="ArenaBytes">Size of the arena.</param>
/// <param name="Time">An estimate of the time that it takes.</param>
internal sealed record LoweredRegion(
    Slot[] Slots, Command[] Commands, Schedule Schedule, int[] Inputs, (int Slot, TensorLayout? Layout)[] Results, long ArenaBytes, CommandTime Time)
{
    /// <summary>When each slot is used.</summary>
    public SlotLives Lives { get; } = SlotLives.Of(Slots.Length, Commands, Results.Select(result => result.Slot), Schedule);

    /// <summary>By command: the slots of some kinds for which another list, as one of <see cref="Lives"/>, names it.</summary>
    public int[][] SlotsBy(int[] commandOfSlot, params SlotKind[] kinds)
    {
        var slots = new List<int>[Commands.Length];
        for (int slot = 0; slot < commandOfSlot.Length; slot++)
        {
            int at = commandOfSlot[slot];
            if (at >= 0 && at < slots.Length && kinds.Contains(Slots[slot].Kind)) (slots[at] ??= []).Add(slot);
        }
        return Array.ConvertAll(slots, list => list is null ? [] : list.ToArray());
    }

    /// <summary>By slot: how many commands use it. To give a result is a use.</summary>
    public int[] Uses()
    {
        var uses = new int[Slots.Length];
        foreach (Command command in Commands)
        {
            foreach (int slot in command.Reads.Union(command.Writes)) uses[slot]++;
        }
        foreach ((int slot, _) in Results) uses[slot]++;
        return uses;
    }

    /// <summary>Its slots, and the texts of its steps, for dumps.</summary>
    public string Describe(IEnumerable<string> steps)
    {
        var text = new StringBuilder();
        for (int i = 0; i < Slots.Length; i++)
        {
            Slot slot = Slots[i];
            text.Append(CultureInfo.InvariantCulture, $"  s{i}: {slot.Layout.Type} {slot.Kind.ToString().ToLowerInvariant()}");
            if (slot.Kind == SlotKind.Arena) text.Append(CultureInfo.InvariantCulture, $" +{slot.Offset}");
            text.Append('\n');
        }
        foreach (string step in steps) text.Append("  ").Append(step.Replace("\n", "\n  ", StringComparison.Ordinal)).Append('\n');
        return text.ToString();
    }
}
