using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Elements between others: of two by their distance, of four by a cubic curve, of many when an image is smoothed.</summary>
internal static partial class OperatorRules
{
    // Between the element before and the one after.
    private static Value Between(GraphBuilder b, Value x, Value places, int axis)
    {
        Dim size = x.Shape[axis];
        places = b.Emit(OpDefs.Clip, places, b.Scalar(0, places), b.DimSize(size - 1, places.DType));
        Value floor = b.Emit(OpDefs.Floor, places), part = b.Cast(b.Sub(places, floor), x.DType);
        Value before = Taken(b, x, Inside(b, floor, size), axis), after = Taken(b, x, Inside(b, b.Add(floor, b.Scalar(1, floor)), size), axis);
        part = Along(b, part, x, axis);
        return b.Add(b.Mul(before, b.Sub(b.Scalar(1, part), part)), b.Mul(after, part));
    }

    // The two elements before and the two after. Those outside are the nearest inside, or left out of the sum.
    private static Value Cubic(NodeReader c, Value x, Value places, int axis)
    {
        var b = c.Builder;
        Dim size = x.Shape[axis];
        Value floor = b.Emit(OpDefs.Floor, places), part = b.Sub(places, floor);
        bool isInside = c.Int("exclude_outside", 0) != 0;
        double slope = c.Float("cubic_coeff_a", -0.75f);
        Value? sum = null, total = null;
        for (int tap = -1; tap <= 2; tap++)
        {
            var at = b.Add(floor, b.Scalar(tap, floor));
            var weight = CubicWeight(b, b.Emit(OpDefs.Abs, b.Sub(part, b.Scalar(tap, part))), slope);
            if (isInside)
            {
                var last = b.DimSize(size - 1, at.DType);
                var inside = b.Emit(OpDefs.And, b.Emit(OpDefs.GreaterEqual, at, b.Scalar(0, at)), b.Emit(OpDefs.LessEqual, at, last));
                weight = b.Select(inside, weight, b.Scalar(0, weight));
                total = total is { } known ? b.Add(known, weight) : weight;
            }

            var term = b.Mul(Taken(b, x, Inside(b, at, size), axis), Along(b, b.Cast(weight, x.DType), x, axis));
            sum = sum is { } before ? b.Add(before, term) : term;
        }

        return total is { } all ? b.Div(sum!.Value, Along(b, b.Cast(all, x.DType), x, axis)) : sum!.Value;
    }

    // (a+2)d³ − (a+3)d² + 1 up to 1, ad³ − 5ad² + 8ad − 4a up to 2, then nothing.
    private static Value CubicWeight(GraphBuilder b, Value distance, double a)
    {
        Value Polynomial(params double[] numbers) => numbers.Skip(1).Aggregate(
            b.Add(b.Mul(distance, 0), b.Scalar(numbers[0], distance)), (value, number) => b.Add(b.Mul(value, distance), b.Scalar(number, distance)));
        Value IsUpTo(double limit) => b.Emit(OpDefs.Less, distance, b.Scalar(limit, distance));
        var outer = b.Select(IsUpTo(2), Polynomial(a, -5 * a, 8 * a, -4 * a), b.Scalar(0, distance));
        return b.Select(IsUpTo(1), Polynomial(a + 2, -(a + 3), 0, 1), outer);
    }

    // When an image becomes smaller, the filter is as much wider: a matrix has the share of each element in each of the new ones. Outside of the
    // image are its first and last elements, or nothing.
    private static Value Smoothed(NodeReader c, Value x, Value places, double scale, int axis, bool isCubic)
    {
        var b = c.Builder;
        Dim size = x.Shape[axis];
        long beyond = c.Int("exclude_outside", 0) != 0 ? 0 : checked((long)Math.Ceiling((isCubic ? 2 : 1) / scale)) + 1;
        Shape matrix = [places.Shape[0], size + (2 * beyond)];
        Value at = b.Sub(b.Iota([matrix[1]], 0, DType.F32), b.Constant(Literal.Scalar(DType.F32, beyond)));
        x = beyond > 0 ? Taken(b, x, Inside(b, at, size), axis) : x;
        var distance = b.Mul(b.Emit(OpDefs.Abs, b.Sub(b.ExpandDims(at, 0), b.ExpandDims(places, 1))), scale);
        var weights = isCubic ? CubicWeight(b, distance, c.Float("cubic_coeff_a", -0.75f))
            : b.Emit(OpDefs.Max, b.Sub(b.Scalar(1, distance), distance), b.Scalar(0, distance));
        weights = b.Cast(b.Div(weights, Reduced(c, OpDefs.ReduceSum, weights, [1], keep: true)), x.DType);
        int[] order = [.. Enumerable.Range(0, x.Shape.Rank).Where(other => other != axis), axis];
        return b.TransposeBack(b.Emit(OpDefs.MatMul, b.Transpose(x, order), b.Transpose(weights, [1, 0])), order);
    }

    /// <summary>Numbers for the entries of an axis, which broadcast over a tensor.</summary>
    private static Value Along(GraphBuilder b, Value numbers, Value x, int axis) =>
        b.Reshape(numbers, new([.. x.Shape.Select((_, i) => i == axis ? numbers.Shape[0] : (Dim)1)]));
}
