using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Updates at positions that are data, in place of the elements there or combined with them.</summary>
internal static partial class OperatorRules
{
    private static Value ScatteredND(NodeReader c)
    {
        Value x = c.X, updates = c.In(2);
        var (flat, places, rest) = Flat(c, x, c.Y, 0);
        ExpectAlike(c, updates, new([.. c.Y.Shape.SkipLast(1), .. rest]));
        return c.Builder.Reshape(Scattered(c, flat, places, c.Builder.Reshape(updates, new([places.Shape[0], .. rest]))), x.Shape);
    }

    private static void ExpectAlike(NodeReader c, Value updates, Shape wanted)
    {
        if (updates.Shape.Rank != wanted.Rank)
            throw c.Refuse($"updates {updates.Type} in place of {wanted}");
        for (int i = 0; i < wanted.Rank; i++)
        {
            if (updates.Shape[i] != wanted[i])
                c.Expect(updates.Shape[i], SizeRelation.Equal, wanted[i]);
        }
    }

    // Each position along the axis as a place in the whole tensor.
    private static Value ScatteredAlong(NodeReader c)
    {
        Value x = c.X, updates = c.In(2);
        Shape shape = x.Shape, at = c.Y.Shape;
        int axis = c.Axis(c.Int("axis", 0), shape.Rank);
        if (at.Rank != shape.Rank)
            throw c.Refuse($"positions {c.Y.Type} of {x.Type}");
        ExpectAlike(c, updates, at);
        var place = c.Builder.Zeros(new(DType.I64, at));
        for (int i = 0; i < shape.Rank; i++)
        {
            if (i != axis && at[i] != shape[i])
                c.Expect(at[i], SizeRelation.AtMost, shape[i]);
            var position = i == axis ? Inside(c, Positions(c.Builder, c.Y, shape[i]), shape[i]) : c.Builder.Iota(at, i);
            place = c.Builder.Add(place, c.Builder.Mul(position, c.Builder.DimSize(Product(shape.Skip(i + 1)), DType.I64)));
        }

        Shape count = new([at.ElementCount]);
        return c.Builder.Reshape(
            Scattered(c, c.Builder.Reshape(x, [shape.ElementCount]), c.Builder.Reshape(place, count), c.Builder.Reshape(updates, count)), shape);
    }

    private static Value Scattered(NodeReader c, Value flat, Value places, Value updates)
    {
        var b = c.Builder;
        string reduction = c.Opset >= 16 ? c.Text("reduction", "none") : "none";
        bool isBool = flat.DType == DType.Bool, isText = flat.DType == DType.String;
        if (isText && reduction is not ("none" or "add"))
            throw c.Refuse($"its reduction of text is '{reduction}'");
        if (reduction == "add" && !isBool && !isText)
            return b.ScatterAdd(flat, places, updates, axis: 0);
        Dim count = places.Shape[0], size = flat.Shape[0];
        Value numbers = b.Add(b.Iota([count], 0), b.Constant(Literal.Scalar(DType.I64, 1)));
        Value Ordered(Value x, Value order) => b.Emit(OpDefs.Gather, Attrs.Of("axis", 0L), [x, order])[0];
        // Of equal places the last one is the last in the stable order.
        Value order = b.Emit(OpDefs.Sort, Attrs.Of("axis", 0L), [places])[1], sorted = Ordered(places, order);
        if (reduction == "none")
        {
            var (isReplaced, update) = Last(b, size, sorted, Ordered(numbers, order), updates);
            return b.Select(isReplaced, update, flat);
        }

        Func<Tensor, Tensor, Tensor> combine = reduction switch
        {
            "add" when isBool => static (one, other) => one | other,
            "add" => static (one, other) => one + other,
            "mul" when isBool => static (one, other) => one & other,
            "mul" => static (one, other) => one * other,
            "max" => Ops.Max,
            "min" => Ops.Min,
            _ => throw c.Refuse($"its reduction is '{reduction}'"),
        };
        // The updates of a place together, up to each one of them: its last one has all.
        Value before = Slice(b, b.Pad(sorted, [1], [0], [0], -1), 0, 0, count);
        Value isFirst = PerRow(b, b.Emit(OpDefs.NotEqual, sorted, before), updates);
        Value together = Traced(c, x => Ops.AssociativeScan(
            (IsFirst: x[0], Sum: x[1]),
            (first, next) => (first.IsFirst | next.IsFirst, Ops.Where(next.IsFirst, next.Sum, combine(first.Sum, next.Sum)))).Sum,
            isFirst, Ordered(updates, order));
        var (isSet, all) = Last(b, size, sorted, numbers, together);
        return b.Select(isSet, Traced(c, x => combine(x[0], x[1]), flat, all), flat);
    }

    // For each place the update with the last number, and whether there is one.
    private static (Value IsSet, Value Update) Last(GraphBuilder b, Dim size, Value sorted, Value numbers, Value updates)
    {
        Dim count = sorted.Shape[0];
        Value next = Slice(b, b.Pad(sorted, [0], [1], [0], -1), 0, 1, count + 1);
        Value winners = b.Mul(numbers, b.Cast(b.Emit(OpDefs.NotEqual, sorted, next), DType.I64));
        Value winner = b.ScatterAdd(b.Zeros(new(DType.I64, [size])), sorted, winners, axis: 0);
        Value padded = b.Emit(OpDefs.Concat, Attrs.Of("axis", 0L), [b.Zeros(new(updates.DType, updates.Shape.With(0, 1))), updates])[0];
        Value taken = b.Emit(OpDefs.Gather, Attrs.Of("axis", 0L), [padded, winner])[0];
        return (PerRow(b, b.Emit(OpDefs.Greater, winner, b.Scalar(0, winner)), taken), taken);
    }

    // Flags of the first axis, which broadcast over the others.
    private static Value PerRow(GraphBuilder b, Value flags, Value rows) =>
        b.Reshape(flags, new([flags.Shape[0], .. Enumerable.Repeat((Dim)1, rows.Shape.Rank - 1)]));
}
