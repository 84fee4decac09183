using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Elements in other places.</summary>
internal static partial class OperatorRules
{
    private static IEnumerable<OperatorRule> Movement() =>
    [
        new("Reshape", 7, "", c => Reshaped(c, allowZero: false)),
        new("Reshape", 14, "allowzero", c => Reshaped(c, c.Int("allowzero", 0) != 0)),
        new("Flatten", 7, "axis", c => Matrix(c.Builder, c.X, c.Axis(c.Int("axis", 1), c.X.Shape.Rank, end: true))),
        new("Squeeze", 7, "axes", c => Squeezed(c, c.Ints("axes"))),
        new("Squeeze", 13, "", c => Squeezed(c, c.Has(1) ? c.Numbers(1) : null)),
        new("Unsqueeze", 7, "axes", c => Unsqueezed(c, c.Ints("axes") ?? throw c.Refuse("it has no axes"))),
        new("Unsqueeze", 13, "", c => Unsqueezed(c, c.Numbers(1))),
        new("Transpose", 7, "perm", Transposed),
        new("Expand", 8, "", c => c.Builder.BroadcastTo(c.X, Broadcast(c, c.X.Shape, c.Sizes(1))))
        {
            Limits = "an axis that is repeated has size 1 already while the model is read",
        },
        new("Tile", 7, "", Tiled),
        new("Concat", 7, "axis", c => c.Builder.Emit(OpDefs.Concat, Attrs.Of("axis", (long)c.Axis(c.Int("axis", 1), c.X.Shape.Rank)), c.All())[0]),
        new("Split", 7, "axis split", c => Parts(c, c.Ints("split")?.Select(size => (Dim)size).ToArray())),
        new("Split", 13, "axis", c => Parts(c, c.Has(1) ? c.Sizes(1) : null)),
        new("Split", 18, "axis num_outputs", c => Parts(c, c.Has(1) ? c.Sizes(1) : null)),
        new("Slice", 7, "axes ends starts", c => Sliced(
            c, List(c, c.Ints("starts")), List(c, c.Ints("ends")), c.Ints("axes"), null)) { Until = 10 },
        new("Slice", 10, "", c => Sliced(c, c.In(1), c.In(2), c.Has(3) ? c.Numbers(3) : null, c.Has(4) ? c.Numbers(4) : null)),
        new("Pad", 7, "mode pads value", c => Padded(
            c, [.. (c.Ints("pads") ?? throw c.Refuse("it has no pads")).Select(size => (Dim)size)], null, c.Float("value", 0))),
        new("Pad", 11, "mode", c => Padded(c, c.Sizes(1), c.Has(3) ? c.Numbers(3) : null, c.Has(2) ? c.Number(2).GetDouble(0) : 0))
        {
            Limits = "the value of the padding is a constant",
        },
        new("Shape", 7, "", c => c.List(c.X.Shape)),
        new("Shape", 15, "end start", ShapeOf),
        new("Size", 7, "", c => c.Builder.DimSize(c.X.Shape.ElementCount, DType.I64)),
        new("DepthToSpace", 7, "blocksize", c => Spread(c, isRows: true)),
        new("DepthToSpace", 11, "blocksize mode", c => Spread(c, c.Text("mode", "DCR") == "DCR")),
        new("SpaceToDepth", 7, "blocksize", Gathered),
    ];

    private static Value List(NodeReader c, long[]? numbers) =>
        c.Builder.Constant(Literal.FromLongs(new(DType.I64, [(numbers ?? throw c.Refuse("it has no starts or ends")).Length]), i => numbers[i]));

    private static Value Reshaped(NodeReader c, bool allowZero)
    {
        Value x = c.X;
        Dim?[] known = c.KnownSizes(1);
        if (Array.Exists(known, size => size is null))
            return c.Builder.Reshape(x, new(SizesFromData(c, known, allowZero)));
        Dim[] sizes = [.. known.Select(size => size!.Value)];
        for (int i = 0; i < sizes.Length; i++)
        {
            if (!allowZero && sizes[i].Is(0))
                sizes[i] = i < x.Shape.Rank ? x.Shape[i] : throw c.Refuse($"size {i} is that of an axis which {x.Type} has not");
        }

        int open = Array.FindIndex(sizes, size => size.Is(-1));
        if (open >= 0)
        {
            Dim rest = Product(sizes.Where((_, i) => i != open));
            if (rest.Is(0))
                throw c.Refuse("the size that is left open could be any");
            sizes[open] = Dim.FloorDiv(x.Shape.ElementCount, rest);
        }

        return c.Builder.Reshape(x, new(sizes));
    }

    // The same when a run computes it: 0 is the size that the axis has, −1 what is left.
    private static Dim[] SizesFromData(NodeReader c, Dim?[] known, bool allowZero)
    {
        var b = c.Builder;
        Value x = c.X, zero = b.Constant(Literal.Scalar(DType.I64, 0)), one = b.Constant(Literal.Scalar(DType.I64, 1)), open = b.Neg(one);
        Value Is(Value size, Value special) => b.Emit(OpDefs.Equal, size, special);
        Value[] sizes = [.. known.Select((size, i) => size is { } number ? b.DimSize(number, DType.I64) : c.Element(c.Y, i))];
        if (!allowZero)
            sizes = [.. sizes.Select((size, i) => i < x.Shape.Rank ? b.Select(Is(size, zero), b.DimSize(x.Shape[i], DType.I64), size) : size)];
        Value rest = sizes.Select(size => b.Select(Is(size, open), one, size)).Aggregate(b.Mul);
        Value opens = sizes.Select(size => b.Cast(Is(size, open), DType.I64)).Aggregate(b.Add);
        // Otherwise −1 stays, which is no size: where two are left open, or one that could be any.
        Value isOne = b.Emit(OpDefs.And, Is(opens, one), b.Emit(OpDefs.Greater, rest, zero));
        Value left = b.Select(isOne, b.Emit(OpDefs.FloorDiv, b.DimSize(x.Shape.ElementCount, DType.I64), b.Emit(OpDefs.Max, rest, one)), open);
        return [.. sizes.Select((size, i) =>
            known[i] is { } number && !number.Is(0) && !number.Is(-1) ? number : c.Bind(b.Select(Is(size, open), left, size)))];
    }

    private static Value Squeezed(NodeReader c, long[]? axes)
    {
        Shape shape = c.X.Shape;
        if (axes is null && !shape.IsConstant)
            throw c.Refuse($"which axes of {c.X.Type} have size 1 is not known");
        int[] gone = axes is null ? [.. Enumerable.Range(0, shape.Rank).Where(axis => shape[axis].Is(1))] : c.Axes(axes, shape.Rank);
        if (gone.FirstOrDefault(axis => shape[axis].IsConstant && !shape[axis].Is(1), -1) is >= 0 and var wide)
            throw c.Refuse($"axis {wide} of {c.X.Type} has not size 1");
        return c.Builder.Reshape(c.X, shape.Without(gone));
    }

    private static Value Unsqueezed(NodeReader c, long[] axes) => c.Builder.ExpandDims(c.X, c.Axes(axes, c.X.Shape.Rank + axes.Length));

    private static Value Transposed(NodeReader c)
    {
        int rank = c.X.Shape.Rank;
        int[] order = c.Ints("perm") is { } given ? [.. given.Select(axis => c.Axis(axis, rank))] : [.. Enumerable.Range(0, rank).Reverse()];
        return c.Builder.Transpose(c.X, order);
    }

    // Where one of two sizes is 1, the other counts. Otherwise they must be equal: a size with a name is checked when the graph runs.
    private static Shape Broadcast(NodeReader c, Shape shape, Dim[] sizes)
    {
        int rank = Math.Max(shape.Rank, sizes.Length);
        Dim At(IReadOnlyList<Dim> all, int i) => i >= rank - all.Count ? all[i - rank + all.Count] : 1;
        if (Array.Exists(sizes, size => size.IsConstant && size.Value < 0))
            throw c.Refuse($"the shape is [{string.Join(", ", sizes)}]");
        var result = new Dim[rank];
        for (int i = 0; i < rank; i++)
        {
            Dim given = At(shape, i), wanted = At(sizes, i);
            result[i] = given.Is(1) ? wanted : wanted.Is(1) ? given : wanted.IsConstant ? wanted : given;
            if (given == wanted || given.Is(1) || wanted.Is(1))
                continue;
            if (!wanted.IsConstant)
            {
                // It may turn out to be 1.
                var b = c.Builder;
                Value size = b.DimSize(wanted, DType.I64), one = b.Scalar(1, size);
                wanted = c.Bind(b.Select(b.Emit(OpDefs.Equal, size, one), b.DimSize(given, DType.I64), size));
            }

            c.Expect(given, SizeRelation.Equal, wanted);
        }

        return new(result);
    }

    private static Value Tiled(NodeReader c)
    {
        Value x = c.X;
        Dim[] times = c.Sizes(1);
        if (times.Length != x.Shape.Rank)
            throw c.Refuse($"it repeats {times.Length} axes of {x.Type}");
        return Tiled(c.Builder, x, times);
    }

    private static Value Tiled(GraphBuilder b, Value x, Dim[] times)
    {
        var repeated = b.BroadcastTo(b.Reshape(x, new([.. x.Shape.SelectMany(size => new Dim[] { 1, size })])),
            new([.. x.Shape.SelectMany((size, axis) => new Dim[] { times[axis], size })]));
        return b.Reshape(repeated, new([.. x.Shape.Select((size, axis) => size * times[axis])]));
    }

    private static Value?[] Parts(NodeReader c, Dim[]? sizes)
    {
        Value x = c.X;
        int axis = c.Axis(c.Int("axis", 0), x.Shape.Rank), count = c.Proto.Output.Count;
        if (c.Opset >= 18 && c.Int("num_outputs") is { } wanted && wanted != count)
            throw c.Refuse($"it has {count} outputs, and num_outputs is {wanted}");
        if (sizes is null)
        {
            Dim each = Dim.FloorDiv(x.Shape[axis] + (c.Opset >= 18 ? count - 1 : 0), count);
            sizes = [.. Enumerable.Repeat(each, count)];
            // The last part is shorter from opset 18 on.
            if (c.Opset >= 18)
                sizes[^1] = x.Shape[axis] - (each * (count - 1));
        }

        if (sizes.Length != count)
            throw c.Refuse($"it has {count} outputs, and {sizes.Length} sizes");
        var parts = new Value?[count];
        Dim start = 0;
        for (int i = 0; i < count; i++)
        {
            parts[i] = Slice(c.Builder, x, axis, start, start + sizes[i]);
            start += sizes[i];
        }

        // All of the axis is in the parts.
        if (start.IsConstant && x.Shape[axis].IsConstant && start != x.Shape[axis])
            throw c.Refuse($"parts of {start} in all of axis {axis} of {x.Type}");
        if (start != x.Shape[axis])
            c.Expect(start, SizeRelation.Equal, x.Shape[axis]);
        return parts;
    }

    private static Value Slice(GraphBuilder b, Value x, int axis, Dim start, Dim stop, long step = 1)
    {
        long[] steps = [.. Enumerable.Repeat(1L, x.Shape.Rank)];
        steps[axis] = step;
        return b.Slice(x, new Shape(new long[x.Shape.Rank]).With(axis, start), x.Shape.With(axis, stop), steps);
    }

    private static Value Sliced(NodeReader c, Value starts, Value ends, long[]? axes, long[]? steps)
    {
        Value x = c.X;
        if (starts.Shape.Rank != 1 || ends.Shape.Rank != 1 || starts.Shape != ends.Shape || !starts.Shape.IsConstant)
            throw c.Refuse($"its starts are {starts.Type} and its ends {ends.Type}");
        int count = checked((int)starts.Shape[0].Value);
        axes ??= [.. Enumerable.Range(0, count).Select(i => (long)i)];
        steps ??= [.. Enumerable.Repeat(1L, count)];
        if (axes.Length != count || steps.Length != count || Array.Exists(steps, step => step is 0 or long.MinValue))
            throw c.Refuse($"axes [{string.Join(", ", axes)}], steps [{string.Join(", ", steps)}]");
        _ = c.Axes(axes, x.Shape.Rank);
        for (int i = 0; i < count; i++)
        {
            int axis = c.Axis(axes[i], x.Shape.Rank);
            Dim size = x.Shape[axis];
            if (steps[i] > 0)
            {
                Dim start = Position(c, starts, i, size, 0, 0);
                x = Slice(c.Builder, x, axis, start, Dim.Max(start, Position(c, ends, i, size, 0, 0)), steps[i]);
                continue;
            }

            // Back to front, position p is at size − 1 − p.
            Dim first = Dim.Max(size - 1 - Position(c, starts, i, size, 0, -1), 0);
            Dim last = Dim.Max(first, size - 1 - Position(c, ends, i, size, -1, -1, isBack: true));
            x = Slice(c.Builder, c.Builder.Emit(OpDefs.Reverse, Attrs.Of("axes", new[] { axis }), [x])[0], axis, first, last, -steps[i]);
        }

        return x;
    }

    // From the end when negative, then between the least one and the size plus beyond. Almost the largest numbers mean the end of the way, which is
    // the first element on the way back.
    private static Dim Position(NodeReader c, Value positions, int i, Dim size, long least, long beyond, bool isBack = false)
    {
        Dim most = size + beyond;
        if (c.Importer.Known.Sizes(positions)?[i] is { } known)
        {
            if (known is { IsConstant: true, Value: >= int.MaxValue or <= int.MinValue })
                return known.Value > 0 && !isBack ? Dim.Max(most, least) : least;
            if (known.IsConstant)
                return Dim.Max(Dim.Min(known.Value < 0 ? known + size : known, most), least);
            if (IsSize(known))
                return Dim.Min(known, most);
        }

        Value given = c.Element(positions, i), position = given;
        Value length = c.Builder.DimSize(size, DType.I64), low = c.Builder.Scalar(least, position);
        position = c.Builder.Select(IsNegative(c.Builder, position), c.Builder.Add(position, length), position);
        position = c.Builder.Emit(OpDefs.Max, c.Builder.Emit(OpDefs.Min, position, c.Builder.DimSize(most, DType.I64)), low);
        if (isBack)
        {
            var isEnd = c.Builder.Emit(OpDefs.GreaterEqual, given, c.Builder.Scalar(int.MaxValue, given));
            position = c.Builder.Select(isEnd, low, position);
        }

        if (least == 0)
            return c.Bind(position);
        return c.Bind(c.Builder.Sub(position, low)) + least;
    }

    // A difference may be negative.
    private static bool IsSize(Dim size) => !size.ToString().Contains('-', StringComparison.Ordinal);

    private static Value ShapeOf(NodeReader c)
    {
        int rank = c.X.Shape.Rank;
        long Bound(long position) => Math.Clamp(position < 0 ? position + rank : position, 0, rank);
        int start = (int)Bound(c.Int("start", 0)), end = (int)Bound(c.Int("end", rank));
        return c.List(c.X.Shape.Dims[start..Math.Max(start, end)]);
    }

    private static Value Spread(NodeReader c, bool isRows)
    {
        Value x = c.X;
        Dim block = c.Int("blocksize", 0);
        if (x.Shape.Rank != 4 || block < 1)
            throw c.Refuse($"blocks of {block} in {x.Type}");
        Dim n = x.Shape[0], depth = Dim.FloorDiv(x.Shape[1], block * block), h = x.Shape[2], w = x.Shape[3];
        var split = isRows
            ? c.Builder.Transpose(c.Builder.Reshape(x, [n, block, block, depth, h, w]), [0, 3, 4, 1, 5, 2])
            : c.Builder.Transpose(c.Builder.Reshape(x, [n, depth, block, block, h, w]), [0, 1, 4, 2, 5, 3]);
        return c.Builder.Reshape(split, [n, depth, h * block, w * block]);
    }

    private static Value Gathered(NodeReader c)
    {
        Value x = c.X;
        Dim block = c.Int("blocksize", 0);
        if (x.Shape.Rank != 4 || block < 1)
            throw c.Refuse($"blocks of {block} in {x.Type}");
        Dim n = x.Shape[0], depth = x.Shape[1], h = Dim.FloorDiv(x.Shape[2], block), w = Dim.FloorDiv(x.Shape[3], block);
        var split = c.Builder.Transpose(c.Builder.Reshape(x, [n, depth, h, block, w, block]), [0, 3, 5, 1, 2, 4]);
        return c.Builder.Reshape(split, [n, depth * block * block, h, w]);
    }

    private static Value Padded(NodeReader c, Dim[] pads, long[]? axes, double fill)
    {
        Value x = c.X;
        int rank = x.Shape.Rank;
        int[] padded = axes is null ? [.. Enumerable.Range(0, rank)] : [.. axes.Select(axis => c.Axis(axis, rank))];
        if (pads.Length != 2 * padded.Length || padded.Distinct().Count() != padded.Length)
            throw c.Refuse($"{pads.Length} sizes for {padded.Length} axes of {x.Type}");
        Dim[] low = new Dim[rank], high = new Dim[rank];
        for (int i = 0; i < padded.Length; i++)
            (low[padded[i]], high[padded[i]]) = (pads[i], pads[i + padded.Length]);
        string mode = c.Text("mode", "constant");
        if (mode == "constant")
            return c.Builder.Pad(x, new(low), new(high), new long[rank], fill);
        for (int axis = 0; axis < rank; axis++)
        {
            // What is cut off is not there for the other side either.
            Dim start = Cut(low[axis], mode), stop = x.Shape[axis] - Cut(high[axis], mode);
            if (start != 0 || stop != x.Shape[axis])
                x = Slice(c.Builder, x, axis, start, stop);
            (low[axis], high[axis]) = (low[axis] + start, high[axis] + Cut(high[axis], mode));
            if (!low[axis].Is(0) || !high[axis].Is(0))
                x = c.Builder.Emit(OpDefs.Gather, Attrs.Of("axis", (long)axis), [x, Sources(c, x.Shape[axis], low[axis], high[axis], mode)])[0];
        }

        return x;

        // An edge is that of all elements.
        static Dim Cut(Dim pad, string mode) => mode == "edge" ? 0 : Dim.Max(-1 * pad, 0);
    }

    // The element of an axis that each element of the padded axis is.
    private static Value Sources(NodeReader c, Dim size, Dim low, Dim high, string mode)
    {
        var b = c.Builder;
        Value at = b.Sub(b.Iota([low + size + high], 0), b.DimSize(low, DType.I64)), length = b.DimSize(size, DType.I64);
        Value one = b.Scalar(1, at), zero = b.Scalar(0, at), last = b.Sub(length, one);
        switch (mode)
        {
            case "edge": return b.Emit(OpDefs.Clip, at, zero, last);
            case "wrap": return b.Emit(OpDefs.Mod, at, length);
            case "reflect":
                Value period = b.Emit(OpDefs.Max, b.Mul(last, 2), one), turned = b.Emit(OpDefs.Mod, at, period);
                return b.Emit(OpDefs.Min, turned, b.Sub(period, turned));
            default: throw c.Refuse($"its mode is '{mode}'");
        }
    }
}
