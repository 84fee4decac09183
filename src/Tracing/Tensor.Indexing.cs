using System.Runtime.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Indexing. A tensor does not change: <c>x = x.At(i).Set(v)</c> is what <c>x[i] = v</c> is for an array.</summary>
public sealed partial class Tensor
{
    /// <summary>In an index a new axis of size 1: <c>x[.., Tensor.NewAxis]</c> is a column.</summary>
    public static TensorIndex NewAxis => TensorIndex.NewAxis;

    /// <summary>Entry <paramref name="index"/> along the first axis; a negative C# index counts from the end. Errors: TG2004.</summary>
    [IndexerName("Element")]
    public Tensor this[int index] => Pick([index]);

    /// <summary>Entry along the first axis; <c>^1</c> is the last. Errors: TG2004.</summary>
    [IndexerName("Element")]
    public Tensor this[Index index] => Pick([index]);

    /// <summary>Entries along the first axis: <c>x[1..^1]</c>.</summary>
    [IndexerName("Element")]
    public Tensor this[Range range] => Pick([range]);

    /// <summary>
    /// Every so many entries of a range along the first axis; with a negative step from its last one to the first: <c>x[(.., -1)]</c>. Errors: TG2004
    /// a step of 0.
    /// </summary>
    [IndexerName("Element")]
    public Tensor this[(Range Entries, int Step) index] => Pick([index]);

    /// <summary>
    /// The entry along the first axis at a position that is data; of bool the entries where it is true (<see cref="Ops.BooleanMask"/>). Errors: TG2004
    /// at run time.
    /// </summary>
    [IndexerName("Element")]
    public Tensor this[Tensor index] => Pick([index]);

    /// <summary>
    /// Entries along several axes: <c>x[0, ..]</c>, <c>x[.., ^1]</c>, <c>x[i, j]</c>. Shape: a number takes its axis away, a range keeps it,
    /// positions put their axes in its place; axes without an index stay. Errors: TG2003 too many indices, TG2004. Source: NumPy indexing.
    /// </summary>
    [IndexerName("Element")]
    public Tensor this[TensorIndex first, TensorIndex second, params ReadOnlySpan<TensorIndex> others] => Pick([first, second, .. others]);

    /// <summary>
    /// The place that the indices name, to <see cref="TensorPlace.Set(Tensor)"/> it or <see cref="TensorPlace.Add(Tensor)"/> to it. Source:
    /// jax.numpy.ndarray.at.
    /// </summary>
    public TensorPlace At(TensorIndex first, params ReadOnlySpan<TensorIndex> others) => new(this, [first, .. others]);

    /// <summary>The block of <paramref name="length"/> entries that begins at a position that is data. Errors: TG2004 at run time.</summary>
    public Tensor Slice(Tensor start, Dim length, int axis = 0)
    {
        axis = Ops.Axis("slice", axis, Rank);
        return Ops.DynamicSlice(this, [.. Enumerable.Range(0, Rank).Select(i => i == axis ? start : (Tensor)0)], Shape.With(axis, length));
    }

    /// <summary>Entries along the first axis, one after the other.</summary>
    public IEnumerator<Tensor> GetEnumerator()
    {
        if (Rank == 0)
            throw NoAxisToWalk();
        if (!Shape[0].IsConstant)
            throw SymbolicUse("foreach");
        for (int i = 0; i < Shape[0].Value; i++)
            yield return this[i];
    }

    internal GraphException NoAxisToWalk() => new(
        DiagnosticIds.RankMismatch, $"foreach: a {Type} has no first axis", "Loop over a tensor with at least one axis.", SourceSpan.Capture());

    internal Tensor Pick(TensorIndex[] indices)
    {
        if (indices is [{ Positions: { DType: DType.Bool } mask }])
            return Ops.BooleanMask(this, mask);
        CheckAxes(indices.Count(index => !index.IsNewAxis));
        Shape shape = GraphType.Shape, start = new(new long[Rank]), stop = shape;
        long[] steps = [.. Enumerable.Repeat(1L, Rank)];
        List<Dim> kept = [];
        List<(int Axis, Tensor Positions)> gathers = [];
        int axis = 0;
        foreach (var index in indices)
        {
            if (index.IsNewAxis)
            {
                kept.Add(1);
                continue;
            }

            if ((index.Positions ?? LaterPosition(index, axis)) is { } positions)
            {
                gathers.Add((kept.Count, positions));
                kept.Add(shape[axis]);
            }
            else if (index.Range is { } range)
            {
                start = start.With(axis, Bound(range.Start, shape[axis]));
                stop = stop.With(axis, Bound(range.End, shape[axis]));
                steps[axis] = IndexRules.CheckStep(GraphType, axis, index.Step);
                long distance = Math.Abs(steps[axis]);
                kept.Add(distance == 1 ? stop[axis] - start[axis] : Dim.FloorDiv(stop[axis] - start[axis] + (distance - 1), distance));
            }
            else
            {
                start = start.With(axis, First(index, axis));
                stop = stop.With(axis, start[axis] + 1);
            }

            axis++;
        }

        var result = Every(start, stop, steps);
        result = Ops.Reshape(result, [.. kept, .. shape.Skip(axis)]);
        // From the first axis to the last: what is left to pick from is smaller each time.
        int moved = 0;
        foreach (var (at, positions) in gathers)
        {
            result = Ops.Gather(result, positions, at + moved);
            moved += positions.Rank - 1;
        }

        return result;
    }

    // A negative step walks over the range turned round.
    private Tensor Every(Shape start, Shape stop, long[] steps)
    {
        if (start.All(dim => dim.Is(0)) && stop == GraphType.Shape && steps.All(step => step == 1))
            return this;
        int[] backward = [.. Enumerable.Range(0, steps.Length).Where(axis => steps[axis] < 0)];
        if (backward.Length == 0)
            return Ops.Slice(this, start, stop, steps);
        var turned = Ops.Reverse(Ops.Slice(this, start, stop, [.. steps.Select(step => Math.Max(step, 1))]), backward);
        return steps.All(step => step >= -1)
            ? turned
            : Ops.Slice(turned, new(new long[Rank]), turned.GraphType.Shape, [.. steps.Select(step => Math.Max(-step, 1))]);
    }

    internal Tensor Put(TensorIndex[] indices, Tensor value)
    {
        if (indices is [{ Positions: { DType: DType.Bool } mask }])
            return PutWhere(mask, value);
        CheckAxes(indices.Length);
        var starts = new Tensor[Rank];
        Shape shape = GraphType.Shape, block = shape;
        List<Dim> kept = [];
        for (int axis = 0; axis < Rank; axis++)
        {
            TensorIndex index = axis < indices.Length ? indices[axis] : Range.All;
            if (index.IsNewAxis || index.Positions is { Rank: > 0 } || index is { Range: not null, Step: not 1 })
                Throw.Rank("set", index.IsNewAxis
                    ? "a new axis is no place"
                    : index.Positions is null ? "entries with a step between them are no block"
                    : $"the positions are {index.Positions!.Type}, not one number", "Set one block at a time; Ops.ScatterAdd changes several.");
            if (index.Range is { } range)
            {
                Dim first = Bound(range.Start, shape[axis]);
                block = block.With(axis, Bound(range.End, shape[axis]) - first);
                starts[axis] = Ops.SizeOf(first);
                kept.Add(block[axis]);
            }
            else
            {
                starts[axis] = index.Positions ?? LaterPosition(index, axis) ?? Ops.SizeOf(First(index, axis));
                block = block.With(axis, 1);
            }
        }

        if (value.DType != DType)
            Throw.DType("set", $"the tensor is {GraphType}, the value {value.GraphType}", $"Cast the value to DType.{DType}.");
        var place = new Shape([.. kept]);
        if (value.Rank > place.Rank || value.GraphType.Shape.Reverse().Zip(place.Reverse())
            .Any(pair => pair is { First.IsConstant: true, Second.IsConstant: true } && pair.First != pair.Second && !pair.First.Is(1)))
            Throw.Shape("set", $"{value.GraphType} does not broadcast to the place, {GraphType.As(place)}", "Only axes of size 1 can be repeated.");
        return Ops.DynamicUpdateSlice(this, Ops.Reshape(Ops.BroadcastTo(value, place), block.Dims.AsSpan()), starts);
    }

    // Each place gets the same value.
    private Tensor PutWhere(Tensor mask, Tensor value)
    {
        mask = Ops.Mask(this, mask);
        if (value.DType != DType)
            Throw.DType("set", $"the tensor is {GraphType}, the value {value.GraphType}", $"Cast the value to DType.{DType}.");
        if (value.Rank > Rank - mask.Rank)
            Throw.Rank("set", $"{value.GraphType} for each entry that the mask {mask.GraphType} of {GraphType} covers",
                "All entries get the same value; Ops.Where chooses between two tensors.");
        return Ops.Where(Ops.Reshape(mask, [.. mask.GraphType.Shape, .. Enumerable.Repeat((Dim)1, Rank - mask.Rank)]), value, this);
    }

    // A branch or loop may skip the place where an axis is too short: there a number is checked when the graph runs, as a position that is data is.
    private Tensor? LaterPosition(TensorIndex index, int axis)
    {
        if (index.Range is not null || ExecutionContext.Current.Block is null)
            return null;
        Dim size = GraphType.Shape[axis];
        return size.IsConstant && index.Number < size.Value && index.Number >= -size.Value
            ? null
            : Ops.SizeOf(index.Number < 0 ? size + index.Number : index.Number);
    }

    private Dim First(TensorIndex index, int axis)
    {
        Dim size = GraphType.Shape[axis];
        IndexRules.CheckIndex(GraphType, axis, index.Number);
        return index.Number < 0 ? size + index.Number : index.Number;
    }

    private static Dim Bound(Index index, Dim size) => index.IsFromEnd ? size - index.Value : index.Value;

    private void CheckAxes(int indices) => IndexRules.CheckIndices(GraphType, indices);
}
