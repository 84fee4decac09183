using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Places of the taps of sliding windows, for values and gradients.</summary>
internal static partial class Window
{
    /// <summary>
    /// Padding for the transposed window operation: g, one element per position, is spread by the stride, and a window of the same taps in
    /// reverse order moves over it by <paramref name="spread"/>, the spacing of the original input, to give <paramref name="size"/> elements.
    /// </summary>
    public static (Dim Low, Dim High) Transposed(Dim size, Dim low, Dim window, long dilation, Dim count, long stride, long spread)
    {
        Dim extent = Dilated(window, dilation), before = extent - 1 - low;
        return (before, ((size - 1) * spread) + extent - before - Dilated(count, stride));
    }

    /// <summary>The place in the input of tap k of the window at position p; −1 when it lies in the padding or between elements.</summary>
    public static long Tap(long position, long tap, long stride, long dilation, long low, long spread, long size)
    {
        long at = (position * stride) + (tap * dilation) - low;
        return at < 0 || at % spread != 0 || at / spread >= size ? -1 : at / spread;
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
