using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Gpu;

/// <summary>From commands to kernels.</summary>
internal static class KernelRenderer
{
    /// <summary>The kernels of a command, in order; null for one that has none on a device, so that it runs on the host.</summary>
    /// <param name="command">The command.</param>
    /// <param name="slots">The region's slots.</param>
    /// <param name="limits">The limits of the device.</param>
    /// <param name="fault">The number under which it reports a fault.</param>
    /// <param name="epilogue">The loop that a product does with its results.</param>
    public static KernelLaunch[]? Render(Command command, Slot[] slots, DeviceLimits limits, int fault, Epilogue? epilogue = null)
    {
        Command[] commands = epilogue is null ? [command] : [command, epilogue.Loop];
        if (!limits.HasDouble && Array.Exists(commands, one => HasDouble(one, slots))) return null;
        KernelLaunch[]? launches = Render(command, limits, fault, epilogue)?.ToArray();
        return launches is null || Array.Exists(launches, launch => Bytes(launch) > limits.ParameterBytes) ? null : launches;
    }

    /// <summary>One kernel of several loops, row by row; null where there is none.</summary>
    public static KernelLaunch? Rows(LoopCommand[] loops, Slot[] slots, DeviceLimits limits)
    {
        if (!limits.HasDouble && Array.Exists(loops, loop => HasDouble(loop, slots))) return null;
        return RowLaunches.Of(loops, limits) is { } launch && Bytes(launch) <= limits.ParameterBytes ? launch : null;
    }

    private static IEnumerable<KernelLaunch>? Render(Command command, DeviceLimits limits, int fault, Epilogue? epilogue) => command switch
    {
        LoopCommand c => LoopLaunches.Of(c, limits),
        FillCommand c => MemoryLaunches.Fill(c.Slot, c.Layout, c.Value),
        CountCommand c => MemoryLaunches.Count(c),
        DotCommand c => ProductLaunches.Dot(c, limits, epilogue),
        ConvCommand c => ProductLaunches.Conv(c, limits, epilogue),
        GatherCommand c => IndexLaunches.Gather(c, fault),
        ScatterAddCommand c => IndexLaunches.ScatterAdd(c, fault),
        BlockCommand c => IndexLaunches.Block(c, fault),
        ArgCommand c => LineLaunches.Arg(c),
        CumSumCommand c => LineLaunches.CumSum(c),
        SortCommand c => LineLaunches.Sort(c),
        RandomBitsCommand c => LineLaunches.RandomBits(c),
        WindowCommand c => WindowLaunches.Of(c),
        _ => null,
    };

    private static bool HasDouble(Command command, Slot[] slots) =>
        command.Reads.Concat(command.Writes).Any(slot => slots[slot].Layout.Type.DType == DType.F64)
        || (command is LoopCommand loop && Array.Exists(loop.Nest.Kernel.Body, instruction => instruction.DType == DType.F64));

    private static int Bytes(KernelLaunch launch) => sizeof(long) * (launch.Geometry.Length + launch.Slots.Length);
}
