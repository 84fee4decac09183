using TensorGraph.Ir;

namespace TensorGraph.Analyzers;

/// <content>Methods of <c>Ops</c> that are made of several ops, and factors of matrices.</content>
internal static partial class OpCalls
{
    private static readonly Dictionary<string, Func<OpCall, object?>> s_composites = new()
    {
        ["Qr"] = c => Several(c.RunAll("qr", Attrs.Empty, c.Tensor("x"))), ["Svd"] = c => Several(c.RunAll("svd", Attrs.Empty, c.Tensor("x"))),
        ["Inverse"] = Inverse, ["Tril"] = c => Triangle(c, "tril"), ["Triu"] = c => Triangle(c, "triu"),
        ["Std"] = c => Reduce(c, "reduce_variance"), ["CumProd"] = c => AlongAxis(c, "cum_prod"), ["Roll"] = c => AlongAxis(c, "roll"),
        ["Eye"] = Eye, ["Outer"] = Outer, ["Kron"] = Kron, ["Tile"] = Tile, ["Repeat"] = Repeat, ["Split"] = Split,
        ["Quantile"] = Quantile, ["Median"] = Quantile,
    };

    private static object? AlongAxis(OpCall c, string op)
    {
        if (c.Tensor("x") is not { } x || Axis(c, op, x) is null)
            return null;
        return op == "cum_prod" && !(x.DType.IsKnown && x.DType.IsNumber()) ? null : x;
    }

    private static void CheckMatrix(string op, TensorType x)
    {
        if (x.Rank < 2)
            TensorGraph.Throw.Rank(op, $"{(op == "inverse" ? "" : "a ")}{x} is no matrix", "Pass a tensor with at least two axes.");
    }

    private static object? Triangle(OpCall c, string op)
    {
        if (c.Tensor("x") is not { } x)
            return null;
        CheckMatrix(op, x);
        return x;
    }

    private static object? Inverse(OpCall c)
    {
        if (c.Tensor("x") is not { } x)
            return null;
        CheckMatrix("inverse", x);
        Dim size = x.Shape[x.Rank - 1];
        return c.Run("broadcast_to", Attrs.Of(("shape", x.Shape)), x.As(new Shape([size, size]))) is TensorType one
            ? c.Run("solve", Attrs.Empty, x, one) : null;
    }

    private static object? Eye(OpCall c)
    {
        if (c["rows"] is not Dim rows || (c.IsNull("columns") ? rows : c["columns"]) is not Dim columns)
            return null;
        return rows.ValueOr(0) < 0 || columns.ValueOr(0) < 0 ? null : new TensorType(c.DType(), new Shape([rows, columns]));
    }

    private static object? Outer(OpCall c) => c.Tensor("a") is { } a && c.Tensor("b") is { } b
        ? c.Run("mul", Attrs.Empty, a.As(new Shape([a.Shape.ElementCount, 1])), b.As(new Shape([b.Shape.ElementCount]))) : null;

    private static object? Kron(OpCall c)
    {
        if (c.Tensor("a") is not { } a || c.Tensor("b") is not { } b)
            return null;
        int rank = Math.Max(a.Rank, b.Rank);
        Dim[] of = [.. Enumerable.Repeat((Dim)1, rank - a.Rank), .. a.Shape], by = [.. Enumerable.Repeat((Dim)1, rank - b.Rank), .. b.Shape];
        object? product = c.Run("mul", Attrs.Empty, a.As(new Shape([.. of.SelectMany(size => new Dim[] { size, 1 })])),
            b.As(new Shape([.. by.SelectMany(size => new Dim[] { 1, size })])));
        return product is TensorType type ? type.As(new Shape([.. of.Zip(by, (one, other) => one * other)])) : null;
    }

    private static object? Tile(OpCall c)
    {
        if (c.Tensor("x") is not { } x || c.Longs("times") is not { } times || times.Any(count => count < 0))
            return null;
        int rank = Math.Max(x.Rank, times.Length);
        return x.As(new Shape([.. Enumerable.Range(0, rank).Select(axis =>
            (axis < rank - x.Rank ? 1 : x.Shape[axis - rank + x.Rank]) * (axis < rank - times.Length ? 1 : times[axis - rank + times.Length]))]));
    }

    private static object? Repeat(OpCall c) => c.Tensor("x") is { } x && Axis(c, "repeat", x) is { } axis && c.Number("count") is >= 0 and var count
        ? x.As(x.Shape.With((int)axis, x.Shape[(int)axis] * count)) : null;

    // Only its errors: elements of arrays are not followed.
    private static object? Split(OpCall c)
    {
        if (c.Tensor("x") is not { } x || Axis(c, "split", x) is not { } axis)
            return null;
        Dim size = x.Shape[(int)axis];
        if (c.Number("parts") is > 0 and var parts && size.IsConstant && size.Value % parts != 0)
            TensorGraph.Throw.Shape("split", $"axis {axis} of {x} has no {parts} equal parts", "Give the sizes of the parts: Ops.Split(x, [2, 3]).");
        if (c.Shape("sizes") is { } sizes && size.IsConstant && sizes.Aggregate((Dim)0, (sum, part) => sum + part) is { IsConstant: true } all && all != size)
            TensorGraph.Throw.Shape("split", $"axis {axis} of {x} is not {sizes} together", "Give sizes that add up to that of the axis.");
        return null;
    }

    private static object? Quantile(OpCall c)
    {
        if (c.Tensor("x") is not { } x || c.Flag("keep") is not { } keep || !x.DType.IsKnown)
            return null;
        if (!x.DType.IsFloat())
            TensorGraph.Throw.DType("quantile", $"{x} has no numbers between elements", "Cast it to a float dtype.");
        long? axis = c.IsNull("axis") ? null : Axis(c, "quantile", x);
        if (x.Shape.Any(size => size.ValueOr(0) == 0) || (axis is null && !c.IsNull("axis")))
            return null;
        Dim[] kept = [.. x.Shape.Select((size, i) => axis is null || i == axis ? 1 : size)];
        return x.As(keep ? new Shape([.. kept]) : axis is null ? Shape.Scalar : new Shape(x.Shape.Dims.RemoveAt((int)axis)));
    }
}
