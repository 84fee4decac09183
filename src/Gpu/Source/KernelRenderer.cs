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
    public static KernelLaunch[]? Render(Command command, Slot[] slots, DeviceLimits limits, int fault)
    {
        if (!limits.HasDouble && command.Reads.Concat(command.Writes).Any(slot => slots[slot].Layout.Type.DType == DType.F64)) return null;
        KernelLaunch[]? launches = Render(command, limits, fault)?.ToArray();
        return launches is null || Array.Exists(launches, launch => Bytes(launch) > limits.ParameterBytes) ? null : launches;
    }

    private static IEnumerable<KernelLaunch>? Render(Command command, DeviceLimits limits, int fault) => command switch
    {
        LoopCommand c => !limits.HasDouble && c.Nest.Kernel.Body.Any(i => i.DType == DType.F64) ? null : LoopLaunches.Of(c, limits.GroupSize),
        FillCommand c => MemoryLaunches.Fill(c.Slot, c.Layout, c.Value),
        CountCommand c => MemoryLaunches.Count(c),
        DotCommand c => ProductLaunches.Dot(c),
        ConvCommand c => ProductLaunches.Conv(c),
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

    private static int Bytes(KernelLaunch launch) => sizeof(long) * (launch.Geometry.Length + launch.Slots.Length);
}
