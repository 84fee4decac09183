using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Sizes of windows and of the tensor that they slide over, a number for each axis: at least a row axis and, last, a column axis. Axes are made one
/// where the windows slide over both as over one, such as the planes of images whose windows do not cross from one to the next.
/// </summary>
internal sealed class WindowGeometry
{
    public WindowGeometry(WindowCommand c)
    {
        var axes = Enumerable.Range(0, c.Sizes.Length)
            .Select(i => new Axis(c.X.Sizes[i], c.X.Strides[i], c.Sizes[i], c.Window[i], c.Stride[i], c.Dilation[i], c.Low[i])).ToList();
        if (axes.Count == 1) axes.Insert(0, new(1, axes[0].Size, 1, 1, 1, 1, 0));
        for (int i = axes.Count - 3; i >= 0; i--)
        {
            if (axes[i].Joined(axes[i + 1]) is not { } joined) continue;
            axes[i] = joined;
            axes.RemoveAt(i + 1);
        }
        (Result, Window, Stride) = (Of(axis => axis.Result), Of(axis => axis.Window), Of(axis => axis.Step));
        (Dilation, Low, Sizes, Strides) = (Of(axis => axis.Dilation), Of(axis => axis.Low), Of(axis => axis.Size), Of(axis => axis.Stride));
        Taps = Extents.Product(Window);
        (InnerFrom, InnerEnd) = Inner(Last);
        (InnerRowsFrom, InnerRowsEnd) = Inner(Last - 1);

        long[] Of(Func<Axis, long> number) => [.. axes.Select(number)];
    }

    public long[] Result { get; }

    public long[] Window { get; }

    public long[] Stride { get; }

    public long[] Dilation { get; }

    public long[] Low { get; }

    /// <summary>Of the input.</summary>
    public long[] Sizes { get; }

    /// <summary>Of the input, in elements.</summary>
    public long[] Strides { get; }

    public int Last => Result.Length - 1;

    /// <summary>Elements of a window.</summary>
    public long Taps { get; }

    /// <summary>Rows of a plane of the result.</summary>
    public long Rows => Result[^2];

    /// <summary>Elements of a row of the result.</summary>
    public long Columns => Result[^1];

    /// <summary>From here to <see cref="InnerEnd"/>, no window of a row reaches over the ends of a line.</summary>
    public long InnerFrom { get; }

    public long InnerEnd { get; }

    /// <summary>The same for the rows of a plane.</summary>
    public long InnerRowsFrom { get; }

    public long InnerRowsEnd { get; }

    /// <summary>The element of a line that a tap of the last axis sees at column 0; negative in the padding.</summary>
    public long FirstElement(int tap) => tap * Dilation[^1] - Low[^1];

    /// <summary>The taps of an axis that see an element at a position: from one number to another.</summary>
    public (long From, long End) TapsInside(int axis, long position)
    {
        long first = position * Stride[axis] - Low[axis], step = Dilation[axis];
        long from = first >= 0 ? 0 : (-first + step - 1) / step;
        return (from, first >= Sizes[axis] ? 0 : Math.Min(Window[axis], (Sizes[axis] - 1 - first) / step + 1));
    }

    private (long From, long End) Inner(int axis)
    {
        long step = Stride[axis], low = Low[axis], extent = (Window[axis] - 1) * Dilation[axis] + 1;
        long from = Math.Clamp((low + step - 1) / step, 0, Result[axis]);
        return (from, Sizes[axis] + low < extent ? from : Math.Clamp((Sizes[axis] + low - extent) / step + 1, from, Result[axis]));
    }

    private sealed record Axis(long Size, long Stride, long Result, long Window, long Step, long Dilation, long Low)
    {
        /// <summary>This axis and the one after it as one; null where windows tell them apart.</summary>
        public Axis? Joined(Axis next) =>
            Window == 1 && Step == 1 && Low == 0 && Result == Size && Stride == next.Size * next.Stride
            && next.Low == 0 && next.Size == next.Result * next.Step && (next.Window - 1) * next.Dilation < next.Step
                ? next with { Size = Size * next.Size, Result = Result * next.Result } : null;
    }
}
