using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>Sizes of windows and of the tensor that they slide over, a number for each axis.</summary>
internal sealed class WindowGeometry
{
    public WindowGeometry(WindowCommand c)
    {
        (Result, Window, Stride, Dilation, Low) = (c.Sizes, c.Window, c.Stride, c.Dilation, c.Low);
        (Sizes, Strides) = (c.X.Sizes, c.X.Strides);
        Columns = Result[^1];
        Taps = Extents.Product(Window);
        long step = Stride[^1], low = Low[^1], extent = (Window[^1] - 1) * Dilation[^1] + 1;
        InnerFrom = Math.Clamp((low + step - 1) / step, 0, Columns);
        InnerEnd = Sizes[^1] + low < extent ? InnerFrom : Math.Clamp((Sizes[^1] + low - extent) / step + 1, InnerFrom, Columns);
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

    /// <summary>Elements of a row of the result.</summary>
    public long Columns { get; }

    /// <summary>From here to <see cref="InnerEnd"/>, no window of a row reaches over the ends of a line.</summary>
    public long InnerFrom { get; }

    public long InnerEnd { get; }

    /// <summary>The element of a line that a tap of the last axis sees at column 0; negative in the padding.</summary>
    public long FirstElement(int tap) => tap * Dilation[^1] - Low[^1];

    /// <summary>The taps of an axis that see an element at a position: from one number to another.</summary>
    public (long From, long End) TapsInside(int axis, long position)
    {
        long first = position * Stride[axis] - Low[axis], step = Dilation[axis];
        long from = first >= 0 ? 0 : (-first + step - 1) / step;
        return (from, first >= Sizes[axis] ? 0 : Math.Min(Window[axis], (Sizes[axis] - 1 - first) / step + 1));
    }
}
