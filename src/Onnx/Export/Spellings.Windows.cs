using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Windows that slide over axes. Pooling there is over all axes after the first two, at most three of them.</summary>
internal static partial class Spellings
{
    private const int MostPooled = 3;

    private static IEnumerable<(OpDef Op, Spelling Spelling)> Windows() =>
    [
        (OpDefs.WindowMax, new(c => [Largest(c)], node => Pooled(node).Length <= MostPooled && node.Inputs[0].DType != DType.I64)),
        (OpDefs.WindowSum, new(
            c => [c.Add("Mul", Pool(c, c.X, "AveragePool", 0, attributes: ("count_include_pad", 1)), c.Number(c.Attrs.Longs("window").Aggregate((a, b) => a * b)))],
            node => node.Inputs[0].DType.IsFloat() && Pooled(node).Length <= MostPooled)),
        (OpDefs.WindowMean, new(c => [Pool(c, c.X, "AveragePool", 0)], node => Pooled(node).Length <= MostPooled && IsPooling(node))),
    ];

    // Integers of 32 bits are numbers of f64 too.
    private static string Largest(NodeWriter c) => c.DType.IsFloat() ? Pool(c, c.X, "MaxPool", double.NegativeInfinity)
        : c.Cast(Pool(c, c.Cast(c.X, DType.F64), "MaxPool", int.MinValue, DType.F64), c.DType);

    // The axes along which windows have more than one element or take steps.
    private static int[] Pooled(Node node)
    {
        Shape low = node.Attrs.Get<Shape>("low"), high = node.Attrs.Get<Shape>("high");
        return [.. Enumerable.Range(0, low.Rank).Where(axis => node.Attrs.Longs("window")[axis] != 1 || node.Attrs.Longs("stride")[axis] != 1
            || !low[axis].Is(0) || !high[axis].Is(0))];
    }

    // Padding that an operator takes: not more than would leave a window without elements.
    private static bool IsPooling(Node node)
    {
        Shape low = node.Attrs.Get<Shape>("low"), high = node.Attrs.Get<Shape>("high");
        return IsPadding(low) && IsPadding(high)
            && node.Attrs.Longs("window").Index().All(entry => low[entry.Index].Value < entry.Item && high[entry.Index].Value < entry.Item
                || (low[entry.Index].Is(0) && high[entry.Index].Is(0)));
    }

    private static string Pool(
        NodeWriter c, string x, string op, double fill, DType? dtype = null, params (string Name, object Value)[] attributes)
    {
        int[] pooled = Pooled(c.Node), others = [.. Enumerable.Range(0, c.ShapeOf().Rank).Except(pooled)];
        if (pooled.Length == 0)
            return x;
        Dim[] shape = [.. c.ShapeOf()];
        Shape low = c.Attrs.Get<Shape>("low"), high = c.Attrs.Get<Shape>("high");
        if (!IsPooling(c.Node))
        {
            x = Pad(c, x, low, high, new long[shape.Length], fill, dtype);
            shape = [.. shape.Select((size, axis) => low[axis] + size + high[axis])];
            low = high = new(new long[shape.Length]);
        }

        int[] order = [.. others, .. pooled];
        bool isPlain = others is [0, 1];
        if (!isPlain)
            x = c.Reshape(c.Transpose(x, order), [Product(others.Select(axis => shape[axis])), 1, .. pooled.Select(axis => shape[axis])]);
        IEnumerable<long> Of(string name) => pooled.Select(axis => c.Attrs.Longs(name)[axis]);
        string result = c.Add(op, [x],
        [
            ("kernel_shape", Of("window")), ("strides", Of("stride")), ("dilations", Of("dilation")),
            ("pads", pooled.Select(axis => low[axis].Value).Concat(pooled.Select(axis => high[axis].Value))), .. attributes,
        ]);
        return isPlain ? result : c.TransposeBack(c.Reshape(result, order.Select(axis => c.Result()[axis])), order);
    }
}
