using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Ops that only rearrange elements, and ops that pick or change elements at places that are themselves data.</summary>
public static partial class Ops
{
    /// <summary>The same elements, row-major, under another shape; one size may be −1 and is then what is left. Errors: TG2001.</summary>
    public static Tensor Reshape(Tensor x, params ReadOnlySpan<Dim> sizes)
    {
        Dim known = 1;
        int free = -1;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (!sizes[axis].InGraph.Is(-1))
                known *= sizes[axis].InGraph;
            else if (free < 0)
                free = axis;
            else
                Throw.Shape("reshape", $"two sizes of [{string.Join(", ", sizes.ToArray())}] are -1", "Leave at most one size open.");
        }

        Dim[] dims = [.. Shape.Create(sizes).InGraph];
        var shape = Check.NotNull(x).GraphType.Shape;
        if (free >= 0)
            dims[free] = known.Is(0) ? 0 : Dim.FloorDiv(shape.ElementCount, known);
        return shape.Dims.AsSpan().SequenceEqual(dims) ? x : Dispatch.Run(OpDefs.Reshape, Attrs.Of("shape", Shape.Create(dims)), x);
    }

    /// <summary>Repeats axes of size 1 and adds axes in front. Errors: TG2001. Source: np.broadcast_to.</summary>
    public static Tensor BroadcastTo(Tensor x, Shape shape) =>
        Check.NotNull(x).GraphType.Shape == shape.InGraph ? x : Dispatch.Run(OpDefs.BroadcastTo, Attrs.Of("shape", shape), x);

    /// <summary>
    /// Axis i of the result is axis <c>permutation</c>[i]; without a permutation the axes are turned back to front. Source: np.transpose.
    /// </summary>
    public static Tensor Transpose(Tensor x, params int[] permutation)
    {
        int rank = Check.NotNull(x).Rank;
        int[] axes = Check.NotNull(permutation).Length == 0
            ? [.. Enumerable.Range(0, rank).Reverse()]
            : [.. permutation.Select(axis => Axis("transpose", axis, rank))];
        return Dispatch.Run(OpDefs.Transpose, Attrs.Of("permutation", axes), x);
    }

    /// <summary>Adds an axis of size 1. Source: np.expand_dims.</summary>
    public static Tensor ExpandDims(Tensor x, int axis) =>
        Reshape(x, [.. Check.NotNull(x).Shape.Dims.Insert(Axis("expand_dims", axis, x.Rank + 1), 1)]);

    /// <summary>
    /// The same tensor, whose first axis may get another size in a branch or loop that a tensor decides: <c>x = Ops.AnyLength(x)</c> ahead of a loop
    /// with
    /// <c>x = Ops.Concat([x, row])</c> in it. The graph carries it as a list, so a turn takes time in proportion to its rows; where rows are only
    /// added, a
    /// <see cref="TensorArray"/> takes constant time. Errors: TG2003 a scalar. Gradient: as it is. Source: shape invariants of tf.while_loop.
    /// </summary>
    public static Tensor AnyLength(Tensor x)
    {
        if (Check.NotNull(x).Rank == 0)
            Throw.Rank("any_length", $"a {x.Type} has no axis", "Only the first axis may vary.");
        if (ExecutionContext.Current is not TraceContext trace)
            return x;
        Dim size = CompilerServices.GraphControl.Size(Size(x));
        trace.LetVary(size);
        var (start, stop) = (new Shape(new long[x.Rank]), x.Shape.With(0, size));
        long[] step = [.. Enumerable.Repeat(1L, x.Rank)];
        return Dispatch.Run(OpDefs.Slice, Attrs.Of(("start", start), ("stop", stop), ("step", step), (ValueNames.SameTensor, true)), x);
    }

    /// <summary>Drops axes of size 1: the named one, or all. Errors: TG2001 when its size is not 1.</summary>
    public static Tensor Squeeze(Tensor x, int? axis = null)
    {
        if (axis is null)
            return Reshape(x, [.. Check.NotNull(x).Shape.Dims.Where(dim => !dim.Is(1))]);
        int at = Axis("squeeze", axis.Value, Check.NotNull(x).Rank);
        IndexRules.CheckSqueeze(x.GraphType, at);
        return Reshape(x, [.. x.Shape.Dims.RemoveAt(at)]);
    }

    /// <summary>The block from start to stop (exclusive), every step-th element, along each axis. Errors: TG2004. Source: lax.slice.</summary>
    public static Tensor Slice(Tensor x, Shape start, Shape stop, long[]? step = null) => Dispatch.Run(
        OpDefs.Slice, Attrs.Of(("start", start), ("stop", stop), ("step", step ?? [.. Enumerable.Repeat(1L, start.Rank)])), x);

    /// <summary>Adds elements of one value before and after each axis. Source: np.pad.</summary>
    public static Tensor Pad(Tensor x, Shape low, Shape high, double fill = 0) => Dispatch.Run(
        OpDefs.Pad, Attrs.Of(("low", low), ("high", high), ("interior", new long[low.Rank]), ("fill", fill)), x);

    /// <summary>Joins tensors along an axis. Errors: TG2001, TG2003. Source: np.concatenate.</summary>
    /// <example>
    /// <code>
    /// Tensor a = new[] { 1f, 2f }, b = new[] { 3f };
    /// Console.WriteLine(Ops.Concat([a, b])); // [1, 2, 3]
    /// </code>
    /// </example>
    public static Tensor Concat(IReadOnlyList<Tensor> parts, int axis = 0)
    {
        if (Check.NotNull(parts).Count == 0)
            Throw.Shape("concat", "there is nothing to join", "Pass at least one tensor.");
        return Dispatch.Run(OpDefs.Concat, Attrs.Of("axis", (long)Axis("concat", axis, Check.NotNull(parts[0]).Rank)), [.. parts]);
    }

    /// <summary>Joins tensors of one shape along a new axis. Source: np.stack.</summary>
    /// <example>
    /// <code>
    /// Tensor a = new[] { 1f, 2f }, b = new[] { 3f, 4f };
    /// Console.WriteLine(Ops.Stack([a, b]).Shape); // [2, 2]
    /// </code>
    /// </example>
    public static Tensor Stack(IReadOnlyList<Tensor> parts, int axis = 0)
    {
        if (Check.NotNull(parts).Count == 0)
            Throw.Shape("stack", "there is nothing to join", "Pass at least one tensor.");
        IndexRules.CheckStack([.. parts.Select(part => Check.NotNull(part).GraphType)]);
        return Concat([.. parts.Select(part => ExpandDims(part, axis))], axis);
    }

    /// <summary>The named axes back to front. Source: np.flip.</summary>
    public static Tensor Reverse(Tensor x, params int[] axes) =>
        Dispatch.Run(OpDefs.Reverse, Attrs.Of("axes", AllAxes("reverse", axes, Check.NotNull(x).Rank)), x);

    /// <summary>
    /// Entries of an axis at positions. Shape: x without the axis, the positions' shape in its place. Errors: TG2004 at run time. Source: np.take.
    /// </summary>
    /// <example>
    /// <code>
    /// Tensor x = new[] { 10f, 20f, 30f };
    /// Console.WriteLine(Ops.Gather(x, new[] { 2, 0, 2 })); // [30, 10, 30]
    /// </code>
    /// </example>
    public static Tensor Gather(Tensor x, Tensor positions, int axis = 0, int batch = 0) => Dispatch.Run(
        OpDefs.Gather, Attrs.Of(("axis", (long)Axis("gather", axis, Check.NotNull(x).Rank)), ("batch", (long)batch)), x, positions);

    /// <summary>x with updates added at positions of an axis. Errors: TG2004 at run time. Source: np.add.at.</summary>
    public static Tensor ScatterAdd(Tensor x, Tensor positions, Tensor updates, int axis = 0, int batch = 0) => Dispatch.Run(
        OpDefs.ScatterAdd, Attrs.Of(("axis", (long)Axis("scatter_add", axis, Check.NotNull(x).Rank)), ("batch", (long)batch)), x, positions, updates);

    /// <summary>The block of a given size that begins at positions, one i32 or i64 for each axis. Errors: TG2004 at run time.</summary>
    public static Tensor DynamicSlice(Tensor x, IReadOnlyList<Tensor> start, Shape size) =>
        Dispatch.Run(OpDefs.DynamicSlice, Attrs.Of("size", size), [x, .. Check.NotNull(start)]);

    /// <summary>x with a block in place of what was at positions, one i32 or i64 for each axis. Errors: TG2004 at run time.</summary>
    public static Tensor DynamicUpdateSlice(Tensor x, Tensor block, IReadOnlyList<Tensor> start) =>
        Dispatch.Run(OpDefs.DynamicUpdateSlice, Attrs.Empty, [x, block, .. Check.NotNull(start)]);

    /// <summary>Elements of an axis in ascending order, NaN last, and where they came from (i32). Source: np.sort, np.argsort.</summary>
    public static (Tensor Values, Tensor Positions) Sort(Tensor x, int axis = -1, bool descending = false)
    {
        var results = Dispatch.RunAll(OpDefs.Sort, Attrs.Of(("axis", (long)Axis("sort", axis, Check.NotNull(x).Rank)), ("descending", descending)), x);
        return (results[0], results[1]);
    }
}
