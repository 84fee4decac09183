namespace TensorGraph.Ir;

/// <summary>Ops that only rearrange elements.</summary>
public static partial class Op
{
    /// <summary>The same elements, row-major, under shape <c>shape</c>.</summary>
    [Op("reshape", "?", DTypes = DTypeSet.Any, Traits = Traits.Movement)]
    public static readonly OpDef Reshape = new()
    {
        Infer = c =>
        {
            var shape = c.Attrs.Get<Shape>("shape");
            if (!c.Same(shape.ElementCount, c.Inputs[0].Shape.ElementCount))
                Throw.Shape(c.Op.Name, $"{c.Inputs[0]} has {c.Inputs[0].Shape.ElementCount} elements, {shape} has {shape.ElementCount}", "The number of elements must stay the same.");
            return [c.Inputs[0].As(shape)];
        },
        Eval = c => [c.Inputs[0].Reshape(c.Bind(c.Attrs.Get<Shape>("shape")))],
        Vjp = c => [c.B.Reshape(c.G, c.X().Shape)],
    };

    /// <summary>Repeats axes of size 1 and adds axes in front to get shape <c>shape</c>.</summary>
    [Op("broadcast_to", "?", DTypes = DTypeSet.Any, Traits = Traits.Movement)]
    public static readonly OpDef BroadcastTo = new()
    {
        Infer = c =>
        {
            var shape = c.Attrs.Get<Shape>("shape");
            if (c.Broadcast(c.Inputs[0].Shape, shape) != shape)
                Throw.Shape(c.Op.Name, $"{c.Inputs[0]} does not broadcast to {shape}", "Only axes of size 1 can be repeated.");
            return [c.Inputs[0].As(shape)];
        },
        Eval = c =>
        {
            var shape = c.Bind(c.Attrs.Get<Shape>("shape"));
            var result = Rules.Result(c, shape);
            foreach (var (i, index) in Rules.Indices(shape))
                result.Copy(i, c.Inputs[0], Rules.Offset(c.Inputs[0], index));
            return [result];
        },
        Vjp = c => [c.B.SumTo(c.G, c.X().Shape)],
    };

    /// <summary>Axis i of the result is axis <c>permutation</c>[i] of the input.</summary>
    [Op("transpose", "?", DTypes = DTypeSet.Any, Traits = Traits.Movement)]
    public static readonly OpDef Transpose = new()
    {
        Infer = c =>
        {
            int[] permutation = c.Attrs.Axes("permutation");
            if (!permutation.Order().SequenceEqual(Enumerable.Range(0, c.Inputs[0].Rank)))
                Throw.Range(c.Op.Name, $"[{string.Join(", ", permutation)}] is not a permutation of the axes of {c.Inputs[0]}", "Name every axis once.");
            return [c.Inputs[0].As(new Shape([.. permutation.Select(axis => c.Inputs[0].Shape[axis])]))];
        },
        Eval = c =>
        {
            int[] permutation = c.Attrs.Axes("permutation");
            var x = c.Inputs[0];
            var shape = new Shape([.. permutation.Select(axis => x.Type.Shape[axis])]);
            var result = Rules.Result(c, shape);
            var from = new long[permutation.Length];
            foreach (var (i, index) in Rules.Indices(shape))
            {
                for (int axis = 0; axis < from.Length; axis++)
                    from[permutation[axis]] = index[axis];
                result.Copy(i, x, Rules.Offset(x, from));
            }

            return [result];
        },
        Vjp = c =>
        {
            int[] permutation = c.Attrs.Axes("permutation");
            return [c.B.Transpose(c.G, Enumerable.Range(0, permutation.Length).Select(axis => Array.IndexOf(permutation, axis)))];
        },
    };
}
