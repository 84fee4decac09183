using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Images read at places that are data: those of a grid, or of regions.</summary>
internal static partial class OperatorRules
{
    private const string RegionLimits = "where sampling_ratio is 0, a cell is no longer than the image, or 16 elements";

    private const string Regions = "mode output_height output_width sampling_ratio spatial_scale";

    private static IEnumerable<OperatorRule> Places() =>
    [
        new("GridSample", 16, "align_corners mode padding_mode", AtGrid),
        new("RoiAlign", 10, Regions, c => AtRegions(c, isHalfPixel: false)) { Limits = RegionLimits },
        new("RoiAlign", 16, $"coordinate_transformation_mode {Regions}", c => AtRegions(c, c.Text("coordinate_transformation_mode", "half_pixel") switch
        {
            "half_pixel" => true,
            "output_half_pixel" => false,
            var other => throw c.Refuse($"its coordinates are {other}"),
        })) { Limits = RegionLimits },
    ];

    /// <summary>An element that has a part in each result.</summary>
    /// <param name="At">Its position.</param>
    /// <param name="Weight">Its share; null for all.</param>
    /// <param name="IsInside">False where there is no such element; null where there always is one.</param>
    private sealed record Tap(Value At, Value? Weight, Value? IsInside);

    private static Value AtGrid(NodeReader c)
    {
        var b = c.Builder;
        Value x = c.X, grid = c.Y;
        int axes = x.Shape.Rank - 2;
        if (axes < 1 || grid.Shape.Rank != x.Shape.Rank || (grid.Shape[axes + 1].IsConstant && !grid.Shape[axes + 1].Is(axes)))
            throw c.Refuse($"a grid {grid.Type} of {x.Type}");
        c.Expect(grid.Shape[axes + 1], SizeRelation.Equal, axes);
        c.Expect(grid.Shape[0], SizeRelation.Equal, x.Shape[0]);
        Shape spatial = new([.. x.Shape.Skip(2)]), wanted = new([.. grid.Shape.Skip(1).SkipLast(1)]), places = [x.Shape[0], wanted.ElementCount];
        Tap[] all = [new(b.Zeros(new(DType.I64, places)), null, null)];
        for (int axis = 0; axis < axes; axis++)
        {
            // The numbers of a place begin with that of the last axis.
            var at = b.Reshape(Slice(b, grid, axes + 1, axes - 1 - axis, axes - axis), places);
            var size = b.DimSize(spatial[axis], DType.I64);
            var taps = GridTaps(c, at, spatial[axis]);
            all = [.. all.SelectMany(_ => taps, (one, other) => new Tap(
                b.Add(b.Mul(one.At, size), other.At), Both(OpDefs.Mul, one.Weight, other.Weight), Both(OpDefs.And, one.IsInside, other.IsInside)))];
        }

        if (!x.DType.IsFloat() && Array.Exists(all, tap => tap.Weight is not null))
            throw c.Refuse($"it takes elements between those of an image {x.Type}");
        var rows = b.Reshape(
            b.Transpose(x, [0, .. Enumerable.Range(2, axes), 1]), [x.Shape[0], spatial.ElementCount, x.Shape[1]]);
        var sum = all.Select(tap =>
        {
            var taken = b.Emit(OpDefs.Gather, Attrs.Of(("axis", 1L), ("batch", 1L)), [rows, tap.At])[0];
            if (tap.Weight is { } weight)
                taken = b.Mul(taken, b.ExpandDims(b.Cast(weight, x.DType), 2));
            return tap.IsInside is { } inside ? b.Select(b.ExpandDims(inside, 2), taken, b.Scalar(0, taken)) : taken;
        }).Aggregate(b.Add);
        return b.Reshape(b.Transpose(sum, [0, 2, 1]), new([x.Shape[0], x.Shape[1], .. wanted]));

        Value? Both(OpDef op, Value? one, Value? other) => one is { } first && other is { } second ? b.Emit(op, first, second) : one ?? other;
    }

    // −1 is the beginning of an axis and 1 its end: in the middle of the outer elements, or at their outer borders.
    private static Tap[] GridTaps(NodeReader c, Value grid, Dim size)
    {
        var b = c.Builder;
        bool isAligned = c.Int("align_corners", 0) != 0;
        Value one = b.Scalar(1, grid), length = b.DimSize(size, grid.DType), last = b.Sub(length, one), fromZero = b.Add(grid, one);
        Value place = b.Mul(isAligned ? b.Mul(fromZero, last) : b.Sub(b.Mul(fromZero, length), one), 0.5);
        string mode = c.Text("mode", "linear");
        if (mode == "nearest")
            return [At(b.Emit(OpDefs.Round, place), null)];
        Value floor = b.Emit(OpDefs.Floor, place), part = b.Sub(place, floor);
        return mode switch
        {
            "linear" or "bilinear" => [At(floor, b.Sub(one, part)), At(b.Add(floor, one), part)],
            "cubic" or "bicubic" => [.. Enumerable.Range(-1, 4).Select(tap => At(
                b.Add(floor, b.Scalar(tap, floor)), CubicWeight(b, b.Emit(OpDefs.Abs, b.Sub(part, b.Scalar(tap, part))), -0.75)))],
            _ => throw c.Refuse($"its mode is '{mode}'"),
        };

        Tap At(Value at, Value? weight) => c.Text("padding_mode", "zeros") switch
        {
            "zeros" => new(Inside(b, at, size), weight, b.Emit(
                OpDefs.And, b.Emit(OpDefs.GreaterEqual, at, b.Scalar(0, at)), b.Emit(OpDefs.LessEqual, at, last))),
            "border" => new(Inside(b, at, size), weight, null),
            "reflection" => new(Inside(b, Reflected(at), size), weight, null),
            var other => throw c.Refuse($"its padding_mode is '{other}'"),
        };

        // There and back between the borders.
        Value Reflected(Value at)
        {
            Value low = b.Scalar(isAligned ? 0 : -0.5, at), range = b.Emit(OpDefs.Max, isAligned ? last : length, one);
            Value distance = b.Emit(OpDefs.Abs, b.Sub(at, low)), times = b.Emit(OpDefs.Floor, b.Div(distance, range));
            Value rest = b.Sub(distance, b.Mul(times, range)), half = b.Mul(times, 0.5);
            Value isEven = b.Emit(OpDefs.Equal, half, b.Emit(OpDefs.Floor, half));
            return b.Add(low, b.Select(isEven, rest, b.Sub(range, rest)));
        }
    }
}
