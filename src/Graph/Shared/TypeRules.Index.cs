using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Ops that pick or change elements at positions that are data.</summary>
internal static partial class TypeRules
{
    public static ImmutableArray<TensorType> Gather(InferContext c)
    {
        c.Positions(1);
        return [c.Inputs[0].As(Gathered(c))];
    }

    public static ImmutableArray<TensorType> ScatterAdd(InferContext c)
    {
        c.Positions(1);
        c.SameDTypes(c.Inputs[0], c.Inputs[2]);
        Shape wanted = Gathered(c), got = c.Inputs[2].Shape;
        if (!c.Same(wanted, got))
            Throw.Shape(c.Op.Name, $"updates are {c.Inputs[2]}, positions {c.Inputs[1]} of {c.Inputs[0]} take {wanted}", "Reshape the updates.");
        return [c.Inputs[0]];
    }

    public static ImmutableArray<TensorType> DynamicSlice(InferContext c)
    {
        var size = c.Sizes("size", c.Inputs[0].Rank);
        InferBlock(c, size, starts: 1);
        return [c.Inputs[0].As(size)];
    }

    public static ImmutableArray<TensorType> DynamicUpdateSlice(InferContext c)
    {
        c.SameDTypes(c.Inputs[0], c.Inputs[1]);
        if (c.Inputs[0].Rank != c.Inputs[1].Rank)
            Throw.Rank(c.Op.Name, $"the block {c.Inputs[1]} has not as many axes as {c.Inputs[0]}", "Reshape the block; axes of size 1 count.");
        InferBlock(c, c.Inputs[1].Shape, starts: 2);
        return [c.Inputs[0]];
    }

    public static ImmutableArray<TensorType> Iota(InferContext c)
    {
        var (shape, axis, dtype) = (c.Attrs.Get<Shape>("shape"), c.Attrs.Get<long>("axis"), c.Attrs.Get<DType>("dtype"));
        if (axis < 0 || axis >= shape.Rank)
            Throw.Range(c.Op.Name, $"shape {shape} has no axis {axis}", "Use an axis of the shape.");
        if (!dtype.IsNumber())
            Throw.DType(c.Op.Name, $"can't count in {dtype.Name()}", "Use an integer or float type.");
        return [new(dtype, shape)];
    }

    public static ImmutableArray<TensorType> Sort(InferContext c)
    {
        int axis = c.Axis();
        var type = c.Attrs.Get<object?>("count", null) is long count ? FirstOf(c, axis, count, "count") : c.Inputs[0];
        return [type, type.As(DType.I32)];
    }

    public static ImmutableArray<TensorType> TakeAlongAxis(InferContext c)
    {
        int axis = c.Axis();
        TensorType x = c.Inputs[0], positions = c.Inputs[1];
        c.Positions(1, x.Rank);
        for (int i = 0; i < x.Rank; i++)
        {
            if (i != axis && !c.Same(x.Shape[i], positions.Shape[i]))
                Throw.Shape(c.Op.Name, $"axis {i} differs: {x} and {positions}", $"Only axis {axis} may differ; broadcast the positions.");
        }

        return [x.As(positions.Shape)];
    }

    public static ImmutableArray<TensorType> TopK(InferContext c)
    {
        var type = FirstOf(c, c.Axis(), c.Attrs.Get<long>("k"), "k");
        return [type, type.As(DType.I32)];
    }

    private static TensorType FirstOf(InferContext c, int axis, long count, string name)
    {
        if (!c.AtMost(0, count) || !c.AtMost(count, c.Inputs[0].Shape[axis]))
            Throw.Range(c.Op.Name, $"{name} = {count} for axis {axis} of {c.Inputs[0]}", $"Take from 0 to {c.Inputs[0].Shape[axis]} elements.");
        return c.Inputs[0].As(c.Inputs[0].Shape.With(axis, count));
    }

    public static ImmutableArray<TensorType> OneHot(InferContext c)
    {
        var dtype = c.Attrs.Get<DType>("dtype");
        if (dtype == DType.String)
            Throw.DType(c.Op.Name, "can't mark classes by text", "Use a number type or bool.");
        return [new(dtype, new([.. c.Inputs[0].Shape, c.Attrs.Get<Dim>("classes")]))];
    }

    public static ImmutableArray<TensorType> Linspace(InferContext c)
    {
        c.SameDTypes(c.Inputs[0], c.Inputs[1]);
        if (c.Inputs[0].Rank + c.Inputs[1].Rank != 0)
            Throw.Rank(c.Op.Name, $"ends are {c.Inputs[0]} and {c.Inputs[1]}", "Start and stop are numbers without axes.");
        return [c.Inputs[0].As(new Shape([c.Attrs.Get<Dim>("count")]))];
    }

    private static Shape Gathered(InferContext c)
    {
        Shape x = c.Inputs[0].Shape, positions = c.Inputs[1].Shape;
        int axis = c.Axis();
        long batch = c.Attrs.Get("batch", 0L);
        if (batch < 0 || batch > axis || batch > positions.Rank)
            Throw.Range(c.Op.Name, $"{batch} batch axes, axis {axis}: {c.Inputs[0]} and {c.Inputs[1]}",
                "Batch axes come before the axis that is indexed, in both inputs.");
        for (int i = 0; i < batch; i++)
        {
            if (!c.Same(x[i], positions[i]))
                Throw.Shape(c.Op.Name, $"batch axis {i} differs: {c.Inputs[0]} and {c.Inputs[1]}", "Reshape or transpose the positions.");
        }

        return new([.. x.Take(axis), .. positions.Skip((int)batch), .. x.Skip(axis + 1)]);
    }

    private static void InferBlock(InferContext c, Shape size, int starts)
    {
        var x = c.Inputs[0];
        if (c.Inputs.Length != starts + x.Rank)
            Throw.Rank(c.Op.Name, $"{c.Inputs.Length - starts} starts for {x}", "Give one start for each axis.");
        for (int i = starts; i < c.Inputs.Length; i++)
            c.Positions(i, rank: 0);
        for (int axis = 0; axis < x.Rank; axis++)
        {
            // Into a size that only the call knows it may fit, and into an empty axis nothing does: the start is out of range then, if the op runs at
            // all.
            if (!c.AtMost(0, size[axis]) || (!x.Shape[axis].Is(0) && (size[axis] - x.Shape[axis]) is { IsConstant: true, Value: > 0 }))
                Throw.Shape(c.Op.Name, $"a block {size} does not fit into {x}", "Make the block smaller.");
        }
    }
}
