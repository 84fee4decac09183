using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Ops that only rearrange elements.</summary>
internal static partial class TypeRules
{
    public static ImmutableArray<TensorType> Reshape(InferContext c)
    {
        var shape = c.Attrs.Get<Shape>("shape");
        if (!c.Same(shape.ElementCount, c.Inputs[0].Shape.ElementCount))
            Throw.Shape(c.Op.Name, $"{c.Inputs[0]} has {c.Inputs[0].Shape.ElementCount} elements, {shape} has {shape.ElementCount}",
                "The number of elements must stay the same.");
        return [c.Inputs[0].As(shape)];
    }

    public static ImmutableArray<TensorType> BroadcastTo(InferContext c)
    {
        var shape = c.Attrs.Get<Shape>("shape");
        var from = c.Inputs[0].Shape;
        int extra = shape.Rank - from.Rank;
        if (extra < 0 || !from.Dims.Select((dim, axis) => dim.Is(1) || c.Same(dim, shape[axis + extra])).All(fits => fits))
            Throw.Shape(c.Op.Name, $"{c.Inputs[0]} does not broadcast to {shape}", "Only axes of size 1 can be repeated.");
        return [c.Inputs[0].As(shape)];
    }

    public static ImmutableArray<TensorType> Transpose(InferContext c)
    {
        int[] permutation = c.Attrs.Axes("permutation");
        if (!permutation.Order().SequenceEqual(Enumerable.Range(0, c.Inputs[0].Rank)))
            Throw.Range(c.Op.Name, $"[{string.Join(", ", permutation)}] is not a permutation of the axes of {c.Inputs[0]}", "Name every axis once.");
        return [c.Inputs[0].As(new Shape([.. permutation.Select(axis => c.Inputs[0].Shape[axis])]))];
    }

    public static ImmutableArray<TensorType> Slice(InferContext c)
    {
        var x = c.Inputs[0];
        Shape start = c.Sizes("start", x.Rank), stop = c.Sizes("stop", x.Rank);
        long[] step = c.Longs("step", x.Rank, least: 1);
        for (int axis = 0; axis < x.Rank; axis++)
        {
            if (!c.AtMost(0, start[axis]) || !c.AtMost(start[axis], stop[axis]) || !c.AtMost(stop[axis], x.Shape[axis]))
                Throw.Range(c.Op.Name, $"{start[axis]}..{stop[axis]} is not inside axis {axis} of {x}", $"Bounds go from 0 to {x.Shape[axis]}.");
        }

        return [x.As(new Shape([.. step.Select((by, axis) => Dim.FloorDiv(stop[axis] - start[axis] + (by - 1), by))]))];
    }

    public static ImmutableArray<TensorType> Pad(InferContext c)
    {
        var x = c.Inputs[0];
        Shape low = c.Sizes("low", x.Rank), high = c.Sizes("high", x.Rank);
        long[] interior = c.Longs("interior", x.Rank, least: 0);
        var sizes = x.Shape.Select((size, axis) => low[axis] + Window.Dilated(size, interior[axis] + 1) + high[axis]).ToArray();
        if (!sizes.Index().All(entry => (low[entry.Index].ValueOr(-1) >= 0 && high[entry.Index].ValueOr(-1) >= 0) || c.AtMost(0, entry.Item)))
            Throw.Range(c.Op.Name, $"{x} with {low} before and {high} after has negative sizes", "Take no more away than there is.");
        return [x.As(new Shape([.. sizes]))];
    }

    public static ImmutableArray<TensorType> Concat(InferContext c)
    {
        int axis = c.Axis();
        var first = c.Inputs[0];
        c.SameDTypes(c.Inputs.AsSpan());
        foreach (var other in c.Inputs)
        {
            if (other.Rank != first.Rank)
                Throw.Rank(c.Op.Name, $"ranks differ: {first} and {other}", "Reshape one operand.");
            for (int i = 0; i < first.Rank; i++)
            {
                if (i != axis && !c.Same(first.Shape[i], other.Shape[i]))
                    Throw.Shape(c.Op.Name, $"{first} and {other} differ in axis {i}", $"Only axis {axis}, along which they are joined, may differ.");
            }
        }

        return [first.As(first.Shape.With(axis, c.Inputs.Aggregate((Dim)0, (sum, input) => sum + input.Shape[axis])))];
    }

    public static ImmutableArray<TensorType> Reverse(InferContext c)
    {
        c.Axes("axes", c.Inputs[0].Rank);
        return [c.Inputs[0]];
    }
}
