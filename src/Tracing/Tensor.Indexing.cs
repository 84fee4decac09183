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

    /// <summary>The entry along the first axis at a position that is data. Errors: TG2004 at run time.</summary>
    [IndexerName("Element")]
    public Tensor this[Tensor index] => Pick([index]);

    /// <summary>
    /// Entries along several axes: <c>x[0, ..]</c>, <c>x[.., ^1]</c>, <c>x[i, j]</c>. Shape: a number takes its axis away, a range keeps it,
    /// positions put their axes in its place; axes without an index stay. Errors: TG2003 too many indices, TG2004. Source: NumPy indexing.
    /// </summary>
    [IndexerName("Element")]
    public Tensor this[TensorIndex first, TensorIndex second, params ReadOnlySpan<TensorIndex> others] => Pick([first, second, .. others]);

    /// <summary>
    /// The place that the indices name, to <see cref="TensorPlace.Set(Tensor)"/> it or <see cref="TensorPlace.Add"/> to it. Source:
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
        CheckAxes(indices.Count(index => !index.IsNewAxis));
        Shape shape = GraphType.Shape, start = new(new long[Rank]), stop = shape;
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
                kept.Add(stop[axis] - start[axis]);
            }
            else
            {
                start = start.With(axis, First(index, axis));
                stop = stop.With(axis, start[axis] + 1);
            }

            axis++;
        }

        var result = start.All(dim => dim.Is(0)) && stop == shape ? this : Ops.Slice(this, start, stop);
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

    internal Tensor Put(TensorIndex[] indices, Tensor value)
    {
        CheckAxes(indices.Length);
        var starts = new Tensor[Rank];
        Shape shape = GraphType.Shape, block = shape;
        List<Dim> kept = [];
        for (int axis = 0; axis < Rank; axis++)
        {
            TensorIndex index = axis < indices.Length ? indices[axis] : Range.All;
            if (index.IsNewAxis || index.Positions is { Rank: > 0 })
                Throw.Rank("set", index.IsNewAxis
                    ? "a new axis is no place"
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
