using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Windows that slide over the spatial axes.</summary>
internal static partial class OperatorRules
{
    private static IEnumerable<OperatorRule> Windows() =>
    [
        new("MaxPool", 7, "auto_pad kernel_shape pads storage_order strides", MaxPool),
        new("MaxPool", 10, "auto_pad ceil_mode dilations kernel_shape pads storage_order strides", MaxPool) { Limits = "storage_order is 0" },
        new("AveragePool", 7, "auto_pad count_include_pad kernel_shape pads strides", AveragePool),
        new("AveragePool", 10, "auto_pad ceil_mode count_include_pad kernel_shape pads strides", AveragePool),
        new("AveragePool", 19, "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides", AveragePool),
        new("LpPool", 7, "auto_pad kernel_shape p pads strides", LpPool),
        new("LpPool", 18, "auto_pad ceil_mode dilations kernel_shape p pads strides", LpPool),
        new("GlobalMaxPool", 7, "", c => Reduced(c, OpDefs.ReduceMax, c.X, Spatial(c), keep: true)),
        new("GlobalAveragePool", 7, "", c => Reduced(c, OpDefs.ReduceMean, c.X, Spatial(c), keep: true)),
        new("GlobalLpPool", 7, "p", c => Norm(c, c.X, x => Reduced(c, OpDefs.ReduceSum, x, Spatial(c), keep: true))),
    ];

    private static int[] Spatial(NodeReader c) => c.X.Shape.Rank >= 2 ? [.. Enumerable.Range(2, c.X.Shape.Rank - 2)]
        : throw c.Refuse($"{c.X.Type} has no batch and channels");

    /// <summary>Windows and padding of all axes; <c>Beyond</c> is what rounding up adds after the padding.</summary>
    private sealed record Pooling(Sliding Sliding, Shape Low, Shape High, Shape Beyond)
    {
        public Attrs Attrs(Shape low, Shape high)
        {
            Shape rest = [0, 0];
            return Ir.Attrs.Of(
                ("window", All(Sliding.Window)), ("stride", All(Sliding.Stride)), ("dilation", All(Sliding.Dilation)),
                ("low", new Shape([.. rest, .. low])), ("high", new Shape([.. rest, .. high])));
        }

        /// <summary>The padding after the elements, with what rounding up adds.</summary>
        public Shape After => new([.. High.Zip(Beyond, (size, beyond) => size + beyond)]);

        private static long[] All(long[] spatial) => [1, 1, .. spatial];
    }

    private static Pooling PoolingOf(NodeReader c)
    {
        Shape spatial = new([.. Spatial(c).Select(axis => c.X.Shape[axis])]);
        var sliding = SlidingOf(c, spatial.Rank);
        var (low, high) = Padding(c, spatial, sliding);
        var beyond = new Dim[spatial.Rank];
        bool isUp = c.HasAttribute("ceil_mode") && c.Int("ceil_mode", 0) != 0;
        for (int axis = 0; axis < spatial.Rank && isUp; axis++)
        {
            long stride = sliding.Stride[axis], extent = sliding.Extent(axis);
            Dim padded = low[axis] + spatial[axis] + high[axis];
            // A last window that begins after the elements and the padding before them does not count.
            Dim count = Dim.Min(
                Dim.FloorDiv(padded - extent + (stride - 1), stride) + 1, Dim.FloorDiv(low[axis] + spatial[axis] - 1, stride) + 1);
            beyond[axis] = Dim.Max(((count - 1) * stride) + extent - padded, 0);
        }

        return new(sliding, low, high, new(beyond));
    }

    private static Value?[] MaxPool(NodeReader c)
    {
        var pooling = PoolingOf(c);
        if (c.Int("storage_order", 0) != 0 && c.Wants(1))
            throw c.Refuse("its positions are to count columns first");
        var attrs = pooling.Attrs(pooling.Low, pooling.After);
        return
        [
            c.Builder.Emit(OpDefs.WindowMax, attrs, [c.X])[0], c.Wants(1) ? c.Builder.Emit(OpDefs.WindowArgMax, attrs, [c.X])[0] : null,
        ];
    }

    private static Value AveragePool(NodeReader c) => Averaged(c, c.X);

    private static Value Averaged(NodeReader c, Value x)
    {
        var pooling = PoolingOf(c);
        if (c.Int("count_include_pad", 0) == 0)
            return c.Builder.Emit(OpDefs.WindowMean, pooling.Attrs(pooling.Low, pooling.After), [x])[0];
        // What rounding up adds is not in the mean, the padding is.
        long[] none = new long[x.Shape.Rank];
        Shape rest = [0, 0];
        var padded = c.Builder.Pad(x, new([.. rest, .. pooling.Low]), new([.. rest, .. pooling.High]), none);
        return c.Builder.Emit(OpDefs.WindowMean, pooling.Attrs(new(new long[pooling.Low.Rank]), pooling.Beyond), [padded])[0];
    }

    private static Value LpPool(NodeReader c)
    {
        var pooling = PoolingOf(c);
        return Norm(c, c.X, x => c.Builder.Emit(OpDefs.WindowSum, pooling.Attrs(pooling.Low, pooling.After), [x])[0]);
    }

    // (Σ |x|ᵖ)^(1/p)
    private static Value Norm(NodeReader c, Value x, Func<Value, Value> sum)
    {
        long p = c.Int("p", 2);
        var size = c.Builder.Emit(OpDefs.Abs, x);
        if (p == 1)
            return sum(size);
        var powers = sum(c.Builder.Emit(OpDefs.Pow, size, c.Builder.Scalar(p, x)));
        return c.Builder.Emit(OpDefs.Pow, powers, c.Builder.Scalar(1.0 / p, x));
    }
}
