using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Sizes of sliding windows. An axis of n elements is spread by <c>dilation</c>, padded (negative padding takes away), and a window of
/// w taps, <c>dilation</c> apart, moves over it by <c>stride</c>.
/// </summary>
internal static class Window
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
        if (!c.AtMost(Dilated(window, dilation), padded))
            Throw.Shape(c.Op.Name, $"the window of axis {axis} spans {Dilated(window, dilation)} elements, the padded axis has {padded}: {string.Join(" and ", c.Inputs)}", "Make the window smaller or pad more.");
        return Count(padded, window, stride, dilation);
    }

    /// <summary>
    /// Padding for the transposed window operation: g, one element per position, is spread by the stride, and a window of the same taps in
    /// reverse order moves over it by <paramref name="spread"/>, the spacing of the original input, to give <paramref name="size"/> elements.
    /// </summary>
    public static (Dim Low, Dim High) Transposed(Dim size, Dim low, Dim window, long dilation, Dim count, long stride, long spread)
    {
        Dim extent = Dilated(window, dilation), before = extent - 1 - low;
        return (before, ((size - 1) * spread) + extent - before - Dilated(count, stride));
    }

    /// <summary>Where tap k of the window at position p lies in the input, or −1 when it lies in the padding or between elements.</summary>
    public static long Tap(long position, long tap, long stride, long dilation, long low, long spread, long size)
    {
        long at = (position * stride) + (tap * dilation) - low;
        return at < 0 || at % spread != 0 || at / spread >= size ? -1 : at / spread;
    }

    /// <summary>Sizes of windows of attributes <c>window</c>, <c>stride</c>, <c>dilation</c>, <c>low</c>, <c>high</c>, one number for each axis.</summary>
    public static Shape InferAll(InferContext c)
    {
        var x = c.Inputs[0];
        long[] window = c.Longs("window", x.Rank, 1), stride = c.Longs("stride", x.Rank, 1), dilation = c.Longs("dilation", x.Rank, 1);
        Shape low = c.Sizes("low", x.Rank), high = c.Sizes("high", x.Rank);
        return new([.. x.Shape.Select((size, axis) => Infer(c, axis, low[axis] + size + high[axis], window[axis], stride[axis], dilation[axis]))]);
    }

    /// <summary>All windows: number of the result, and the offsets of the taps that are inside the input, in row-major order.</summary>
    public static IEnumerable<(long Number, IReadOnlyList<long> Taps)> All(EvalContext c, Shape result)
    {
        var x = c.Inputs[0];
        var window = new Shape(c.Attrs.Longs("window").AsSpan());
        ImmutableArray<long> stride = c.Attrs.Longs("stride"), dilation = c.Attrs.Longs("dilation");
        long[] low = c.Bind(c.Attrs.Get<Shape>("low")).ToArray(), at = new long[low.Length];
        foreach (var (i, position) in Rules.Indices(result))
        {
            var taps = new List<long>();
            foreach (var (_, tap) in Rules.Indices(window))
            {
                for (int axis = 0; axis < at.Length; axis++)
                    at[axis] = Tap(position[axis], tap[axis], stride[axis], dilation[axis], low[axis], 1, x.Type.Shape[axis].Value);
                if (at.All(place => place >= 0))
                    taps.Add(Rules.Offset(x, at));
            }

            yield return (i, taps);
        }
    }
}
