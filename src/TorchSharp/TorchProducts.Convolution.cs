using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Torch;

internal sealed unsafe partial class TorchProducts
{
    private const long MostPadding = 1 << 28;
    private const long SmallImage = 1 << 12;

    public override bool Convolve(ConvSpace space, DType dtype, byte* x, byte* weights, byte* result)
    {
        if (dtype is not (DType.F32 or DType.F64) || space.Products < Math.Max(smallest, 1) || space.ImageSize == 0) return false;
        ConvAxis[] axes = space.Depth == ConvAxis.None ? [space.Height, space.Width] : [space.Depth, space.Height, space.Width];
        // Windows that are larger than the result are the gradient of another convolution's weights, with its batch as channels and the reverse.
        bool isGradient = space.Groups == 1 && space.Taps > space.Positions;
        long[] padding = new long[axes.Length];
        bool isPadded = IsPadded(axes, isGradient, padding);
        if ((!isPadded && IsMuchLarger(space, axes)) || !TorchCalls.Begin()) return false;
        try
        {
            Convolve(space, dtype, axes, isGradient, isPadded ? padding : null, x, weights, result);
        }
        finally
        {
            TorchCalls.End();
        }
        return true;
    }

    // Without numbers for padding it is written out.
    private static void Convolve(
        ConvSpace space, DType dtype, ConvAxis[] axes, bool isGradient, long[]? padding, byte* x, byte* weights, byte* result)
    {
        bool isPadded = padding is not null;
        padding ??= new long[axes.Length];
        long channels = (long)space.Groups * space.Channels, outputs = (long)space.Groups * space.Outputs;
        using TorchView padded = isPadded ? default : Padded(dtype, x, space.Batch, channels, axes);
        if (!isPadded) Native.Check(Native.GetData(padded.Handle, out x));
        long[] sizes = Sizes(space.Batch, channels, axes, axis => isPadded ? axis.Size : Extent(axis));
        using TorchView image = isGradient ? Swapped(x, dtype, sizes) : TorchView.Of(x, dtype, sizes);
        using var product = new TorchView(isGradient
            ? WeightGradient(space, dtype, axes, image, padding, weights, result)
            : Plain(dtype, axes, image, padding, weights, Sizes(outputs, space.Channels, axes, axis => axis.Window), space.Groups));
        sizes = Sizes(space.Batch, outputs, axes, axis => axis.Result);
        using TorchView to = isGradient ? Swapped(result, dtype, sizes) : TorchView.Of(result, dtype, sizes);
        Native.Check(Native.Copy(to.Handle, product.Handle, 0));
    }

    private static nint Plain(DType dtype, ConvAxis[] axes, TorchView x, long[] padding, byte* weights, long[] weightSizes, int groups)
    {
        using TorchView kernel = TorchView.Of(weights, dtype, weightSizes);
        long[] strides = Array.ConvertAll(axes, axis => axis.Stride), dilations = Array.ConvertAll(axes, axis => axis.Dilation);
        long[] none = new long[axes.Length];
        int n = axes.Length;
        fixed (long* stride = strides, pad = padding, dilation = dilations, zero = none)
        {
            Native.Check(Native.Convolution(x.Handle, kernel.Handle, null, stride, n, pad, n, dilation, n, 0, zero, n, groups, out nint result));
            return result;
        }
    }

    private static nint WeightGradient(ConvSpace space, DType dtype, ConvAxis[] axes, TorchView x, long[] padding, byte* gradient, byte* result)
    {
        using TorchView given = Swapped(gradient, dtype, Sizes(space.Outputs, space.Channels, axes, axis => axis.Window));
        // It is asked for its sizes only.
        using TorchView kernel = TorchView.Of(result, dtype, Sizes(space.Outputs, space.Batch, axes, axis => axis.Result));
        long[] steps = Array.ConvertAll(axes, axis => axis.Dilation), dilations = Array.ConvertAll(axes, axis => axis.Stride);
        long[] none = new long[axes.Length];
        int* wanted = stackalloc int[] { 0, 1, 0 };
        int n = axes.Length;
        fixed (long* stride = steps, pad = padding, dilation = dilations, zero = none)
        {
            Native.Check(Native.ConvolutionBackward(
                given.Handle, x.Handle, kernel.Handle, null, 0, stride, n, pad, n, dilation, n, 0, zero, n, 1, wanted, 3, out nint forX,
                out nint forWeights, out nint forBias));
            if (forX != 0) Native.Check(Native.Delete(forX));
            if (forBias != 0) Native.Check(Native.Delete(forBias));
            return forWeights;
        }
    }

    // The same padding on both sides, which LibTorch adds by itself.
    private static bool IsPadded(ConvAxis[] axes, bool isGradient, long[] padding)
    {
        for (int i = 0; i < axes.Length; i++)
        {
            ConvAxis axis = axes[i];
            if (axis.Spread != 1 || axis.Low is < 0 or > MostPadding) return false;
            bool fits = isGradient ? Fits(axis, axis.Result, axis.Stride, axis.Window, axis.Dilation)
                : Fits(axis, axis.Window, axis.Dilation, axis.Result, axis.Stride);
            if (!fits) return false;
            padding[i] = axis.Low;
        }
        return true;

        // LibTorch finds the size of the result itself.
        static bool Fits(ConvAxis axis, long window, long dilation, long result, long stride)
        {
            long room = axis.Size + 2 * axis.Low - (dilation * (window - 1) + 1);
            return room >= 0 && room / stride + 1 == result;
        }
    }

    // The image with the padding that it needs and with zeros between its elements.
    private static TorchView Padded(DType dtype, byte* x, long batch, long channels, ConvAxis[] axes)
    {
        long[] padded = Sizes(batch, channels, axes, axis => Extent(axis)), strides = new long[padded.Length];
        TorchView.RowMajor(padded, strides);
        long[] sizes = Sizes(batch, channels, axes, axis => axis.Size), ownStrides = new long[padded.Length];
        TorchView.RowMajor(sizes, ownStrides);
        TorchView result = Zeros(dtype, padded, strides);
        (long from, long to) = (0, 0);
        for (int i = 0; i < axes.Length; i++)
        {
            ConvAxis axis = axes[i];
            long first = axis.Low >= 0 ? 0 : (-axis.Low + axis.Spread - 1) / axis.Spread;
            long start = first * axis.Spread + axis.Low;
            sizes[2 + i] = start >= padded[2 + i] ? 0 : Math.Max(0, Math.Min(axis.Size - first, (padded[2 + i] - start - 1) / axis.Spread + 1));
            from += first * ownStrides[2 + i];
            to += start * strides[2 + i];
            strides[2 + i] *= axis.Spread;
        }
        if (Array.Exists(sizes, size => size == 0)) return result;
        Native.Check(Native.GetData(result.Handle, out byte* data));
        using TorchView source = TorchView.Of(x + from * dtype.Size(), dtype, sizes, ownStrides);
        using TorchView target = TorchView.Of(data + to * dtype.Size(), dtype, sizes, strides);
        Native.Check(Native.Copy(target.Handle, source.Handle, 0));
        return result;
    }

    // Row-major elements with the first two axes exchanged.
    private static TorchView Swapped(byte* data, DType dtype, long[] sizes)
    {
        long[] strides = new long[sizes.Length];
        TorchView.RowMajor(sizes, strides);
        return TorchView.Of(data, dtype, [sizes[1], sizes[0], .. sizes.AsSpan(2)], [strides[1], strides[0], .. strides.AsSpan(2)]);
    }

    // Windows may lie far apart in padding that is not there.
    private static bool IsMuchLarger(ConvSpace space, ConvAxis[] axes)
    {
        double padded = axes.Aggregate((double)space.Batch * space.Groups * space.Channels, (count, axis) => count * Extent(axis));
        return padded > MostPadding || padded > 16.0 * (SmallImage + (double)space.Batch * space.Groups * space.Channels * space.ImageSize);
    }

    private static long Extent(ConvAxis axis) => (axis.Result - 1) * axis.Stride + (axis.Window - 1) * axis.Dilation + 1;

    private static TorchView Zeros(DType dtype, long[] sizes, long[] strides)
    {
        fixed (long* size = sizes, stride = strides)
        {
            Native.Check(Native.Empty(sizes.Length, size, stride, TorchTypes.NumberOf(dtype), 0, 0, out nint handle));
            Native.Check(Native.Zero(handle));
            return new(handle);
        }
    }

    private static long[] Sizes(long first, long second, ConvAxis[] axes, Func<ConvAxis, long> size) => [first, second, .. axes.Select(size)];
}
