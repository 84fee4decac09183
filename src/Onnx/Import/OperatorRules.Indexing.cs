using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Elements at positions that are data. A negative position counts from the end, which ops of graphs do not know.</summary>
internal static partial class OperatorRules
{
    private static IEnumerable<OperatorRule> Indexing() =>
    [
        new("Gather", 7, "axis", c =>
        {
            int axis = c.Axis(c.Int("axis", 0), c.X.Shape.Rank);
            return c.Builder.Emit(OpDefs.Gather, Attrs.Of("axis", (long)axis), [c.X, Positions(c, 1, c.X.Shape[axis])])[0];
        }),
        new("GatherElements", 11, "axis", c =>
        {
            int axis = c.Axis(c.Int("axis", 0), c.X.Shape.Rank);
            return Along(c, c.X, Positions(c, 1, c.X.Shape[axis]), axis);
        }),
        new("GatherND", 11, "", c => GatheredND(c, 0)) { Limits = KnownPositions },
        new("GatherND", 12, "batch_dims", c => GatheredND(c, checked((int)c.Int("batch_dims", 0)))) { Limits = KnownPositions },
        new("Scatter", 9, "axis", ScatteredAlong) { Until = 11 },
        new("ScatterElements", 11, "axis", ScatteredAlong),
        new("ScatterElements", 16, "axis reduction", ScatteredAlong) { Limits = "of text only add" },
        new("ScatterND", 11, "", ScatteredND) { Limits = KnownPositions },
        new("ScatterND", 16, "reduction", ScatteredND) { Limits = $"{KnownPositions}; of text only add" },
        new("OneHot", 9, "axis", OneHot),
        new("NonZero", 9, "", c => c.Builder.Transpose(Traced(
            c, x => Ops.NonZero(x[0]), c.X.Shape.Rank == 0 ? c.Builder.Reshape(c.X, [1]) : c.X), [1, 0])),
        new("Compress", 9, "axis", Compressed),
        new("Trilu", 14, "upper", Triangle),
        new("ReverseSequence", 10, "batch_axis time_axis", c => Reversed(
            c, c.X, c.Y, c.Axis(c.Int("time_axis", 0), c.X.Shape.Rank), c.Axis(c.Int("batch_axis", 1), c.X.Shape.Rank))),
        new("TopK", 7, "axis k", c => Most(c, c.Int("k") ?? throw c.Refuse("it has no k"))),
        new("TopK", 10, "axis", c => Most(c, c.Number(1).GetLong(0))),
        new("TopK", 11, "axis largest sorted", c => Most(c, Count(c))),
        new("ArgMax", 7, "axis keepdims", c => Extremum(c, OpDefs.ArgMax)),
        new("ArgMax", 12, "axis keepdims select_last_index", c => Extremum(c, OpDefs.ArgMax)),
        new("ArgMin", 7, "axis keepdims", c => Extremum(c, OpDefs.ArgMin)),
        new("ArgMin", 12, "axis keepdims select_last_index", c => Extremum(c, OpDefs.ArgMin)),
    ];

    private const long FarDiagonal = 1L << 62;

    private const string KnownPositions = "the size of the last axis of the positions is known";

    /// <summary>Functions of <see cref="Ops"/> on values.</summary>
    private static Value Traced(NodeReader c, Func<Tensor[], Tensor> function, params Value[] inputs)
    {
        var trace = c.Importer.Trace;
        return trace.ValueOf(function([.. inputs.Select(trace.TensorOf)]));
    }

    private static Dim Count(NodeReader c)
    {
        if (c.KnownSizes(1) is not [var known])
            throw c.Refuse("k is more than one number");
        if (known is { } count)
            return count;
        var b = c.Builder;
        Value k = c.Element(c.Y, 0), size = b.DimSize(c.X.Shape[c.Axis(c.Int("axis", -1), c.X.Shape.Rank)], DType.I64);
        Value fits = b.Emit(OpDefs.And, b.Emit(OpDefs.GreaterEqual, k, b.Scalar(0, k)), b.Emit(OpDefs.LessEqual, k, size));
        b.Emit(OpDefs.Assert, Attrs.Of("message", $"{c.Proto.OpType}: k is {{0}}, for an axis of {{1}} elements"), [fits, k, size]);
        return c.Bind(k);
    }

    /// <summary>Positions of an axis from the front.</summary>
    private static Value Positions(NodeReader c, int input, Dim size)
    {
        var positions = c.In(input);
        if (positions.DType is not (DType.I32 or DType.I64))
            throw c.Refuse($"positions are {positions.Type}");
        if (c.Importer.Known.Constant(positions) is { } known && Enumerable.Range(0, (int)known.Count).All(i => known.GetLong(i) >= 0))
            return positions;
        return Positions(c.Builder, positions, size);
    }

    private static Value Positions(GraphBuilder b, Value positions, Dim size)
    {
        var wide = b.Cast(positions, DType.I64);
        return b.Select(IsNegative(b, wide), b.Add(wide, b.DimSize(size, DType.I64)), wide);
    }

    // Several positions become one in the whole tensor: one that is out of its axis would be that of another element. TG2004 names the greatest.
    private static Value Inside(NodeReader c, Value positions, Dim size)
    {
        var b = c.Builder;
        if (c.Importer.Known.Constant(positions) is { } known && size.IsConstant
            && Enumerable.Range(0, (int)known.Count).All(i => known.GetLong(i) >= 0 && known.GetLong(i) < size.Value))
        {
            return positions;
        }

        Value zero = b.Constant(Literal.Scalar(DType.I64, 0)), one = b.Constant(Literal.Scalar(DType.I64, 1)), length = b.DimSize(size, DType.I64);
        var isOut = b.Emit(OpDefs.Or, IsNegative(b, positions), b.Emit(OpDefs.GreaterEqual, positions, length));
        int[] axes = [.. Enumerable.Range(0, positions.Shape.Rank)];
        var isAny = axes.Length == 0 ? isOut : Reduced(c, OpDefs.ReduceAny, isOut, axes, keep: false);
        var outer = b.Select(isOut, positions, b.Constant(Literal.Scalar(DType.I64, long.MinValue)));
        var worst = axes.Length == 0 ? outer : Reduced(c, OpDefs.ReduceMax, outer, axes, keep: false);
        b.Emit(OpDefs.CheckIndex, Attrs.Of(OpDefs.PositionsAre, $"{c.Proto.OpType}: position"), [b.Select(isAny, worst, zero), b.Select(isAny, length, one)]);
        return positions;
    }

    // The other axes of the positions may be shorter.
    private static Value Along(NodeReader c, Value x, Value positions, int axis)
    {
        Shape at = positions.Shape;
        if (at.Rank != x.Shape.Rank)
            throw c.Refuse($"positions {positions.Type} of {x.Type}");
        for (int i = 0; i < at.Rank; i++)
        {
            if (i != axis && x.Shape[i] != at[i])
                x = Slice(c.Builder, x, i, 0, at[i]);
        }

        return c.Builder.Emit(OpDefs.TakeAlongAxis, Attrs.Of("axis", (long)axis), [x, positions])[0];
    }

    // Entries at places that are the last axis of the positions: the axes that these count become one, and a place one number.
    private static Value GatheredND(NodeReader c, int batch)
    {
        Value x = c.X;
        var (flat, places, rest) = Flat(c, x, c.Y, batch);
        Shape at = c.Y.Shape;
        var taken = c.Builder.Emit(OpDefs.Gather, Attrs.Of(("axis", batch > 0 ? 1L : 0L), ("batch", batch > 0 ? 1L : 0L)), [flat, places])[0];
        return c.Builder.Reshape(taken, new([.. at.SkipLast(1), .. rest]));
    }

    // (batch, places, rest…), and the places as (batch, count).
    private static (Value Flat, Value Places, Shape Inner) Flat(NodeReader c, Value x, Value positions, int batch)
    {
        Shape shape = x.Shape, at = positions.Shape;
        if (at.Rank > 0 && !at[at.Rank - 1].IsConstant)
            throw c.Refuse($"how many axes its positions {positions.Type} count is not known while the model is read");
        if (at.Rank == 0 || at[at.Rank - 1] is not { IsConstant: true, Value: var depth } || batch < 0 || batch >= at.Rank
            || depth > shape.Rank - batch)
            throw c.Refuse($"positions {positions.Type} of {x.Type}");
        int indexed = (int)depth;
        Dim batches = Product(shape.Take(batch)), count = Product(at.Skip(batch).SkipLast(1));
        Shape rest = new([.. shape.Skip(batch + indexed)]);
        Value place = c.Builder.Zeros(new(DType.I64, new([.. at.SkipLast(1)])));
        for (int i = 0; i < indexed; i++)
        {
            var one = c.Builder.Reshape(Slice(c.Builder, positions, at.Rank - 1, i, i + 1), new([.. at.SkipLast(1)]));
            var stride = c.Builder.DimSize(Product(shape.Skip(batch + i + 1).Take(indexed - i - 1)), DType.I64);
            place = c.Builder.Add(place, c.Builder.Mul(Inside(c, Positions(c.Builder, one, shape[batch + i]), shape[batch + i]), stride));
        }

        Dim places = Product(shape.Skip(batch).Take(indexed));
        return batch > 0
            ? (c.Builder.Reshape(x, new([batches, places, .. rest])), c.Builder.Reshape(place, [batches, count]), rest)
            : (c.Builder.Reshape(x, new([places, .. rest])), c.Builder.Reshape(place, [count]), rest);
    }

    private static Value OneHot(NodeReader c)
    {
        Value values = c.In(2), at = c.X;
        if (c.Sizes(1) is not [var depth])
            throw c.Refuse("its depth is more than one number");
        int axis = c.Axis(c.Int("axis", -1), at.Shape.Rank + 1);
        var positions = c.Builder.ExpandDims(Positions(c.Builder, at, depth), axis);
        Shape shape = new(at.Shape.Dims.Insert(axis, depth));
        Value Part(int i) => c.Builder.Reshape(Slice(c.Builder, values, 0, i, i + 1), Shape.Scalar);
        return c.Builder.Select(c.Builder.Emit(OpDefs.Equal, c.Builder.Iota(shape, axis), positions), Part(1), Part(0));
    }

    private static Value Compressed(NodeReader c)
    {
        Value x = c.Int("axis") is null ? c.Builder.Reshape(c.X, [c.X.Shape.ElementCount]) : c.X;
        int axis = c.Axis(c.Int("axis", 0), x.Shape.Rank);
        var places = Traced(c, flags => Ops.Reshape(Ops.NonZero(flags[0]), -1), c.Y);
        return c.Builder.Emit(OpDefs.Gather, Attrs.Of("axis", (long)axis), [x, places])[0];
    }

    private static Value Triangle(NodeReader c)
    {
        Value x = c.X;
        int rank = x.Shape.Rank;
        if (rank < 2)
            throw c.Refuse($"{x.Type} is no matrix");
        Shape matrix = new([.. x.Shape.TakeLast(2)]);
        Value rows = c.Builder.Iota(matrix, 0), columns = c.Builder.Iota(matrix, 1);
        if (c.Has(1))
            rows = c.Builder.Add(rows, Clamped(c.Builder, Scalar(c, c.In(1))));
        var kept = c.Builder.Emit(c.Int("upper", 1) != 0 ? OpDefs.GreaterEqual : OpDefs.LessEqual, columns, rows);
        return c.Builder.Select(kept, x, c.Builder.Constant(Literal.Zeros(new(x.DType, Shape.Scalar))));
    }

    // A diagonal so far out that no matrix has it, but so that sums with positions do not overflow.
    private static Value Clamped(GraphBuilder b, Value diagonal)
    {
        Value At(long number) => b.Constant(Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => number));
        return b.Emit(OpDefs.Clip, b.Cast(diagonal, DType.I64), At(-FarDiagonal), At(FarDiagonal));
    }

    /// <summary>The first entries of each sequence back to front, the rest as they are.</summary>
    private static Value Reversed(NodeReader c, Value x, Value lengths, int time, int batch)
    {
        var b = c.Builder;
        if (time == batch)
            throw c.Refuse("both axes are one");
        int[] order = [batch, time, .. Enumerable.Range(0, x.Shape.Rank).Where(axis => axis != time && axis != batch)];
        var rows = b.Transpose(x, order);
        Shape shape = new([rows.Shape[0], rows.Shape[1]]);
        Value at = b.Iota(shape, 1), length = b.ExpandDims(b.Cast(lengths, DType.I64), 1);
        var from = b.Select(b.Emit(OpDefs.Less, at, length), b.Sub(b.Sub(length, b.Scalar(1, at)), at), at);
        return b.TransposeBack(b.Emit(OpDefs.Gather, Attrs.Of(("axis", 1L), ("batch", 1L)), [rows, from])[0], order);
    }

    private static Value?[] Most(NodeReader c, Dim k)
    {
        var b = c.Builder;
        int axis = c.Axis(c.Int("axis", -1), c.X.Shape.Rank);
        Dim size = c.X.Shape[axis];
        if (k.IsConstant && (k.Value < 0 || (size.IsConstant && k.Value > size.Value)))
            throw c.Refuse($"k is {k}, for axis {axis} of {c.X.Type}");
        if (k.IsConstant)
            c.Expect(k, SizeRelation.AtMost, size);
        bool largest = c.Opset < 11 || c.Int("largest", 1) != 0;
        var attrs = Attrs.Of(("axis", (long)axis), ("descending", largest));
        var sorted = b.Emit(OpDefs.Sort, k.IsConstant ? attrs.With("count", k.Value) : attrs, [c.X]);
        Value First(Value all) => k.IsConstant || k == all.Shape[axis] ? all : Slice(b, all, axis, 0, k);
        return [First(sorted[0]), c.Wants(1) ? b.Cast(First(sorted[1]), DType.I64) : null];
    }

    private static Value Extremum(NodeReader c, OpDef op)
    {
        var b = c.Builder;
        int axis = c.Axis(c.Int("axis", 0), c.X.Shape.Rank);
        bool isLast = c.Opset >= 12 && c.Int("select_last_index", 0) != 0;
        var x = isLast ? b.Emit(OpDefs.Reverse, Attrs.Of("axes", new[] { axis }), [c.X])[0] : c.X;
        var at = b.Cast(b.Emit(op, Attrs.Of("axis", (long)axis), [x])[0], DType.I64);
        if (isLast)
            at = b.Sub(b.Sub(b.DimSize(c.X.Shape[axis], DType.I64), b.Scalar(1, at)), at);
        return c.Int("keepdims", 1) != 0 ? b.ExpandDims(at, axis) : at;
    }
}
