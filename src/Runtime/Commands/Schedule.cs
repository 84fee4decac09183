namespace TensorGraph.Backends.Commands;

/// <summary>
/// Neighbouring commands of a region in groups that may run side by side. Commands of one group run in order; what comes after the fork waits for all
/// of its groups.
/// </summary>
/// <param name="Starts">The first command of each group; a group ends where the next one starts.</param>
/// <param name="End">The command after the last group.</param>
internal sealed record Fork(int[] Starts, int End)
{
    public int Start => Starts[0];

    /// <summary>The command after a group.</summary>
    public int EndOf(int group) => group + 1 < Starts.Length ? Starts[group + 1] : End;
}

/// <summary>The order in which the commands of a region run: one after another, but for those in the groups of a fork.</summary>
internal sealed class Schedule
{
    // By command; null where no command is in a fork.
    private readonly Place[]? _places;
    private readonly int[] _programOrder;

    public Schedule(Fork[] forks, int[] programOrder)
    {
        Forks = forks;
        _programOrder = programOrder;
        if (forks.Length == 0) return;
        _places = [.. programOrder.Select((_, command) => new Place(command, command, command))];
        foreach (Fork fork in forks)
        {
            for (int group = 0; group < fork.Starts.Length; group++)
            {
                int start = fork.Starts[group];
                Array.Fill(_places, new Place(fork.Start, fork.End - 1, start), start, fork.EndOf(group) - start);
            }
        }
    }

    private readonly record struct Place(int Earliest, int Latest, int Group);

    /// <summary>One command after another.</summary>
    public static Schedule InOrder { get; } = new([], []);

    /// <summary>By their commands.</summary>
    public Fork[] Forks { get; }

    /// <summary>The first command that may run at the same time; the command itself outside of forks.</summary>
    public int Earliest(int command) => _places?[command].Earliest ?? command;

    /// <summary>The last command that may run at the same time; the command itself outside of forks.</summary>
    public int Latest(int command) => _places?[command].Latest ?? command;

    /// <summary>The first command of the group that contains it; the command itself outside of forks.</summary>
    public int GroupOf(int command) => _places?[command].Group ?? command;

    /// <summary>True when a command has ended whenever the other one begins.</summary>
    public bool IsBefore(int command, int other) =>
        Latest(command) < Earliest(other) || (command < other && GroupOf(command) == GroupOf(other));

    /// <summary>The place of a command in the program, which decides between failures.</summary>
    public int ProgramOrder(int command) => _programOrder[command];
}
