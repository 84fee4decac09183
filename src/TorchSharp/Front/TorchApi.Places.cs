namespace TensorGraph.Torch;

// Indices that are tensors: positions of several axes go together, as pairs; a mask is the positions where it is true.
public static partial class TorchApi
{
    private static Tensor Picked(Tensor x, TensorIndex[] indices)
    {
        if (indices is [{ Mask: { Rank: > 0 } only }, ..] && Array.TrueForAll(indices[1..], index => index.IsAll)) return Ops.BooleanMask(x, only);
        List<(int Axis, Tensor Positions)> picks = [];
        List<TensorGraph.TensorIndex> plain = [];
        // Of x, and of what the other indices leave of it.
        int axis = 0, left = 0;
        foreach (TensorIndex index in indices)
        {
            if (!index.IsAdvanced)
            {
                plain.Add(index.On(x, axis));
                left += index.IsSingle ? 0 : 1;
            }
            else
            {
                Tensor[] columns = index.Mask is { } mask ? PlacesOf(x, axis, mask) : [FromStart(index.Positions!, x.Shape[axis])];
                foreach (Tensor column in columns)
                {
                    picks.Add((left++, column));
                    plain.Add(Range.All);
                }
            }
            axis += index.Axes;
        }
        return Together(x.Pick([.. plain]), picks);
    }

    private static Tensor[] PlacesOf(Tensor x, int axis, Tensor mask)
    {
        if (mask.Rank == 0) Throw.Rank("index", "the mask has no axes", "Use a mask over one axis or more.");
        if (mask.Rank > x.Rank - axis || mask.Shape.Dims.Where((size, i) => size != x.Shape[axis + i]).Any())
            Throw.Shape("index", $"the mask {mask.Type} does not cover the axes of {x.Type} from {axis} on", "Both have the same sizes there.");
        return Ops.Unstack(Ops.NonZero(mask), 1);
    }

    // The axes that are picked from become one, and the positions one number. Where other axes are between them, theirs come first.
    private static Tensor Together(Tensor x, List<(int Axis, Tensor Positions)> picks)
    {
        if (picks is [var (at, one)]) return Ops.Gather(x, one, at);
        int[] axes = [.. picks.Select(pick => pick.Axis)];
        bool isBlock = axes[^1] - axes[0] == axes.Length - 1;
        int place = isBlock ? axes[0] : 0;
        int[] others = [.. Enumerable.Range(0, x.Rank).Except(axes)];
        Tensor moved = Ops.Transpose(x, [.. others[..place], .. axes, .. others[place..]]);
        Dim[] sizes = [.. moved.Shape.Dims];
        Dim[] picked = sizes[place..(place + axes.Length)];
        Dim all = picked.Aggregate((Dim)1, (product, size) => product * size);
        Tensor joined = Ops.Reshape(moved, [.. sizes[..place], all, .. sizes[(place + axes.Length)..]]);
        Tensor number = 0L, fits = true;
        for (int i = 0; i < axes.Length; i++)
        {
            (Tensor positions, Tensor size) = (picks[i].Positions, Ops.SizeOf(picked[i]));
            number = Ops.Add(Ops.Mul(number, size), positions);
            fits = Ops.And(fits, Ops.And(Ops.GreaterEqual(positions, 0L), Ops.Less(positions, size)));
        }
        // A position outside of its axis must not lead to another row.
        return Ops.Gather(joined, Ops.Where(fits, number, -1L), place);
    }

    // One value for all entries that a mask covers, or one for each in their order.
    private static Tensor Filled(Tensor x, Tensor mask, Tensor value)
    {
        int inner = x.Rank - mask.Rank;
        Tensor covered = Ops.Mask(x, mask);
        Tensor wide = Ops.Reshape(covered, [.. covered.Shape.Dims, .. Enumerable.Repeat((Dim)1, inner)]);
        if (value.Rank <= inner) return Ops.Where(wide, value, x);
        if (IsOne(value.Shape[0])) return Ops.Where(wide, Ops.Reshape(value, [.. value.Shape.Dims.Skip(1)]), x);
        Tensor flat = Ops.Reshape(covered, -1), numbers = Ops.CumSum(Ops.Cast(flat, DType.I64));
        Ops.Assert(
            Ops.Equal(Ops.Size(value), Ops.Sum(Ops.Cast(flat, DType.I64))),
            "index_set: there are other numbers of values and of places that the mask covers");
        Tensor row = Ops.Where(flat, Ops.Sub(numbers, 1L), 0L);
        Tensor rows = Ops.Reshape(row, [.. covered.Shape.Dims]);
        return Ops.Where(wide, Ops.Gather(AtLeastOne(value), rows), x);
    }

    private static bool IsOne(Dim size) => size.InGraph.IsConstant && size.Is(1);

    // Nothing is read of a value without entries, but a position must be there.
    private static Tensor AtLeastOne(Tensor value) =>
        Ops.Pad(value, new Shape(new long[value.Rank]), new Shape([1, .. new long[value.Rank - 1]]));

    // Each element of the result is the last value whose place it is, or stays.
    private static Tensor Scattered(Tensor x, Tensor value, TensorIndex[] indices)
    {
        Dim all = x.Shape.ElementCount;
        Tensor places = index(Ops.Reshape(Ops.Iota(all, DType.I64), [.. x.Shape.Dims]), indices);
        while (value.Rank > places.Rank && IsOne(value.Shape[0])) value = Ops.Squeeze(value, 0);
        Dim some = places.Shape.ElementCount;
        if (some.InGraph.IsConstant && some.Is(0)) return x;
        Tensor values = Ops.Reshape(Ops.BroadcastTo(value, places.Shape), [some]), flat = Ops.Reshape(places, [some]);
        Tensor numbers = Ops.Add(Ops.Iota(some, DType.I64), 1L);
        if (Array.Exists(indices, index => index.Positions is not null)) (flat, numbers) = Last(flat, numbers, some);
        Tensor number = Ops.ScatterAdd(Ops.Full(Shape.Create([all]), 0, DType.I64), flat, numbers);
        // As in torch, each value has the gradient of its place, also one that another has replaced.
        Tensor chosen = Ops.CustomGradient(
            values, v => Ops.Gather(v, Ops.Max(Ops.Sub(number, 1L), 0L)), (_, _, gradient) => Ops.Gather(gradient, Ops.Reshape(places, [some])));
        return Ops.Where(Ops.Reshape(Ops.Greater(number, 0L), [.. x.Shape.Dims]), Ops.Reshape(chosen, [.. x.Shape.Dims]), x);
    }

    // Of several numbers for one place all but the last are 0.
    private static (Tensor Places, Tensor Numbers) Last(Tensor places, Tensor numbers, Dim count)
    {
        (Tensor sorted, Tensor order) = Ops.Sort(places);
        Tensor next = Ops.Concat([Ops.Slice(sorted, [1], [count]), Ops.Full([1], -1, DType.I64)]);
        return (sorted, Ops.Where(Ops.NotEqual(sorted, next), Ops.Gather(numbers, order), 0L));
    }
}
