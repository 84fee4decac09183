namespace TensorGraph.Ir;

/// <summary>Ops that only rearrange elements.</summary>
public static partial class OpDefs
{
    /// <summary>The same elements, row-major, under shape <c>shape</c>.</summary>
    [Op("reshape", "?", DTypes = DTypeSet.Any, Traits = Traits.Movement)]
    public static readonly OpDef Reshape = new()
    {
        Eval = c => [c.Inputs[0].Reshape(c.Bind(c.Attrs.Get<Shape>("shape")))],
        Vjp = c => [c.Builder.Reshape(c.G, c.X().Shape)],
    };

    /// <summary>Repeats axes of size 1 and adds axes in front to get shape <c>shape</c>.</summary>
    [Op("broadcast_to", "?", DTypes = DTypeSet.Any, Traits = Traits.Movement)]
    public static readonly OpDef BroadcastTo = new()
    {
        Eval = c =>
        {
            var shape = c.Bind(c.Attrs.Get<Shape>("shape"));
            var result = Rules.Result(c, shape);
            foreach (var (i, index) in Rules.Indices(shape))
                result.Copy(i, c.Inputs[0], Rules.Offset(c.Inputs[0], index));
            return [result];
        },
        Vjp = c => [c.Builder.SumTo(c.G, c.X().Shape)],
    };

    /// <summary>Axis i of the result is axis <c>permutation</c>[i] of the input.</summary>
    [Op("transpose", "?", DTypes = DTypeSet.Any, Traits = Traits.Movement)]
    public static readonly OpDef Transpose = new()
    {
        Eval = c =>
        {
            int[] permutation = c.Attrs.Axes("permutation");
            return [Rules.Rearrange(c, c.ResultType().Shape, (index, from) =>
            {
                for (int axis = 0; axis < from.Length; axis++)
                    from[permutation[axis]] = index[axis];
            })];
        },
        Vjp = c =>
        {
            int[] permutation = c.Attrs.Axes("permutation");
            return [c.Builder.Transpose(c.G, Enumerable.Range(0, permutation.Length).Select(axis => Array.IndexOf(permutation, axis)))];
        },
    };

    /// <summary>
    /// Elements <c>start</c>, <c>start</c> + <c>step</c>, … before <c>stop</c> along every axis; 0 ≤ start ≤ stop ≤ size and step ≥ 1
    /// (for negative steps use <c>reverse</c>).
    /// </summary>
    [Op("slice", "?", DTypes = DTypeSet.Any, Traits = Traits.Movement, Source = "lax.slice")]
    public static readonly OpDef Slice = new()
    {
        Eval = c =>
        {
            var shape = c.ResultType().Shape;
            long[] start = c.Bind(c.Attrs.Get<Shape>("start")).ToArray();
            var step = c.Attrs.Longs("step");
            return [Rules.Rearrange(c, shape, (index, from) =>
            {
                for (int axis = 0; axis < from.Length; axis++)
                    from[axis] = start[axis] + (index[axis] * step[axis]);
            })];
        },
        // Back to their places, zeros between and around: the last element taken is at start + (n − 1)·step.
        Vjp = c =>
        {
            Shape start = c.Attrs.Get<Shape>("start"), from = c.X().Shape;
            long[] gaps = [.. c.Attrs.Longs("step").Select(step => step - 1)];
            var end = from.Select((size, axis) => size - start[axis] - Window.Dilated(c.Y().Shape[axis], gaps[axis] + 1));
            return [c.Builder.Pad(c.G, start, new([.. end]), gaps)];
        },
    };

    /// <summary>
    /// Adds <c>low</c> elements before, <c>high</c> after and <c>interior</c> between the elements of every axis, all of value <c>fill</c>.
    /// A negative <c>low</c> or <c>high</c> takes elements away.
    /// </summary>
    [Op("pad", "?", DTypes = DTypeSet.NoString, Traits = Traits.Movement, Source = "lax.pad")]
    public static readonly OpDef Pad = new()
    {
        Required = [("fill", typeof(double))],
        Eval = c =>
        {
            var x = c.Inputs[0];
            var result = Rules.Result(c, c.ResultType().Shape);
            long[] low = c.Bind(c.Attrs.Get<Shape>("low")).ToArray(), sizes = result.Type.Shape.ToArray(), to = new long[sizes.Length];
            var interior = c.Attrs.Longs("interior");
            for (long i = 0; i < result.Count; i++)
                result.SetDouble(i, c.Attrs.Get<double>("fill"));
            foreach (var (i, index) in Rules.Indices(x.Type.Shape))
            {
                for (int axis = 0; axis < to.Length; axis++)
                    to[axis] = low[axis] + (index[axis] * (interior[axis] + 1));
                if (to.Zip(sizes).All(pair => pair.First >= 0 && pair.First < pair.Second))
                    result.Copy(Rules.Offset(result, to), x, i);
            }

            return [result];
        },
        // What was taken away gets 0 back: undo low and high by the opposite padding, then drop what lies between.
        Vjp = c =>
        {
            Shape low = c.Attrs.Get<Shape>("low"), high = c.Attrs.Get<Shape>("high"), from = c.X().Shape;
            var interior = c.Attrs.Longs("interior");
            var whole = c.Builder.Pad(c.G, new([.. low.Select(dim => dim * -1)]), new([.. high.Select(dim => dim * -1)]), new long[from.Rank]);
            var kept = interior.All(gap => gap == 0) ? whole : c.Builder.Slice(whole, new(new long[from.Rank]), whole.Shape,
                [.. interior.Select(gap => gap + 1)]);
            return [c.Builder.Reshape(kept, from)];
        },
    };

    /// <summary>Joins tensors along attribute <c>axis</c>; the other sizes are equal.</summary>
    [Op("concat", "?", DTypes = DTypeSet.Any, Traits = Traits.Movement | Traits.Variadic, Source = "np.concatenate")]
    public static readonly OpDef Concat = new()
    {
        Eval = c =>
        {
            int axis = (int)c.Attrs.Get<long>("axis");
            var result = Rules.Result(c, c.ResultType().Shape);
            long before = 0;
            foreach (var input in c.Inputs)
            {
                foreach (var (i, index) in Rules.Indices(input.Type.Shape))
                {
                    long[] to = [.. index];
                    to[axis] += before;
                    result.Copy(Rules.Offset(result, to), input, i);
                }

                before += input.Type.Shape[axis].Value;
            }

            return [result];
        },
        Vjp = c =>
        {
            int axis = (int)c.Attrs.Get<long>("axis"), rank = c.Y().Shape.Rank;
            var gradients = System.Collections.Immutable.ImmutableArray.CreateBuilder<Value?>();
            Dim before = 0;
            foreach (var input in c.Node.Inputs)
            {
                Dim after = before + input.Shape[axis];
                gradients.Add(c.Builder.Slice(c.G, new Shape(new long[rank]).With(axis, before), c.Y().Shape.With(axis, after)));
                before = after;
            }

            return gradients.ToImmutable();
        },
    };

    /// <summary>The axes of attribute <c>axes</c> back to front.</summary>
    [Op("reverse", "?", DTypes = DTypeSet.Any, Traits = Traits.Movement, Source = "np.flip")]
    public static readonly OpDef Reverse = new()
    {
        Eval = c =>
        {
            var shape = c.Inputs[0].Type.Shape;
            int[] axes = c.Attrs.Axes();
            return [Rules.Rearrange(c, shape, (index, from) =>
            {
                for (int axis = 0; axis < from.Length; axis++)
                    from[axis] = axes.Contains(axis) ? shape[axis].Value - 1 - index[axis] : index[axis];
            })];
        },
        Vjp = c => [c.Builder.Emit(Reverse, c.Attrs, [c.G])[0]],
    };
}
