using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Loops;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>Sliding windows: convolution and pooling.</summary>
internal static class Windows
{
    public static bool Conv(RegionBuilder lowered, BoundNode bound)
    {
        Attrs attrs = bound.Node.Attrs;
        DType compute = LoopOps.Accumulator(bound.Layouts[0].Type.DType);
        long[] xs = bound.Inputs[0].Layout.Sizes;
        long[] ws = bound.Inputs[1].Layout.Sizes;
        int spatial = xs.Length - 2;
        if (spatial > 3 || bound.Layouts[0].Count == 0) return false;
        CheckImage(bound, xs[1..]);
        CheckImage(bound, ws);
        CheckImage(bound, bound.Layouts[0].Sizes[1..]);
        long[] low = lowered.SizesOf(bound, "low");
        var axes = new ConvAxis[3];
        for (int i = 0; i < 3; i++)
        {
            int axis = i - (3 - spatial);
            axes[i] = axis < 0 ? ConvAxis.None : new ConvAxis(
                (int)xs[axis + 2], (int)ws[axis + 2], (int)bound.Layouts[0].Sizes[axis + 2],
                attrs.Longs("stride")[axis], attrs.Longs("dilation")[axis], attrs.Longs("input_dilation")[axis], low[axis]);
        }
        int groups = (int)attrs.Get<long>("groups");
        var space = new ConvSpace((int)xs[0], groups, (int)ws[1], (int)(ws[0] / groups), axes[0], axes[1], axes[2]);
        View x = lowered.ContiguousIn(bound.Inputs[0], compute);
        View weights = lowered.ContiguousIn(bound.Inputs[1], compute);
        int result = lowered.ResultIn(bound, compute, out Action finish);
        lowered.Add(new ConvCommand(space, x, weights, result));
        finish();
        return true;
    }

    // Positions within one image, and within the weights, are counted in 32 bits.
    private static void CheckImage(BoundNode bound, long[] sizes)
    {
        if (sizes.Aggregate((Int128)1, (product, size) => product * size) <= int.MaxValue) return;
        throw new GraphException(
            DiagnosticIds.TooManyElements,
            $"{bound.Op.Name}: [{string.Join(", ", sizes)}] of one image or of the weights are more than {int.MaxValue} elements",
            "Split it into smaller images or fewer channels.", bound.Node.Source.OrCaller());
    }

    public static bool Sum(RegionBuilder lowered, BoundNode bound) => Fold(lowered, bound, WindowFold.Sum);

    public static bool Max(RegionBuilder lowered, BoundNode bound) => Fold(lowered, bound, WindowFold.Max);

    public static bool ArgMax(RegionBuilder lowered, BoundNode bound) => Fold(lowered, bound, WindowFold.ArgMax);

    private static bool Fold(RegionBuilder lowered, BoundNode bound, WindowFold fold)
    {
        if (bound.Layouts[0].Sizes.Length == 0) return false;
        DType dtype = bound.Inputs[0].Layout.Type.DType;
        DType compute = LoopOps.Accumulator(dtype);
        View x = lowered.ContiguousIn(bound.Inputs[0], compute);
        int result = lowered.ResultIn(bound, fold == WindowFold.ArgMax ? DType.I64 : compute, out Action finish);
        Attrs attrs = bound.Node.Attrs;
        lowered.Add(new WindowCommand(
            fold, x, result, bound.Layouts[0].Sizes, [.. attrs.Longs("window")], [.. attrs.Longs("stride")], [.. attrs.Longs("dilation")],
            lowered.SizesOf(bound, "low"), Folds.Identity("fold.max", dtype)));
        finish();
        return true;
    }
}
