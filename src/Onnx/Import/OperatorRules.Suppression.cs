using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>The boxes that detectors keep: of those that overlap, the one with the highest score.</summary>
internal static partial class OperatorRules
{
    private static IEnumerable<OperatorRule> Suppression() =>
    [
        new("NonMaxSuppression", 10, "center_point_box", Suppressed),
    ];

    // One iteration picks a box of each class of each image, and takes away those that it covers.
    private static Value Suppressed(NodeReader c)
    {
        var b = c.Builder;
        Value boxes = c.X, scores = c.Y;
        if (boxes.Shape.Rank != 3 || scores.Shape.Rank != 3)
            throw c.Refuse($"{boxes.Type} and {scores.Type}");
        // One more, which nothing takes: there may be none.
        if (!scores.Shape[2].IsConstant || scores.Shape[2].Is(0))
            (boxes, scores) = (OneMore(b, boxes, 1, 0), OneMore(b, scores, 2, double.NegativeInfinity));
        Dim images = scores.Shape[0], classes = scores.Shape[1], count = scores.Shape[2];
        Dim most = !c.Has(2) ? 0 : c.Sizes(2) is [var limit] ? Dim.Max(Dim.Min(limit, count), 0) : throw c.Refuse("its number of boxes is more than one number");
        Value covers = c.Optional(3) is { } share ? Scalar(c, share) : b.Scalar(0, scores);
        Value least = c.Optional(4) is { } score ? Scalar(c, score) : b.Scalar(double.NegativeInfinity, scores);
        var corners = Corners(c, boxes);
        Value none = b.Scalar(double.NegativeInfinity, scores), one = b.Constant(Literal.Scalar(DType.I64, 1));
        Shape lines = [images, classes];
        // What is not above the threshold is out from the beginning.
        var left = b.Select(b.Emit(OpDefs.Greater, scores, least), scores, none);
        TensorType number = new(DType.I64, Shape.Scalar), picks = new(DType.I64, lines);
        b.BeginRegion();
        Value at = b.Parameter(number), open = b.Parameter(left.Type), list = b.Parameter(picks.List);
        var best = b.Cast(b.Emit(OpDefs.ArgMax, Attrs.Of("axis", 2L), [open])[0], DType.I64);
        var isBest = b.Emit(OpDefs.Equal, b.Iota(open.Shape, 2), b.ExpandDims(best, 2));
        Value isThere = b.Emit(OpDefs.Greater, Reduced(c, OpDefs.ReduceMax, open, [2], keep: false), none);
        var overlaps = Overlaps(c, corners, [.. corners.Select(side => Reduced(
            c, OpDefs.ReduceSum, b.Select(isBest, side, b.Zeros(new(side.DType, Shape.Scalar))), [2], keep: true))], covers);
        Value gone = b.Emit(OpDefs.Or, isBest, overlaps);
        var picked = b.Select(isThere, best, b.Constant(Literal.Scalar(DType.I64, -1)));
        var block = b.EndRegion([b.Add(at, one), b.Select(gone, none, open), b.Emit(OpDefs.ListSet, list, at, picked)]);

        b.BeginRegion();
        Value next = b.Parameter(number), rest = b.Parameter(left.Type);
        b.Parameter(picks.List);
        int[] axes = [0, 1, 2];
        var isOpen = b.Emit(OpDefs.Greater, Reduced(c, OpDefs.ReduceMax, rest, axes, keep: false), none);
        var test = b.EndRegion([b.Emit(OpDefs.And, b.Emit(OpDefs.Less, next, b.DimSize(most, DType.I64)), isOpen)]);
        var loop = b.Loop([b.Constant(Literal.Zeros(number)), left, b.Zeros(picks.List)], test, block);
        var stacked = b.Emit(OpDefs.ListStack, Attrs.Of("dim", c.Bind(loop[0])), [loop[2]])[0];
        var all = b.Transpose(stacked, [1, 2, 0]);
        // By image, then by class, then in the order in which they were picked.
        var places = Traced(c, flags => Ops.NonZero(flags[0]), b.Emit(OpDefs.GreaterEqual, all, b.Scalar(0, all)));
        Dim found = places.Shape[0], rounds = all.Shape[2];
        Value Part(int axis) => b.Reshape(Slice(b, places, 1, axis, axis + 1), [found]);
        var line = b.Add(b.Mul(Part(0), b.DimSize(classes, DType.I64)), Part(1));
        var flat = b.Add(b.Mul(line, b.DimSize(rounds, DType.I64)), Part(2));
        var box = b.Emit(OpDefs.Gather, Attrs.Of("axis", 0L), [b.Reshape(all, [all.Shape.ElementCount]), flat])[0];
        return b.Emit(OpDefs.Concat, Attrs.Of("axis", 1L), [Slice(b, places, 1, 0, 2), b.ExpandDims(box, 1)])[0];
    }

    private static Value OneMore(GraphBuilder b, Value x, int axis, double value)
    {
        var more = new Dim[x.Shape.Rank];
        Array.Fill(more, 0);
        Shape none = new(more);
        more[axis] = 1;
        return b.Pad(x, none, new(more), new long[more.Length], value);
    }

    // Least and greatest y and x of each box, which broadcast over the classes.
    private static Value[] Corners(NodeReader c, Value boxes)
    {
        var b = c.Builder;
        Value[] sides = [.. Enumerable.Range(0, 4).Select(i => b.Reshape(
            Slice(b, boxes, 2, i, i + 1), [boxes.Shape[0], 1, boxes.Shape[1]]))];
        if (c.Int("center_point_box", 0) != 0)
        {
            Value half = b.Scalar(0.5, boxes), width = b.Mul(sides[2], half), height = b.Mul(sides[3], half);
            return [b.Sub(sides[1], height), b.Sub(sides[0], width), b.Add(sides[1], height), b.Add(sides[0], width)];
        }

        return
        [
            b.Emit(OpDefs.Min, sides[0], sides[2]), b.Emit(OpDefs.Min, sides[1], sides[3]),
            b.Emit(OpDefs.Max, sides[0], sides[2]), b.Emit(OpDefs.Max, sides[1], sides[3]),
        ];
    }

    private static Value Overlaps(NodeReader c, Value[] all, Value[] best, Value share)
    {
        var b = c.Builder;
        Value zero = b.Scalar(0, all[0]);
        Value Area(Value[] box) => b.Mul(b.Sub(box[2], box[0]), b.Sub(box[3], box[1]));
        Value Side(int low) => b.Emit(
            OpDefs.Max, b.Sub(b.Emit(OpDefs.Min, all[low + 2], best[low + 2]), b.Emit(OpDefs.Max, all[low], best[low])), zero);
        Value both = b.Mul(Side(0), Side(1)), either = b.Sub(b.Add(Area(all), Area(best)), both);
        return b.Emit(OpDefs.Greater, both, b.Mul(either, share));
    }
}
