using System.Numerics;
using System.Runtime.InteropServices;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Convolution that adds tap after tap, row by row: for integers, for few taps where there is nothing to multiply as matrices, and for images that
/// are mostly padding.
/// </summary>
internal static unsafe class DirectConv
{
    // A sum of more taps than this, one after the other, loses accuracy.
    private const int FewTaps = 128;

    /// <summary>True for one channel and one output, as in a depthwise convolution, and where an image with its padding is too large.</summary>
    public static bool Serves(ConvSpace space) =>
        (space.Outputs == 1 && space.Channels == 1 && space.Taps <= FewTaps) || ConvImage.IsMostlyPadding(space);

    /// <summary>One group of one image.</summary>
    public static void Run<T>(ConvSpace space, T* image, T* weights, T* result)
        where T : unmanaged, INumber<T>
    {
        (ConvAxis depth, ConvAxis height, ConvAxis width) = (space.Depth, space.Height, space.Width);
        NativeMemory.Clear(result, (nuint)space.Outputs * (nuint)space.Positions * (nuint)sizeof(T));
        for (int output = 0; output < space.Outputs; output++)
        {
            for (int channel = 0; channel < space.Channels; channel++)
            {
                T* plane = image + (nint)channel * space.ImageSize;
                for (int tap = 0; tap < space.Taps; tap++)
                {
                    T weight = *weights++;
                    (int tapZ, int tapY, int tapX) = space.TapAt(tap);
                    for (int z = 0; z < depth.Result; z++)
                    {
                        int fromZ = depth.Tap(z, tapZ);
                        if (fromZ < 0) continue;
                        for (int y = 0; y < height.Result; y++)
                        {
                            int fromY = height.Tap(y, tapY);
                            if (fromY < 0) continue;
                            T* line = plane + ((nint)fromZ * height.Size + fromY) * width.Size;
                            T* to = result + (nint)output * space.Positions + ((nint)z * height.Result + y) * width.Result;
                            AddTap(line, to, weight, width, tapX);
                        }
                    }
                }
            }
        }
    }

    /// <summary>to[x] += weight · the element that the tap sees at x.</summary>
    private static void AddTap<T>(T* line, T* to, T weight, ConvAxis axis, int tap)
        where T : unmanaged, INumber<T>
    {
        int x = 0;
        if (axis.Stride == 1 && axis.Spread == 1)
        {
            long shift = tap * axis.Dilation - axis.Low;
            x = (int)Math.Clamp(-shift, 0, axis.Result);
            int end = (int)Math.Clamp(axis.Size - shift, 0, axis.Result);
            var factor = new Vector<T>(weight);
            for (; x + Vector<T>.Count <= end; x += Vector<T>.Count)
                (Vector.Load(to + x) + factor * Vector.Load(line + x + shift)).Store(to + x);
            for (; x < end; x++) to[x] = unchecked(to[x] + weight * line[x + shift]);
            return;
        }
        for (; x < axis.Result; x++)
        {
            int at = axis.Tap(x, tap);
            if (at >= 0) to[x] = unchecked(to[x] + weight * line[at]);
        }
    }
}
