using System.Runtime.CompilerServices;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// One image as convolution kernels read it: every tap of every position lies in memory, at its own distance from the image's first element. An
/// image without padding and gaps is read in place; any other is copied, channel by channel, with zeros around and between its elements.
/// </summary>
internal sealed unsafe class ConvImage
{
    // Elements of a channel whose copy costs little, whatever is computed of it.
    private const double SmallCopy = 1 << 24;

    private readonly ConvSpace _space;
    private readonly int _size;
    private readonly long _row;
    private readonly long _plane;
    private readonly long _fromPlane;
    private readonly long _fromChannel;

    // For each row of the padded image, all planes of it counted: the place of its elements in a channel; -1 for a row of zeros.
    private readonly long[] _sources;

    /// <param name="space">Sizes of the convolution.</param>
    /// <param name="isBatchFolded">The depth axis of <paramref name="space"/> is the batch.</param>
    /// <param name="size">Bytes of an element.</param>
    public ConvImage(ConvSpace space, bool isBatchFolded, int size)
    {
        _space = space;
        _size = size;
        long area = (long)space.Height.Size * space.Width.Size;
        _fromPlane = isBatchFolded ? space.Channels * area : area;
        _fromChannel = isBatchFolded ? area : space.Depth.Size * area;
        IsInPlace = IsCovered(space.Depth) && IsCovered(space.Height) && IsCovered(space.Width);
        _row = IsInPlace ? space.Width.Size : Extent(space.Width);
        _plane = IsInPlace ? _fromPlane : Extent(space.Height) * _row;
        ChannelBytes = size * (IsInPlace ? _fromChannel : Extent(space.Depth) * _plane);
        _sources = IsInPlace ? [] : Sources(space);
    }

    public bool IsInPlace { get; }

    /// <summary>True when a copy with padding would take more time than the products, or has no place in memory.</summary>
    public static bool IsMostlyPadding(ConvSpace space)
    {
        double copy = (double)Extent(space.Depth) * Extent(space.Height) * Extent(space.Width);
        double products = (double)space.Outputs * space.Taps * space.Positions;
        return copy > (double)Math.Max(space.ImageSize, SmallCopy) && (copy > products || copy > int.MaxValue);
    }

    /// <summary>Distance of two channels.</summary>
    public long ChannelBytes { get; }

    /// <summary>Distance of the element that the first tap sees at a position, in bytes.</summary>
    public long OffsetOf(int position)
    {
        int x = position % _space.Width.Result, y = position / _space.Width.Result % _space.Height.Result;
        int z = position / (_space.Width.Result * _space.Height.Result);
        return _size * (z * _space.Depth.Stride * _plane + y * _space.Height.Stride * _row + x * _space.Width.Stride);
    }

    /// <summary>
    /// Distance of each tap from the first one in bytes, for a number of channels: all taps of a channel, then the next channel, or all channels of a
    /// row of the window, then the next row.
    /// </summary>
    public nint[] TapOffsets(int channels, bool isByRow)
    {
        var offsets = new nint[channels * _space.Taps];
        for (int channel = 0; channel < channels; channel++)
        {
            for (int tap = 0; tap < _space.Taps; tap++)
            {
                (int tapZ, int tapY, int tapX) = _space.TapAt(tap);
                offsets[isByRow ? _space.ByRow(channel, tap) : channel * _space.Taps + tap] = (nint)(channel * ChannelBytes + _size * (
                    tapZ * _space.Depth.Dilation * _plane + tapY * _space.Height.Dilation * _row + tapX * _space.Width.Dilation));
            }
        }
        return offsets;
    }

    /// <summary>Rows of the window, all planes of it counted, of which some positions see more than padding.</summary>
    public (int From, int End) RowsSeen(int firstPosition, int endPosition)
    {
        int rows = _space.Taps / _space.Width.Window, from = rows, end = 0;
        int last = (endPosition - 1) / _space.Width.Result;
        for (int line = firstPosition / _space.Width.Result; line <= last; line++)
        {
            int y = line % _space.Height.Result, z = line / _space.Height.Result;
            for (int row = 0; row < rows; row++)
            {
                if (_space.Height.Tap(y, row % _space.Height.Window) < 0 || _space.Depth.Tap(z, row / _space.Height.Window) < 0) continue;
                (from, end) = (Math.Min(from, row), Math.Max(end, row + 1));
            }
        }
        return (Math.Min(from, end), end);
    }

    /// <summary>Rows of the padded image, all planes of it counted, that positions see.</summary>
    public (long From, long End) LinesSeen(int firstPosition, int endPosition)
    {
        long lines = Extent(_space.Height);
        long last = (_space.Depth.Window - 1) * _space.Depth.Dilation * lines + (_space.Height.Window - 1) * _space.Height.Dilation;
        return (Line(firstPosition), Line(endPosition - 1) + last + 1);

        long Line(int position)
        {
            int line = position / _space.Width.Result;
            return line / _space.Height.Result * _space.Depth.Stride * lines + line % _space.Height.Result * _space.Height.Stride;
        }
    }

    /// <summary>Copies channels of the image at <paramref name="image"/> with its padding, of each channel only some rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Copy<T>(T* image, int firstChannel, int channels, (long From, long End) lines, T* to)
        where T : unmanaged
    {
        ConvAxis width = _space.Width;
        long all = _sources.Length;
        for (int channel = firstChannel; channel < firstChannel + channels; channel++, to += all * _row)
        {
            T* from = image + channel * _fromChannel;
            for (long line = lines.From; line < lines.End; line++)
            {
                var row = new Span<T>(to + line * _row, (int)_row);
                if (_sources[line] < 0) row.Clear();
                else CopyRow(from + _sources[line], row, width);
            }
        }
    }

    private long[] Sources(ConvSpace space)
    {
        long rows = Extent(space.Height);
        var sources = new long[Extent(space.Depth) * rows];
        for (long line = 0; line < sources.Length; line++)
        {
            int z = space.Depth.Element(line / rows), y = space.Height.Element(line % rows);
            sources[line] = z < 0 || y < 0 ? -1 : z * _fromPlane + (long)y * space.Width.Size;
        }
        return sources;
    }

    private static void CopyRow<T>(T* from, Span<T> to, ConvAxis width)
        where T : unmanaged
    {
        int zeros = (int)Math.Clamp(width.Low, 0, to.Length);
        if (width.Spread == 1)
        {
            long skipped = Math.Max(0, -width.Low);
            int count = (int)Math.Clamp(width.Size - skipped, 0, to.Length - zeros);
            to[..zeros].Clear();
            new Span<T>(from + skipped, count).CopyTo(to[zeros..]);
            to[(zeros + count)..].Clear();
            return;
        }
        to.Clear();
        long first = width.Low >= 0 ? 0 : (-width.Low + width.Spread - 1) / width.Spread;
        for (long i = first, at = width.Low + first * width.Spread; i < width.Size && at < to.Length; i++, at += width.Spread) to[(int)at] = from[i];
    }

    // Elements, with padding and gaps, that windows see along an axis.
    private static long Extent(ConvAxis axis) => (axis.Result - 1) * axis.Stride + (axis.Window - 1) * axis.Dilation + 1;

    private static bool IsCovered(ConvAxis axis) => axis.Low == 0 && axis.Spread == 1 && Extent(axis) <= axis.Size;
}
