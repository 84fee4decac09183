using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Elements in other places.</summary>
internal static partial class Spellings
{
    private static IEnumerable<(OpDef Op, Spelling Spelling)> Movement() =>
    [
        (OpDefs.Reshape, new(c => [c.Reshape(c.X, c.Result())])),
        (OpDefs.BroadcastTo, new(c => [c.Add("Expand", c.X, c.Graph.Sizes(c.Result()))])),
        (OpDefs.Transpose, new(c => [c.Transpose(c.X, c.Attrs.Axes("permutation"))])),
        (OpDefs.Slice, new(Slice)),
        (OpDefs.Pad, new(c =>
            [Pad(c, c.X, c.Attrs.Get<Shape>("low"), c.Attrs.Get<Shape>("high"), c.Attrs.Longs("interior"), c.Attrs.Get<double>("fill"))])),
        (OpDefs.Concat, new(c => [c.Add("Concat", c.Inputs, ("axis", c.Axis))])),
        (OpDefs.Reverse, new(c => [Reverse(c, c.X, c.Attrs.Axes())])),
        (OpDefs.Iota, new(Iota)),
        (OpDefs.DimSize, new(c => [c.Squeeze(c.Graph.Size(c.Attrs.Get<Dim>("dim")))])),
        (OpDefs.BindSize, new(c =>
        {
            c.Graph.Bind(c.Attrs.Get<Dim>("dim").ToString(), c.Unsqueeze(c.X, 0));
            return [];
        })),
    ];

    private static string[] Slice(NodeWriter c)
    {
        Shape start = c.Attrs.Get<Shape>("start"), stop = c.Attrs.Get<Shape>("stop");
        var step = c.Attrs.Longs("step");
        int[] axes = [.. Enumerable.Range(0, start.Rank)
            .Where(axis => !start[axis].Is(0) || stop[axis] != c.ShapeOf()[axis] || step[axis] != 1)];
        return axes.Length == 0 ? [c.X]
            : [c.Add("Slice", c.X, c.Graph.Sizes(axes.Select(axis => start[axis])), c.Graph.Sizes(axes.Select(axis => stop[axis])),
                c.Graph.Numbers(axes.Select(axis => (long)axis)), c.Graph.Numbers(axes.Select(axis => step[axis])))];
    }

    private static string Reverse(NodeWriter c, string value, int[] axes)
    {
        string minus = c.Graph.Numbers(axes.Select(_ => -1L));
        return axes.Length == 0 ? value
            : c.Add("Slice", value, minus, c.Graph.Numbers(axes.Select(_ => long.MinValue)), c.Graph.Numbers(axes.Select(axis => (long)axis)), minus);
    }

    /// <summary>Padding of each axis; a negative one takes away, which Slice does.</summary>
    private static string Pad(NodeWriter c, string value, Shape low, Shape high, IReadOnlyList<long> interior, double fill, DType? dtype = null)
    {
        string filling = c.Graph.Scalar(dtype ?? c.DType, fill);
        value = Spread(c, value, interior, filling);
        if (low.Concat(high).Any(size => !size.Is(0)))
            value = c.Add("Pad", [value, c.Graph.Sizes([.. low, .. high]), filling], ("mode", "constant"));
        return value;
    }

    // Elements between the elements of an axis: an axis of their own that is padded, joined with it, and cut at the end.
    private static string Spread(NodeWriter c, string value, IReadOnlyList<long> interior, string filling)
    {
        int rank = interior.Count;
        Dim[] shape = [.. c.ShapeOf()];
        for (int axis = 0; axis < rank; axis++)
        {
            if (interior[axis] == 0)
                continue;
            long step = interior[axis] + 1;
            string apart = c.Unsqueeze(value, axis + 1);
            string padded = c.Add("Pad", [apart, c.Graph.Numbers(Enumerable.Range(0, 2 * (rank + 1))
                .Select(i => i == rank + 1 + axis + 1 ? interior[axis] : 0)), filling], ("mode", "constant"));
            Dim[] joined = [.. shape];
            joined[axis] = shape[axis] * step;
            value = c.Add("Slice", c.Reshape(padded, joined), c.Graph.Numbers(0), c.Graph.Numbers(-interior[axis]), c.Graph.Numbers(axis));
            shape[axis] = Dim.Max(0, joined[axis] - interior[axis]);
        }

        return value;
    }

    private static string[] Iota(NodeWriter c)
    {
        var type = c.Node.Types[0];
        return [c.Add("Expand", Counted(c, type, c.Axis), c.Graph.Sizes(type.Shape))];
    }

    // 0, 1, … along one axis of a type; all other axes have size 1.
    private static string Counted(NodeWriter c, TensorType type, int axis)
    {
        string count = c.Squeeze(c.Graph.Size(type.Shape[axis]));
        string numbers = c.Add("Range", c.Graph.Scalar(DType.I64, 0), count, c.Graph.Scalar(DType.I64, 1));
        if (type.DType != DType.I64)
            numbers = c.Cast(numbers, type.DType);
        long[] others = [.. Enumerable.Range(0, type.Rank).Where(i => i != axis).Select(i => (long)i)];
        return others.Length == 0 ? numbers : c.Unsqueeze(numbers, others);
    }
}
