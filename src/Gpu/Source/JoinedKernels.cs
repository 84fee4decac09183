using TensorGraph.Backends.Commands;
using TensorGraph.Passes;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// Commands one after the other that are done by the kernels of the first one: a product and its <see cref="Epilogue"/>, or the loops of rows.
/// </summary>
internal static class JoinedKernels
{
    /// <summary>The kernels of a command and those after it, with the number of commands; null where the command has kernels of its own.</summary>
    public static (int Count, KernelLaunch[] Launches)? At(LoweredRegion region, int at, DeviceLimits limits)
    {
        if (Epilogue.After(region, at) is { } epilogue && !IsForLibrary(region.Commands[at], limits))
            return KernelRenderer.Render(region.Commands[at], region.Slots, limits, -1, epilogue) is { Length: > 0 } launches ? (2, launches) : null;
        if (LoweringStep.Rows.IsLeftOut) return null;
        for (int count = RowLaunches.Follow(region, at); count > 1; count--)
        {
            LoopCommand[] loops = [.. region.Commands[at..(at + count)].Cast<LoopCommand>()];
            if (KernelRenderer.Rows(loops, region.Slots, limits) is { } launch) return (count, [launch]);
        }
        return null;
    }

    private static bool IsForLibrary(Command command, DeviceLimits limits) =>
        limits.HasProducts && command is DotCommand dot && LibraryProduct.Of(dot) is not null;
}
