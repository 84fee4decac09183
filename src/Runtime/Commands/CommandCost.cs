using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Commands;

/// <summary>Estimates of the work of a command, for reports. Regions that it runs are not in it.</summary>
internal static class CommandCost
{
    /// <summary>Bytes that it reads and writes, each tensor once.</summary>
    public static long Bytes(Command command, long[] bytesOfSlots) =>
        command.Reads.Concat(command.Writes).Distinct().Sum(slot => bytesOfSlots[slot]);

    /// <summary>Additions, products and functions of elements; 0 for what only moves data.</summary>
    public static long Flops(Command command) => command switch
    {
        LoopCommand c => c.Nest.Kernel.Body.LongCount(IsArithmetic) * Extents.Product(c.Nest.Extents),
        DotCommand c => 2 * Extents.Product(c.Batch) * c.M * c.N * c.K,
        ConvCommand { Space: var s } => 2 * s.Products,
        WindowCommand c => Extents.Product(c.Sizes) * Extents.Product(c.Window),
        TileCommand c => c.Parts.Sum(part => Flops(part.Command)),
        _ => 0,
    };

    private static bool IsArithmetic(LoopInstruction instruction) => instruction.Op is not ("load" or "store" or "cast");
}
