using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// A loop over the results of a product, as a bias and an activation, that is done where each result is made: the product is never in memory.
/// </summary>
/// <param name="Loop">The loop.</param>
/// <param name="Product">The number of the operand that is the product.</param>
internal sealed record Epilogue(LoopCommand Loop, int Product)
{
    private int Rank => Loop.Nest.Extents.Length;

    /// <summary>The kernel's parameters beside the operands of the product.</summary>
    public string Parameters => string.Concat(
        Loop.Nest.Kernel.Operands.Select((operand, k) => $", GLOBAL {(operand.IsOutput ? "" : "const ")}u8* e{k}"));

    /// <summary>Their slots.</summary>
    public int[] Slots => Loop.Slots;

    /// <summary>Fields of the geometry.</summary>
    public string Fields => $", loop_sizes[{Rank}], loop_strides[{Loop.Slots.Length}][{Rank}]";

    /// <summary>The values of the fields.</summary>
    public IEnumerable<long> Geometry => Loop.Nest.Extents.Concat(Loop.Nest.Strides.SelectMany(strides => strides));

    /// <summary>The loop's body for the product <c>result</c> at place <c>at</c>, counted row-major.</summary>
    public string Body => LoopSource.Epilogue(
        Loop.Nest.Kernel, Rank, Product, Extents.Product(Loop.Nest.Extents) > int.MaxValue, depth: 3);

    /// <summary>The loop that follows a product; null where it must stay a kernel of its own.</summary>
    /// <param name="region">The region.</param>
    /// <param name="at">The place of the product.</param>
    public static Epilogue? After(LoweredRegion region, int at)
    {
        int? result = region.Commands[at] switch { DotCommand c => c.Result, ConvCommand c => c.Result, _ => null };
        if (result is not { } product || at + 1 >= region.Commands.Length) return null;
        if (region.Commands[at + 1] is not LoopCommand { Folds.Length: 0 } loop || region.Lives.Last[product] != at + 1) return null;
        int operand = Array.IndexOf(loop.Slots, product);
        if (operand < 0 || Array.LastIndexOf(loop.Slots, product) != operand || !IsInOrder(loop, operand, region)) return null;
        // Other groups still read the operands of the product.
        bool isApart = loop.Writes.All(written => region.Commands[at].Reads.All(read => !region.Slots[written].Overlaps(region.Slots[read])));
        return isApart ? new Epilogue(loop, operand) : null;
    }

    // The loop has all elements of the product, in their order, as what they are.
    private static bool IsInOrder(LoopCommand loop, int operand, LoweredRegion region)
    {
        TensorLayout layout = region.Slots[loop.Slots[operand]].Layout;
        long[] inOrder = Array.ConvertAll(View.RowMajor(loop.Nest.Extents), stride => stride * layout.Type.DType.Size());
        return loop.Nest.Offsets[operand] == 0 && Extents.Product(loop.Nest.Extents) == layout.Count
            && loop.Nest.Kernel.Operands[operand].DType == layout.Type.DType && loop.Nest.Strides[operand].AsSpan().SequenceEqual(inOrder);
    }
}
