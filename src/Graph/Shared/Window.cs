namespace TensorGraph.Ir;

/// <summary>
/// Sizes of sliding windows. An axis of n elements is spread by <c>dilation</c>, padded (negative padding takes away), and a window of
/// w taps, <c>dilation</c> apart, moves over it by <c>stride</c>.
/// </summary>
internal static partial class Window
{
    /// <summary>Extent of n elements at distance d: (n − 1)·d + 1, of none 0.</summary>
    public static Dim Dilated(Dim n, long d) => d == 1 ? n : Dim.Max(0, ((n - 1) * d) + 1);

    /// <summary>Number of window positions: ⌊(padded − window) / stride⌋ + 1.</summary>
    public static Dim Count(Dim padded, Dim window, long stride, long dilation) => Dim.FloorDiv(padded - Dilated(window, dilation), stride) + 1;

    /// <summary>Number of window positions along one axis; TG2001 when the window does not fit into the padded axis.</summary>
    public static Dim Infer(InferContext c, int axis, Dim padded, Dim window, long stride, long dilation)
    {
        if (!c.AtMost(1, window))
            Throw.Shape(c.Op.Name, $"the window of axis {axis} is empty: {string.Join(" and ", c.Inputs)}", "A window has at least one element.");
        // A window of one element has no position in an empty axis, as an empty batch has.
        if (!c.AtMost(window.Is(1) ? 0 : Dilated(window, dilation), padded))
            Throw.Shape(c.Op.Name, $"the window of axis {axis} spans {Dilated(window, dilation)} elements, the padded axis has {padded}: {string.Join(" and ", c.Inputs)}", "Make the window smaller or pad more.");
        return Count(padded, window, stride, dilation);
    }

    /// <summary>
    /// Sizes of windows of attributes <c>window</c>, <c>stride</c>, <c>dilation</c>, <c>low</c>, <c>high</c>, one number for each axis.
    /// </summary>
    public static Shape InferAll(InferContext c)
    {
        var x = c.Inputs[0];
        long[] window = c.Longs("window", x.Rank, 1), stride = c.Longs("stride", x.Rank, 1), dilation = c.Longs("dilation", x.Rank, 1);
        Shape low = c.Sizes("low", x.Rank), high = c.Sizes("high", x.Rank);
        return new([.. x.Shape.Select((size, axis) => Infer(c, axis, low[axis] + size + high[axis], window[axis], stride[axis], dilation[axis]))]);
    }
}
