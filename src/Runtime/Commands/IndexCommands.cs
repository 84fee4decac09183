using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Commands;

/// <summary>An index, i32 or i64, that is read when the command runs.</summary>
internal readonly record struct IndexSlot(int Slot, bool IsLong, long Offset)
{
    public static IndexSlot Of(View view) => new(view.Slot, view.DType == DType.I64, view.Offset);
}

/// <summary>
/// The loops of gather and scatter: for each of <c>Batches</c>, <c>Outer</c> and <c>Positions</c> a run of <c>Inner</c> elements moves
/// between row <c>position</c> of <c>Size</c> rows and the next place of the other side.
/// </summary>
internal sealed record PlaceTable(long Batches, long Outer, long Positions, long Inner, long Size, bool IsLong, int Axis, TensorType Type)
{
    public static PlaceTable Of(BoundNode bound)
    {
        long[] x = bound.Inputs[0].Layout.Sizes;
        TensorLayout positions = bound.Inputs[1].Layout;
        int axis = (int)bound.Node.Attrs.Get<long>("axis");
        int batch = (int)bound.Node.Attrs.Get("batch", 0L);
        return new PlaceTable(
            Extents.Product(x.AsSpan(..batch)), Extents.Product(x.AsSpan(batch..axis)),
            Extents.Product(positions.Sizes.AsSpan(batch..)), Extents.Product(x.AsSpan((axis + 1)..)),
            x[axis], positions.Type.DType == DType.I64, axis, bound.Inputs[0].Layout.Type);
    }
}

/// <summary>Takes rows at positions.</summary>
internal sealed record GatherCommand(PlaceTable Table, View X, View Positions, int Result, Node Node) : Command([X.Slot, Positions.Slot], [Result])
{
    public override string Describe() => $"gather {Text(Reads)} -> s{Result}";
}

/// <summary>
/// The start of a tensor that differs from an input in some elements: the input itself when nothing else needs it, as what a loop carries, else a
/// copy. So a loop that changes an element in each iteration does not copy the others.
/// </summary>
internal sealed record StartCommand(int Input, int Result, TensorLayout Layout) : Command([Input], [Result])
{
    public override string Describe() => $"start from s{Input} -> s{Result}";
}

/// <summary>Adds updates into a slot that holds the start values. In row-major order of the updates, so the bits never change.</summary>
internal sealed record ScatterAddCommand(PlaceTable Table, DType DType, View Positions, View Updates, int Sums, Node Node)
    : Command([Positions.Slot, Updates.Slot, Sums], [Sums])
{
    public override string Describe() => $"scatter_add {DType.Name()} (s{Positions.Slot}, s{Updates.Slot}) -> s{Sums}";
}

/// <summary>Copies a block whose place in the larger side is known when the command runs.</summary>
/// <param name="Node">For messages.</param>
/// <param name="From">Where elements come from.</param>
/// <param name="To">Where they go.</param>
/// <param name="Starts">Place of the block along each axis.</param>
/// <param name="Whole">Sizes of the larger side.</param>
/// <param name="Block">Sizes of the block.</param>
/// <param name="StartsAtSource">True when the source is the larger side.</param>
internal sealed record BlockCommand(Node Node, View From, View To, IndexSlot[] Starts, long[] Whole, long[] Block, bool StartsAtSource)
    : Command([From.Slot, .. Starts.Select(start => start.Slot), .. StartsAtSource ? Array.Empty<int>() : [To.Slot]], [To.Slot])
{
    public override string Describe() => $"{Node.Op.Name} (s{From.Slot}) -> s{To.Slot}";

    /// <summary>TG2004: the block does not fit where it starts.</summary>
    public GraphException OutOfRange(int axis, long start) => new(
        DiagnosticIds.OutOfRange,
        $"{Node.Op.Name}: start {start} of a block [{string.Join(", ", Block)}] is out of range for axis {axis} of {Node.Inputs[0].DType.Name()}[{string.Join(", ", Whole)}]",
        OpDefs.InRange("Starts", Whole[axis] - Block[axis]), Node.Source.OrCaller());
}
