using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Images of another size: each element is that of a place in the input, or lies between two.</summary>
internal static partial class OperatorRules
{
    private const string Resizing = "coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value mode nearest_mode";

    private static IEnumerable<OperatorRule> Sampling() =>
    [
        new("Upsample", 7, "mode scales", c => Resized(c, c.Floats("scales"), null, null, "asymmetric", "floor")) { Until = 9 },
        new("Upsample", 9, "mode", c => Resized(c, Scales(c, 1), null, null, "asymmetric", "floor")) { Until = 10 },
        new("Resize", 10, "mode", c => Resized(c, Scales(c, 1), null, null, "asymmetric", "simple")),
        new("Resize", 11, Resizing, c => Resized(c, 13)) { Limits = "nearest or linear; roi is not used" },
        new("Resize", 18, $"antialias axes keep_aspect_ratio_policy {Resizing}", c => Resized(c, 18))
        {
            Limits = "nearest or linear; roi is not used, antialias is 0, keep_aspect_ratio_policy is stretch",
        },
    ];

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
        if (transform == "tf_crop_and_resize" || c.Int("exclude_outside", 0) != 0)
            throw c.Refuse($"its coordinates are {transform}");
        // Where there is no region of interest, this input is there or not, it does not matter.
        _ = c.Optional(1);
        if (since >= 18 && (c.Int("antialias", 0) != 0 || c.Text("keep_aspect_ratio_policy", "stretch") != "stretch"))
            throw c.Refuse("it smooths, or keeps the aspect ratio");
        return Resized(c, Scales(c, 2), c.Has(3) ? c.Sizes(3) : null, since >= 18 ? c.Ints("axes") : null, transform,
            c.Text("nearest_mode", "round_prefer_floor"));
    }

    private static Value Resized(NodeReader c, float[]? scales, Dim[]? sizes, long[]? axes, string transform, string nearest)
    {
        Value x = c.X;
        int rank = x.Shape.Rank;
        string mode = c.Text("mode", "nearest");
        if (mode is not ("nearest" or "linear" or "bilinear"))
            throw c.Refuse($"its mode is '{mode}'");
        int[] all = axes is null ? [.. Enumerable.Range(0, rank)] : [.. axes.Select(axis => c.Axis(axis, rank))];
        int given = sizes?.Length ?? scales?.Length ?? 0;
        if (given != all.Length || (scales is not null && !Array.TrueForAll(scales, scale => scale > 0 && float.IsFinite(scale))))
            throw c.Refuse($"it has {given} scales or sizes for {all.Length} axes");
        for (int i = 0; i < all.Length; i++)
        {
            int axis = all[i];
            Dim before = x.Shape[axis], after = sizes is not null ? sizes[i] : Scaled(c, before, scales![i]);
            if (before == after && (sizes is not null || scales![i] == 1))
                continue;
            var places = Places(c, before, after, sizes is null ? scales![i] : null, transform);
            x = mode == "nearest" ? Taken(c.Builder, x, Nearest(c, places, before, nearest, sizes is null && scales![i] < 1), axis)
                : Between(c.Builder, x, places, axis);
        }

        return x;
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
        switch (transform)
        {
            case "half_pixel": return HalfPixel();
            case "pytorch_half_pixel": return after.Is(1) ? b.Mul(at, 0) : HalfPixel();
            case "half_pixel_symmetric":
                // The part of an element by which the output is too short is on both sides.
                Value exact = b.Mul(length, by), shift = b.Mul(b.Mul(length, b.Sub(one, b.Div(count, exact))), 0.5);
                return b.Add(shift, HalfPixel());
            case "asymmetric": return b.Div(at, by);
            case "tf_half_pixel_for_nn": return b.Div(b.Add(at, half), by);
            case "align_corners": return after.Is(1) ? b.Mul(at, 0) : b.Div(b.Mul(at, b.Sub(length, one)), b.Sub(count, one));
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

    // Between the element before and the one after.
    private static Value Between(GraphBuilder b, Value x, Value places, int axis)
    {
        Dim size = x.Shape[axis];
        places = b.Emit(OpDefs.Clip, places, b.Scalar(0, places), b.DimSize(size - 1, places.DType));
        Value floor = b.Emit(OpDefs.Floor, places), part = b.Cast(b.Sub(places, floor), x.DType);
        Value before = Taken(b, x, Inside(b, floor, size), axis), after = Taken(b, x, Inside(b, b.Add(floor, b.Scalar(1, floor)), size), axis);
        part = b.Reshape(part, new([.. x.Shape.Select((_, i) => i == axis ? part.Shape[0] : (Dim)1)]));
        return b.Add(b.Mul(before, b.Sub(b.Scalar(1, part), part)), b.Mul(after, part));
    }
}
