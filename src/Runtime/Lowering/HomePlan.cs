using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// Values that a run may make where the variable that they are assigned to has its home, in place of the value before: nothing reads that one any
/// more, and nothing can fail before the assignment.
/// </summary>
internal static class HomePlan
{
    /// <summary>By slot: the variable of such a value; null if there is none.</summary>
    public static VariableResource?[]? Of(LoweredRegion region)
    {
        AssignVariableCommand[] assignments = [.. region.Commands.OfType<AssignVariableCommand>()];
        if (!Array.Exists(assignments, assignment => assignment.Variable.Mirror?.Home is not null)) return null;
        var homes = new VariableResource?[region.Slots.Length];
        foreach (AssignVariableCommand assignment in assignments)
        {
            if (IsAlone(assignment, assignments) && MayReplace(region, assignment)) homes[assignment.Value] = assignment.Variable;
        }
        return homes;
    }

    private static bool IsAlone(AssignVariableCommand assignment, AssignVariableCommand[] all) =>
        all.Count(other => other.Variable == assignment.Variable || other.Value == assignment.Value) == 1;

    private static bool MayReplace(LoweredRegion region, AssignVariableCommand assignment)
    {
        (Command[] commands, int slot) = (region.Commands, assignment.Value);
        int maker = region.Lives.First[slot], end = Array.IndexOf(commands, assignment);
        if (region.Slots[slot].Kind != SlotKind.Heap || Array.Exists(region.Results, result => result.Slot == slot)) return false;
        if (commands[maker] is not LoopCommand loop || !loop.Writes.Contains(slot)) return false;
        for (int at = region.Schedule.Earliest(maker); at < end; at++)
        {
            if (commands[at] is not (LoopCommand or FillCommand or CountCommand or DotCommand or ReadVariableCommand or AssignVariableCommand))
                return false;
        }
        return commands.OfType<ReadVariableCommand>().Where(read => read.Variable == assignment.Variable)
            .All(read => IsRead(region, read.Result, maker, slot));
    }

    // Read before the maker begins, or by the maker, element by element. Loops in a row may take turns, so one of them is no end.
    private static bool IsRead(LoweredRegion region, int value, int maker, int slot)
    {
        Command[] commands = region.Commands;
        bool isOver = region.Lives.EndsBefore(value, maker) || (region.Lives.EndsAt(value, maker) && commands[maker].MayOverwrite(value, slot));
        if (!isOver) return false;
        int last = Array.FindLastIndex(commands, maker - 1, command => command.Reads.Contains(value));
        return last < 0 || !Array.TrueForAll(commands[last..maker], command => command is LoopCommand);
    }
}
