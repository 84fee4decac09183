using System.Globalization;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Commands;

/// <summary>One operand of a batched product: strides in elements.</summary>
internal sealed record DotOperand(int Slot, long Offset, long RowStride, long ColumnStride, long[] BatchStrides);

/// <summary>C[batch, m, n] = Σₖ A[batch, m, k]·B[batch, k, n]; C is row-major.</summary>
internal sealed record DotCommand(DType DType, DotOperand A, DotOperand B, int Result, long[] Batch, long M, long N, long K)
    : Command([A.Slot, B.Slot], [Result])
{
    public override string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"dot {DType.Name()} [{string.Join(", ", Batch)}] {M}×{N}×{K} {Text(Reads)} -> s{Result}");
}

/// <summary>One spatial axis of a convolution.</summary>
internal readonly record struct ConvAxis(int Size, int Window, int Result, long Stride, long Dilation, long Spread, long Low)
{
    /// <summary>An axis that is not there.</summary>
    public static ConvAxis None { get; } = new(1, 1, 1, 1, 1, 1, 0);

    /// <summary>The place in the input of a tap of the window at a position; −1 in the padding or between elements.</summary>
    public int Tap(int position, int tap) => Element(position * Stride + tap * Dilation);

    /// <summary>The place in the input of an element of the padded and spread axis; −1 in the padding or between elements.</summary>
    public int Element(long padded)
    {
        long at = padded - Low;
        if (Spread == 1) return (ulong)at < (ulong)Size ? (int)at : -1;
        return at >= 0 && at % Spread == 0 && at / Spread < Size ? (int)(at / Spread) : -1;
    }
}

/// <summary>Sizes of a convolution: x (Batch, Groups·Channels, axes), weights (Groups·Outputs, Channels, windows).</summary>
internal sealed record ConvSpace(int Batch, int Groups, int Channels, int Outputs, ConvAxis Depth, ConvAxis Height, ConvAxis Width)
{
    public int ImageSize => Depth.Size * Height.Size * Width.Size;
    public int Taps => Depth.Window * Height.Window * Width.Window;
    /// <summary>Multiplications.</summary>
    public long Products => (long)Batch * Groups * Outputs * Channels * Taps * Positions;

    public int Positions => Depth.Result * Height.Result * Width.Result;

    /// <summary>Number of a tap of a channel, counted row of the window by row, channel by channel in it.</summary>
    public int ByRow(int channel, int tap) => (tap / Width.Window * Channels + channel) * Width.Window + tap % Width.Window;

    /// <summary>The place of a tap in the window.</summary>
    public (int Z, int Y, int X) TapAt(int tap) =>
        (tap / (Width.Window * Height.Window), tap / Width.Window % Height.Window, tap % Width.Window);
}

/// <summary>For each image and group: result[outputs, positions] = weights[outputs, channels·taps] · patches.</summary>
internal sealed record ConvCommand(ConvSpace Space, View X, View Weights, int Result) : Command([X.Slot, Weights.Slot], [Result])
{
    public override string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"conv {X.DType.Name()} {Space.Batch}×{Space.Groups} of {Space.Outputs}×{Space.Channels * Space.Taps}×{Space.Positions} {Text(Reads)} -> s{Result}");
}

internal enum WindowFold
{
    Sum,
    Max,
    ArgMax,
}

/// <summary>Folds the elements of sliding windows; padding is no element.</summary>
internal sealed record WindowCommand(
    WindowFold Fold, View X, int Result, long[] Sizes, long[] Window, long[] Stride, long[] Dilation, long[] Low, double Empty)
    : Command([X.Slot], [Result])
{
    public override string Describe() => $"window {Fold} [{string.Join(", ", Window)}] s{X.Slot} -> s{Result}";
}
