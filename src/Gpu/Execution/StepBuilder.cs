using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Gpu;

/// <summary>From commands of a region to what this device runs.</summary>
internal sealed class StepBuilder(LoweredRegion region, GpuConstants constants)
{
    /// <summary>Faults that the kernels so far may report.</summary>
    public int FaultCount { get; private set; }

    /// <summary>Places of products that do the loop after them.</summary>
    public HashSet<int> Fused { get; } = [];

    /// <summary>A step for each command.</summary>
    public GpuStep[] Build() => [.. region.Commands.Select((command, at) => WithEpilogue(at) ?? Build(command))];

    private GpuStep? WithEpilogue(int at)
    {
        if (Fused.Contains(at - 1)) return new EpilogueStep(region.Commands[at]);
        if (Epilogue.After(region, at) is not { } epilogue) return null;
        KernelLaunch[]? launches = KernelRenderer.Render(region.Commands[at], region.Slots, constants.Device.Driver.Limits, -1, epilogue);
        if (launches is not { Length: > 0 }) return null;
        Fused.Add(at);
        return new KernelStep(region.Commands[at], launches, -1);
    }

    private GpuStep Build(Command command) => command switch
    {
        StartCommand c => new StartStep(c),
        ListNewCommand c => new ListNewStep(c),
        ListAddCommand c => new ListAddStep(c),
        ListOfCommand c => new ListOfStep(c),
        ListCountCommand c => new ListCountStep(c),
        ListGetCommand c => new ListGetStep(c),
        ListSetCommand c => new ListSetStep(c),
        ListStackCommand c => new ListStackStep(c),
        BranchCommand c => new BranchStep(c, Array.ConvertAll(c.Regions, Inner)),
        WhileCommand c => new WhileStep(c, Inner(c.Condition), Inner(c.Body)),
        ScanCommand c => new ScanStep(c, Inner(c.Body)),
        SizedCommand c => new SizedStep(c, Inner(c.First), size => Inner(c.LowerRest(size))),
        HostCommand c => new HostStep(c),
        OnDeviceCommand c => new OnDeviceStep(c),
        ReadVariableCommand c => new ReadVariableStep(c),
        AssignVariableCommand c => new AssignVariableStep(c),
        AdvanceRandomCommand c => new AdvanceRandomStep(c),
        _ => Kernels(command),
    };

    private GpuStep Kernels(Command command)
    {
        int fault = command is GatherCommand or ScatterAddCommand or BlockCommand ? FaultCount : -1;
        if (KernelRenderer.Render(command, region.Slots, constants.Device.Driver.Limits, fault) is not { } launches)
            return new IslandStep(command, region.Slots);
        if (fault >= 0) FaultCount++;
        return new KernelStep(command, launches, fault);
    }

    private GpuProgram Inner(LoweredRegion inner) => new(inner, constants);
}
