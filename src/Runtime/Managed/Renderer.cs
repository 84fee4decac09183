using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>From commands to what this device runs: one step for each.</summary>
internal sealed class Renderer(ConstantPool constants, RegionProfile? profile)
{
    public Step Render(Command command)
    {
        CommandProfile? times = profile?.Of(command);
        Step step = Render(command, times);
        step.Profile = times;
        return step;
    }

    private Step Render(Command command, CommandProfile? times) => command switch
    {
        LoopCommand c => new LoopStep(c, constants.Device.Kernels),
        FillCommand c => new FillStep(c),
        CountCommand c => new CountStep(c),
        DotCommand c => new DotStep(c, constants.Device.Products),
        TileCommand c => new TileStep(c, Array.ConvertAll(c.Parts, part => Render(part.Command, null))),
        ConvCommand c => new ConvStep(c, constants.Device.Products),
        WindowCommand c => new WindowStep(c),
        GatherCommand c => new GatherStep(c),
        StartCommand c => new StartStep(c),
        ScatterAddCommand c => new ScatterAddStep(c),
        BlockCommand c => new BlockStep(c),
        ArgCommand c => new ArgStep(c),
        CumSumCommand c => new CumSumStep(c),
        SortCommand c => new SortStep(c),
        RandomBitsCommand c => new RandomBitsStep(c),
        ListNewCommand c => new ListNewStep(c),
        ListAddCommand c => new ListAddStep(c),
        ListOfCommand c => new ListOfStep(c),
        ListCountCommand c => new ListCountStep(c),
        ListGetCommand c => new ListGetStep(c),
        ListSetCommand c => new ListSetStep(c),
        ListStackCommand c => new ListStackStep(c),
        BranchCommand c => new BranchStep(c, [.. c.Regions.Select((region, i) => Inner(times, FormattableString.Invariant($"region {i}"), region))]),
        WhileCommand c => new WhileStep(c, Inner(times, "condition", c.Condition), Inner(times, "body", c.Body)),
        ScanCommand c => new ScanStep(c, Inner(times, "body", c.Body)),
        SizedCommand c => new SizedStep(c, Inner(times, "first", c.First), size => Inner(times, FormattableString.Invariant($"size {size}"), c.LowerRest(size))),
        HostCommand c => new HostStep(c),
        OnDeviceCommand c => new OnDeviceStep(c),
        ReadVariableCommand c => new ReadVariableStep(c),
        AssignVariableCommand c => new AssignVariableStep(c),
        AdvanceRandomCommand c => new AdvanceRandomStep(c),
        _ => throw new NotSupportedException($"the managed device has no step for {command.GetType().Name}"),
    };

    private ManagedProgram Inner(CommandProfile? times, string name, LoweredRegion region) => new(region, constants, times?.Add(name, region));
}
