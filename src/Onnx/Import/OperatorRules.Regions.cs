using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>The cells of regions of an image, each from samples that lie between elements.</summary>
internal static partial class OperatorRules
{
    private const long MostSamples = 1 << 20, FewSamples = 16;

    /// <summary>The samples of regions along an axis.</summary>
    /// <param name="Taps">The elements before and after each sample; (regions, cells·samples).</param>
    /// <param name="Most">How many samples a cell of a region has at most.</param>
    /// <param name="Count">How many samples a cell of each region has, (regions, 1); null where all have as many.</param>
    private sealed record RegionSamples(Tap[] Taps, Dim Most, Value? Count);

    // The mean or the greatest of samples in each cell of a region; a sample lies between four elements.
    private static Value AtRegions(NodeReader c, bool isHalfPixel)
    {
        var b = c.Builder;
        Value x = c.X, regions = c.Y, images = b.Cast(c.In(2), DType.I64);
        long ratio = c.Int("sampling_ratio", 0), rows = c.Int("output_height", 1), columns = c.Int("output_width", 1);
        if (x.Shape.Rank != 4 || regions.Shape.Rank != 2 || (regions.Shape[1].IsConstant && !regions.Shape[1].Is(4)) || images.Shape.Rank != 1)
            throw c.Refuse($"regions {regions.Type} of {x.Type}");
        if (ratio < 0 || rows < 1 || columns < 1 || Math.Max(ratio, 1) > MostSamples / Math.Max(rows, columns))
            throw c.Refuse($"it takes {ratio} samples in each of {rows}×{columns} cells");
        c.Expect(regions.Shape[1], SizeRelation.Equal, 4);
        c.Expect(images.Shape[0], SizeRelation.Equal, regions.Shape[0]);
        Value isFinite = Reduced(c, OpDefs.ReduceAll, b.Emit(OpDefs.IsFinite, regions), [0, 1], keep: false);
        b.Emit(OpDefs.Assert, Attrs.Of("message", $"{c.Proto.OpType}: a region is not finite"), [isFinite]);
        Dim count = regions.Shape[0], height = x.Shape[2], width = x.Shape[3], channels = x.Shape[1];
        var down = SamplesOf(c, regions, 1, rows, ratio, height, isHalfPixel);
        var across = SamplesOf(c, regions, 0, columns, ratio, width, isHalfPixel);
        Value start = b.Reshape(b.Mul(Inside(c, images, x.Shape[0]), b.DimSize(height, DType.I64)), [count, 1]);
        var flat = b.Reshape(b.Transpose(x, [0, 2, 3, 1]), [x.Shape[0] * height * width, channels]);
        Value[] parts = [.. down.Taps.SelectMany(_ => across.Taps, (row, column) =>
        {
            Value line = b.ExpandDims(b.Mul(b.Add(start, row.At), b.DimSize(width, DType.I64)), 2);
            var taken = b.Emit(OpDefs.Gather, Attrs.Of("axis", 0L), [flat, b.Add(line, b.ExpandDims(column.At, 1))])[0];
            Value weight = b.Mul(b.ExpandDims(row.Weight!.Value, 2), b.ExpandDims(column.Weight!.Value, 1));
            return b.Mul(taken, b.ExpandDims(b.Cast(weight, x.DType), 3));
        })];
        bool isGreatest = c.Text("mode", "avg") switch
        {
            "avg" => false,
            "max" => true,
            var other => throw c.Refuse($"its mode is '{other}'"),
        };
        // Of the four parts the greatest counts, not their sum: so ONNX Runtime has it.
        var samples = parts.Aggregate((one, other) => isGreatest ? b.Emit(OpDefs.Max, one, other) : b.Add(one, other));
        Value inside = b.Emit(OpDefs.And, b.ExpandDims(down.Taps[0].IsInside!.Value, 2), b.ExpandDims(across.Taps[0].IsInside!.Value, 1));
        samples = b.Select(b.ExpandDims(inside, 3), samples, b.Scalar(0, samples));
        samples = b.Reshape(samples, [count, rows, down.Most, columns, across.Most, channels]);
        return b.Transpose(Cells(c, samples, down, across, isGreatest), [0, 3, 1, 2]);
    }

    // (regions, rows, samples, columns, samples, channels) without the samples.
    private static Value Cells(NodeReader c, Value samples, RegionSamples down, RegionSamples across, bool isGreatest)
    {
        var b = c.Builder;
        if (down.Count is not { } high || across.Count is not { } wide)
            return Reduced(c, isGreatest ? OpDefs.ReduceMax : OpDefs.ReduceMean, samples, [2, 4], keep: false);
        Dim regions = samples.Shape[0];
        Value IsThere(Value count, Dim most, Shape at) =>
            b.Reshape(b.Emit(OpDefs.Less, b.Reshape(b.Iota([most], 0, count.DType), [1, most]), count), at);
        Value isThere = b.Emit(
            OpDefs.And, IsThere(high, down.Most, [regions, 1, down.Most, 1, 1, 1]), IsThere(wide, across.Most, [regions, 1, 1, 1, across.Most, 1]));
        samples = b.Select(isThere, samples, b.Scalar(isGreatest ? double.NegativeInfinity : 0, samples));
        Value number = b.Reshape(b.Cast(b.Mul(high, wide), samples.DType), [regions, 1, 1, 1]), one = b.Scalar(1, number);
        if (!isGreatest)
            return b.Div(Reduced(c, OpDefs.ReduceSum, samples, [2, 4], keep: false), b.Emit(OpDefs.Max, number, one));
        Value greatest = Reduced(c, OpDefs.ReduceMax, samples, [2, 4], keep: false);
        return b.Select(b.Emit(OpDefs.GreaterEqual, number, one), greatest, b.Scalar(0, greatest));
    }

    private static RegionSamples SamplesOf(NodeReader c, Value regions, int side, long cells, long ratio, Dim size, bool isHalfPixel)
    {
        var b = c.Builder;
        int before = b.Body.Count;
        double scale = c.Float("spatial_scale", 1);
        Value At(int i) => b.Sub(b.Mul(Slice(b, regions, 1, i, i + 1), scale), b.Scalar(isHalfPixel ? 0.5 : 0, regions));
        Value start = At(side), length = b.Sub(At(side + 2), start), zero = b.Scalar(0, start);
        if (!isHalfPixel)
            length = b.Emit(OpDefs.Max, length, b.Scalar(1, length));
        Value? count = ratio > 0 ? null : b.Emit(OpDefs.Max, b.Emit(OpDefs.Ceil, b.Div(length, b.Scalar(cells, length))), zero);
        Dim most = count is { } counts ? Greatest(c, counts, size, before) : ratio;
        Value shares = count is { } number ? Shares(b, number, cells, most)
            : b.Constant(Literal.FromDoubles(new(regions.DType, [1, cells * ratio]), i => (i + 0.5) / ratio));
        Value place = b.Add(start, b.Mul(b.Mul(length, 1.0 / cells), shares));
        Value isInside = b.Emit(
            OpDefs.And, b.Emit(OpDefs.GreaterEqual, place, b.Scalar(-1, place)), b.Emit(OpDefs.LessEqual, place, b.DimSize(size, place.DType)));
        place = b.Emit(OpDefs.Clip, place, zero, b.DimSize(size - 1, place.DType));
        Value floor = b.Emit(OpDefs.Floor, place), part = b.Sub(place, floor), one = b.Scalar(1, place);
        return new([new(Inside(b, floor, size), b.Sub(one, part), isInside), new(Inside(b, b.Add(floor, one), size), part, isInside)], most, count);
    }

    // As many samples as the region that has most. A region within the image has no more than the image has elements: memory for many more is not
    // taken.
    private static Dim Greatest(NodeReader c, Value counts, Dim size, int before)
    {
        var b = c.Builder;
        Dim allowed = Dim.Max(size + 1, FewSamples);
        Value all = b.Emit(OpDefs.Concat, Attrs.Of("axis", 0L), [b.Reshape(counts, [counts.Shape[0]]), b.Reshape(b.Scalar(1, counts), [1])])[0];
        Value most = b.Cast(Reduced(c, OpDefs.ReduceMax, all, [0], keep: false), DType.I64), limit = b.DimSize(allowed, DType.I64);
        Value isFew = b.Emit(OpDefs.LessEqual, most, limit);
        c.Importer.Note(before);
        if (c.Importer.Known.Needed(most) is { } known && size.IsConstant)
        {
            return known.GetLong(0) <= allowed.Value ? known.GetLong(0)
                : throw c.Refuse($"a region takes {known.GetLong(0)} samples of an axis of {size}");
        }

        b.Emit(OpDefs.Assert, Attrs.Of("message", $"{c.Proto.OpType}: a region takes {{0}} samples, more than an axis of the image has elements"),
            [isFew, most]);
        return c.Bind(most);
    }

    // Where in the region each sample lies, counted in cells.
    private static Value Shares(GraphBuilder b, Value counts, long cells, Dim most)
    {
        Dim regions = counts.Shape[0];
        Value number = b.Reshape(b.Emit(OpDefs.Max, counts, b.Scalar(1, counts)), [regions, 1, 1]);
        Value cell = b.Iota([1, cells, 1], 1, counts.DType), sample = b.Add(b.Iota([1, 1, most], 2, counts.DType), b.Scalar(0.5, counts));
        return b.Reshape(b.Add(cell, b.Div(sample, number)), [regions, cells * most]);
    }
}
