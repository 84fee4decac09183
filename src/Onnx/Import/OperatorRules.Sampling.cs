using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Images of another size: each element is that of a place in the input, or lies between two.</summary>
internal static partial class OperatorRules
{
    private const string Resizing = "coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value mode nearest_mode";

    private static IEnumerable<OperatorRule> Sampling() =>
    [
        new("Upsample", 7, "mode scales", c => Resized(c, new(c.Floats("scales")), "asymmetric", "floor")) { Until = 9 },
        new("Upsample", 9, "mode", c => Resized(c, new(Scales(c, 1)), "asymmetric", "floor")) { Until = 10 },
        new("Resize", 10, "mode", c => Resized(c, new(Scales(c, 1)), "asymmetric", "simple")),
        new("Resize", 11, Resizing, c => Resized(c, 13)),
        new("Resize", 18, $"antialias axes keep_aspect_ratio_policy {Resizing}", c => Resized(c, 18))
        {
            Limits = "with antialias or keep_aspect_ratio_policy, the sizes must be known while the model is read",
        },
    ];

    /// <summary>The sizes that an image gets.</summary>
    /// <param name="Scales">Factors, or null.</param>
    private sealed record Resizes(float[]? Scales)
    {
        /// <summary>Sizes in place of factors.</summary>
        public Dim[]? Sizes { get; init; }

        /// <summary>The axes that it is about; null for all.</summary>
        public long[]? Axes { get; init; }

        /// <summary>The part of the image that is kept, starts then ends, as shares of 1; null for all of it.</summary>
        public Value? Region { get; init; }

        /// <summary>True when an image that becomes smaller is smoothed.</summary>
        public bool IsSmooth { get; init; }
    }

    private static float[]? Scales(NodeReader c, int input)
    {
        if (!c.Has(input))
            return null;
        var known = c.Constant(input);
        if (known.Count > TensorReader.MostAxes)
            throw c.Refuse($"its scales are {known.Type}");
        return known.Count == 0 ? null : [.. Enumerable.Range(0, (int)known.Count).Select(i => (float)known.GetDouble(i))];
    }

    private static Value Resized(NodeReader c, int since)
    {
        string transform = c.Text("coordinate_transformation_mode", "half_pixel");
        bool isCropped = transform == "tf_crop_and_resize";
        // Where there is no region of interest, this input is there or not, it does not matter.
        var region = c.Optional(1);
        var resizes = new Resizes(Scales(c, 2))
        {
            Sizes = c.Has(3) ? c.Sizes(3) : null,
            Axes = since >= 18 ? c.Ints("axes") : null,
            Region = isCropped ? region ?? throw c.Refuse("it has no region of interest") : null,
            IsSmooth = since >= 18 && c.Int("antialias", 0) != 0,
        };
        string policy = since >= 18 ? c.Text("keep_aspect_ratio_policy", "stretch") : "stretch";
        return Resized(c, policy == "stretch" || resizes.Sizes is null ? resizes : InProportion(c, resizes, policy), transform, c.Text("nearest_mode", "round_prefer_floor"));
    }

    // One factor for all axes: the least or the greatest of those that the sizes ask for.
    private static Resizes InProportion(NodeReader c, Resizes resizes, string policy)
    {
        int[] axes = AxesOf(c, resizes);
        if (!resizes.Sizes!.All(size => size.IsConstant) || !axes.All(axis => c.X.Shape[axis].IsConstant) || resizes.Sizes!.Length != axes.Length)
            throw c.Refuse($"it keeps the proportions of {c.X.Type}, whose sizes are not known");
        float[] asked = [.. axes.Select((axis, i) => resizes.Sizes![i].Value / (float)c.X.Shape[axis].Value)];
        float factor = policy switch
        {
            "not_larger" => asked.Min(),
            "not_smaller" => asked.Max(),
            _ => throw c.Refuse($"its keep_aspect_ratio_policy is '{policy}'"),
        };
        return resizes with
        {
            Sizes = [.. axes.Select(axis => (Dim)(long)MathF.Round(factor * c.X.Shape[axis].Value, MidpointRounding.AwayFromZero))],
            Scales = [.. axes.Select(_ => factor)],
        };
    }

    private static int[] AxesOf(NodeReader c, Resizes resizes) => resizes.Axes is null ? [.. Enumerable.Range(0, c.X.Shape.Rank)]
        : [.. resizes.Axes.Select(axis => c.Axis(axis, c.X.Shape.Rank))];

    private static Value Resized(NodeReader c, Resizes resizes, string transform, string nearest)
    {
        var b = c.Builder;
        Value x = c.X;
        string mode = c.Text("mode", "nearest");
        // What lies between integers is computed in floats.
        bool isCast = mode != "nearest" && !x.DType.IsFloat();
        if (isCast)
            x = b.Cast(x, x.DType is DType.I32 or DType.I64 ? DType.F64 : DType.F32);
        if (mode is not ("nearest" or "linear" or "bilinear" or "cubic"))
            throw c.Refuse($"its mode is '{mode}'");
        int[] all = AxesOf(c, resizes);
        var (scales, sizes) = (resizes.Scales, resizes.Sizes);
        int given = sizes?.Length ?? scales?.Length ?? 0;
        if (given != all.Length || (scales is not null && !Array.TrueForAll(scales, scale => scale > 0 && float.IsFinite(scale))))
            throw c.Refuse($"it has {given} scales or sizes for {all.Length} axes");
        Value? outside = null;
        for (int i = 0; i < all.Length; i++)
        {
            int axis = all[i];
            Dim before = x.Shape[axis], after = sizes is not null ? sizes[i] : Scaled(c, before, scales![i]);
            if (before == after && resizes.Region is null && (scales is null || scales[i] == 1))
                continue;
            var places = resizes.Region is { } region ? Cropped(b, region, i, all.Length, before, after)
                : Places(c, before, after, scales?[i], transform);
            if (resizes.Region is not null)
            {
                var isOut = b.Emit(OpDefs.Or, IsNegative(b, places), b.Emit(OpDefs.Greater, places, b.DimSize(before - 1, places.DType)));
                isOut = Along(b, isOut, x, axis);
                outside = outside is { } known ? b.Emit(OpDefs.Or, known, isOut) : isOut;
            }

            x = mode == "nearest" ? Taken(b, x, Nearest(c, places, before, nearest, sizes is null && scales![i] < 1), axis)
                : resizes.IsSmooth && ScaleOf(c, scales?[i], before, after) is < 1 and var scale ? Smoothed(c, x, places, scale, axis, mode == "cubic")
                : mode == "cubic" ? Cubic(c, x, places, axis) : Between(b, x, places, axis);
        }

        if (outside is { } hidden)
            x = b.Select(hidden, b.Scalar(c.Float("extrapolation_value", 0), x), x);
        return isCast ? b.Cast(x, c.X.DType) : x;
    }

    private static double ScaleOf(NodeReader c, float? scale, Dim before, Dim after) =>
        scale ?? (before.IsConstant && after.IsConstant && before.Value > 0 ? after.Value / (double)before.Value : throw c.Refuse("it smooths an image whose sizes are not known"));

    // The first element is where the region starts, the last where it ends.
    private static Value Cropped(GraphBuilder b, Value region, int number, int axes, Dim before, Dim after)
    {
        Value At(int i) => b.Cast(b.Reshape(Slice(b, region, 0, i, i + 1), Shape.Scalar), DType.F32);
        Value start = At(number), end = At(number + axes), last = b.DimSize(before - 1, DType.F32), at = b.Iota([after], 0, DType.F32);
        var step = b.Div(b.Mul(b.Sub(end, start), last), b.Emit(OpDefs.Max, b.DimSize(after - 1, DType.F32), b.Scalar(1, at)));
        var many = b.Add(b.Mul(start, last), b.Mul(at, step));
        var one = b.Add(b.Mul(at, 0), b.Mul(b.Mul(b.Add(start, end), 0.5), last));
        return b.Select(b.Emit(OpDefs.Greater, b.DimSize(after, DType.F32), b.Scalar(1, at)), many, one);
    }

    // ⌊size·scale⌋
    private static Dim Scaled(NodeReader c, Dim size, float scale)
    {
        if (size.IsConstant)
            return (long)MathF.Floor(size.Value * scale);
        if (scale == MathF.Round(scale))
            return size * (long)scale;
        if (1 / scale == MathF.Round(1 / scale))
            return Dim.FloorDiv(size, (long)MathF.Round(1 / scale));
        var b = c.Builder;
        var wide = b.DimSize(size, DType.F32);
        return c.Bind(b.Cast(b.Emit(OpDefs.Floor, b.Mul(wide, scale)), DType.I64));
    }

    // Where in the input each element of the output lies, f32.
    private static Value Places(NodeReader c, Dim before, Dim after, float? scale, string transform)
    {
        var b = c.Builder;
        Value at = b.Iota([after], 0, DType.F32), half = b.Scalar(0.5, at), one = b.Scalar(1, at);
        Value length = b.DimSize(before, DType.F32), count = b.DimSize(after, DType.F32);
        Value by = scale is { } known ? b.Scalar(known, at) : b.Div(count, length);
        Value HalfPixel() => b.Sub(b.Div(b.Add(at, half), by), half);
        // One element alone is the first; a size that is open may turn out to be 1.
        Value UnlessOne(Value place) => after.Is(1) ? b.Mul(at, 0)
            : after.IsConstant ? place : b.Select(b.Emit(OpDefs.Equal, count, one), b.Mul(at, 0), place);
        switch (transform)
        {
            case "half_pixel": return HalfPixel();
            case "pytorch_half_pixel": return UnlessOne(HalfPixel());
            case "half_pixel_symmetric":
                // The part of an element by which the output is too short is on both sides.
                Value exact = b.Mul(length, by), shift = b.Mul(b.Mul(length, b.Sub(one, b.Div(count, exact))), 0.5);
                return b.Add(shift, HalfPixel());
            case "asymmetric": return b.Div(at, by);
            case "tf_half_pixel_for_nn": return b.Div(b.Add(at, half), by);
            case "align_corners": return UnlessOne(b.Div(b.Mul(at, b.Sub(length, one)), b.Sub(count, one)));
            default: throw c.Refuse($"its coordinates are {transform}");
        }
    }

    private static Value Nearest(NodeReader c, Value places, Dim size, string mode, bool isSmaller)
    {
        var b = c.Builder;
        var half = b.Scalar(0.5, places);
        var whole = mode switch
        {
            "round_prefer_floor" => b.Emit(OpDefs.Ceil, b.Sub(places, half)),
            "round_prefer_ceil" => b.Emit(OpDefs.Floor, b.Add(places, half)),
            "floor" => b.Emit(OpDefs.Floor, places),
            "ceil" => b.Emit(OpDefs.Ceil, places),
            "simple" => b.Emit(isSmaller ? OpDefs.Ceil : OpDefs.Floor, places),
            _ => throw c.Refuse($"its nearest_mode is '{mode}'"),
        };
        return Inside(b, whole, size);
    }

    private static Value Inside(GraphBuilder b, Value places, Dim size)
    {
        var whole = b.Cast(places, DType.I64);
        return b.Emit(OpDefs.Clip, whole, b.Scalar(0, whole), b.DimSize(size - 1, DType.I64));
    }

    private static Value Taken(GraphBuilder b, Value x, Value places, int axis) => b.Emit(OpDefs.Gather, Attrs.Of("axis", (long)axis), [x, places])[0];
}
