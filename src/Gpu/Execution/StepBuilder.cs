using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Gpu;

/// <summary>From commands of a region to what this device runs.</summary>
internal sealed class StepBuilder(LoweredRegion region, GpuConstants constants, RegionProfile? profile)
{
    /// <summary>Faults that the kernels so far may report.</summary>
    public int FaultCount { get; private set; }

    /// <summary>Commands of which the first one does the loops of the others: its place, and their number.</summary>
    public List<(int At, int Count)> Joined { get; } = [];

    private DeviceLimits Limits => constants.Device.Driver.Limits;

    /// <summary>A step for each command.</summary>
    public GpuStep[] Build() => [.. region.Commands.Select((command, at) =>
    {
        bool isDone = Joined.Count > 0 && at < Joined[^1].At + Joined[^1].Count;
        if (isDone) return new JoinedStep(command);
        if (Join(at) is { } joined) return joined;
        CommandProfile? times = profile?.Of(command);
        GpuStep step = Build(command, times);
        if (times is not null) step.Times = [(times, 1)];
        return step;
    })];

    private KernelStep? Join(int at)
    {
        if (JoinedKernels.At(region, at, Limits) is not var (count, launches)) return null;
        Joined.Add((at, count));
        Command[] commands = region.Commands[at..(at + count)];
        Ir.Node[] origin = [.. commands.SelectMany(command => command.Origin).Distinct()];
        return new KernelStep(region.Commands[at] with { Origin = origin }, Checked(launches, commands[0]), -1) { Times = Shares(commands) };
    }

    // Commands of one kernel have the part of its time that they have of the work.
    private (CommandProfile Profile, double Part)[] Shares(Command[] commands)
    {
        if (profile is null) return [];
        double[] work = Array.ConvertAll(commands, command => CommandTime.Of(command, region.Slots, threads: 1).OnOneThread);
        double all = work.Sum();
        return [.. commands.Zip(work, (command, own) => (profile.Of(command), own / all))];
    }

    private GpuStep Build(Command command, CommandProfile? times) => command switch
    {
        StartCommand c => new StartStep(c),
        ListNewCommand c => new ListNewStep(c),
        ListAddCommand c => new ListAddStep(c),
        ListOfCommand c => new ListOfStep(c),
        ListCountCommand c => new ListCountStep(c),
        ListGetCommand c => new ListGetStep(c),
        ListSetCommand c => new ListSetStep(c),
        ListStackCommand c => new ListStackStep(c),
        BranchCommand c => new BranchStep(c, [.. c.Regions.Select((inner, i) => Inner(times, FormattableString.Invariant($"region {i}"), inner))]),
        WhileCommand c => new WhileStep(c, Inner(times, "condition", c.Condition), Inner(times, "body", c.Body)),
        ScanCommand c => new ScanStep(c, Inner(times, "body", c.Body)),
        SizedCommand c => new SizedStep(c, Inner(times, "first", c.First), size => Inner(times, FormattableString.Invariant($"size {size}"), c.LowerRest(size))),
        HostCommand c => new HostStep(c),
        OnDeviceCommand c => new OnDeviceStep(c),
        ReadVariableCommand c => new ReadVariableStep(c),
        AssignVariableCommand c => new AssignVariableStep(c),
        AdvanceRandomCommand c => new AdvanceRandomStep(c),
        _ => Kernels(command, times),
    };

    private GpuStep Kernels(Command command, CommandProfile? times)
    {
        int fault = command is GatherCommand or ScatterAddCommand or BlockCommand ? FaultCount : -1;
        if (KernelRenderer.Render(command, region.Slots, Limits, fault) is not { } launches)
        {
            if (times is not null) times.IsHost = true;
            return new IslandStep(command, region.Slots);
        }
        if (fault >= 0) FaultCount++;
        return new KernelStep(command, Checked(launches, command), fault);
    }

    // A driver takes 32 bits, or fails without a word about the op. What a library computes has kernels of its own.
    private KernelLaunch[] Checked(KernelLaunch[] launches, Command command) =>
        Array.Find(launches, launch => launch.Groups > KernelLaunch.MostGroups && !(launch.Product is not null && Limits.HasProducts)) is { } large
            ? throw BuildFailure.TooManyGroups(large, command)
            : launches;

    private GpuProgram Inner(CommandProfile? times, string name, LoweredRegion inner) => new(inner, constants, times?.Add(name, inner));
}
