using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// The matrix that turns a convolution into a product: row (channel, tap) and column (position) hold the input element which
/// that tap sees at that position. It never exists as a whole; slivers of it are cut from the image as they are packed.
/// </summary>
internal readonly unsafe struct Patches<T>(T* image, ConvAxis depth, ConvAxis height, ConvAxis width) : IPanels<T>
    where T : unmanaged
{
    public T* InPlace => null;

    public nint RowStride => 0;

    public void Pack(T* to, nint row, int rows, nint column, int count, int pitch)
    {
        int taps = depth.Window * height.Window * width.Window;
        for (int k = (int)row; k < (int)row + rows; k++, to += pitch)
        {
            int tap = k % taps;
            int tapX = tap % width.Window;
            int tapY = tap / width.Window % height.Window;
            int tapZ = tap / (width.Window * height.Window);
            T* channel = image + (nint)(k / taps) * depth.Size * height.Size * width.Size;
            int i = 0;
            while (i < count)
            {
                // One run of positions within a result row.
                int at = (int)column + i;
                int x = at % width.Result;
                int y = at / width.Result % height.Result;
                int z = at / (width.Result * height.Result);
                int run = Math.Min(count - i, width.Result - x);
                int fromZ = depth.Tap(z, tapZ);
                int fromY = height.Tap(y, tapY);
                if (fromZ < 0 || fromY < 0) new Span<T>(to + i, run).Clear();
                else PackRow(channel + ((nint)fromZ * height.Size + fromY) * width.Size, to + i, x, run, tapX);
                i += run;
            }
            new Span<T>(to + count, pitch - count).Clear();
        }
    }

    private void PackRow(T* line, T* to, int x, int run, int tap)
    {
        if (width.Stride == 1 && width.Spread == 1)
        {
            int first = x + tap * width.Dilation - width.Low;
            int zerosBefore = Math.Clamp(-first, 0, run);
            int inside = Math.Clamp(width.Size - Math.Max(first, 0), 0, run - zerosBefore);
            new Span<T>(to, zerosBefore).Clear();
            new Span<T>(line + Math.Max(first, 0), inside).CopyTo(new Span<T>(to + zerosBefore, inside));
            new Span<T>(to + zerosBefore + inside, run - zerosBefore - inside).Clear();
            return;
        }
        for (int i = 0; i < run; i++)
        {
            int at = width.Tap(x + i, tap);
            to[i] = at < 0 ? default : line[at];
        }
    }
}
