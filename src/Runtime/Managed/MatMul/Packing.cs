using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorGraph.Backends.Managed;

/// <summary>Copies blocks of a strided matrix into the order in which the micro kernel reads them.</summary>
internal static unsafe class Packing
{
    /// <summary>
    /// to[k·width + i] = from[k·depthStride + i·stride] for k below depth and i below count, zeros up to width.
    /// Serves a (i is a row) and b (i is a column). Strides count elements.
    /// </summary>
    public static void Pack<T>(T* from, nint stride, nint depthStride, T* to, int count, int width, int depth)
        where T : unmanaged
    {
        if (stride == 1)
        {
            PackContiguous(from, depthStride, to, count, width, depth);
            return;
        }
        if (depthStride == 1)
        {
            Transpose(from, stride, to, width, count, depth);
        }
        else
        {
            for (int k = 0; k < depth; k++)
            {
                for (int i = 0; i < count; i++) to[(nint)k * width + i] = from[i * stride + k * depthStride];
            }
        }
        if (count == width) return;
        for (int k = 0; k < depth; k++) new Span<T>(to + (nint)k * width + count, width - count).Clear();
    }

    /// <summary>to[k·toStride + i] = from[i·fromStride + k] for k below depth and i below count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose<T>(T* from, nint fromStride, T* to, nint toStride, int count, int depth)
        where T : unmanaged
    {
        int side = sizeof(T) switch { 4 => 8, 8 => 4, _ => 0 };
        if (side > 0 && Avx.IsSupported && count >= side && depth >= side)
        {
            // The last block overlaps the one before it rather than going element by element.
            for (int k = 0; k < depth; k += side)
            {
                int row = Math.Min(k, depth - side);
                for (int i = 0; i < count; i += side)
                {
                    int at = Math.Min(i, count - side);
                    T* block = from + at * fromStride + row, target = to + row * toStride + at;
                    if (sizeof(T) == 4) Transpose8((float*)block, fromStride, (float*)target, toStride);
                    else Transpose4((double*)block, fromStride, (double*)target, toStride);
                }
            }
            return;
        }
        for (int k = 0; k < depth; k++)
        {
            for (int i = 0; i < count; i++) to[k * toStride + i] = from[i * fromStride + k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackContiguous<T>(T* from, nint depthStride, T* to, int count, int width, int depth)
        where T : unmanaged
    {
        int vector = Vector256<T>.Count;
        for (int k = 0; k < depth; k++, from += depthStride, to += width)
        {
            int i = 0;
            for (; i + vector <= count; i += vector) Vector256.Load(from + i).Store(to + i);
            for (; i < count; i++) to[i] = from[i];
            for (; i < width; i++) to[i] = default;
        }
    }

    /// <summary>Eight rows of eight floats into eight columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8(float* from, nint fromStride, float* to, nint toStride)
    {
        Vector256<float> r0 = Vector256.Load(from), r1 = Vector256.Load(from + fromStride);
        Vector256<float> r2 = Vector256.Load(from + 2 * fromStride), r3 = Vector256.Load(from + 3 * fromStride);
        Vector256<float> r4 = Vector256.Load(from + 4 * fromStride), r5 = Vector256.Load(from + 5 * fromStride);
        Vector256<float> r6 = Vector256.Load(from + 6 * fromStride), r7 = Vector256.Load(from + 7 * fromStride);
        Vector256<float> a0 = Avx.UnpackLow(r0, r1), a1 = Avx.UnpackHigh(r0, r1), a2 = Avx.UnpackLow(r2, r3), a3 = Avx.UnpackHigh(r2, r3);
        Vector256<float> a4 = Avx.UnpackLow(r4, r5), a5 = Avx.UnpackHigh(r4, r5), a6 = Avx.UnpackLow(r6, r7), a7 = Avx.UnpackHigh(r6, r7);
        Vector256<float> b0 = Avx.Shuffle(a0, a2, 0x44), b1 = Avx.Shuffle(a0, a2, 0xEE), b2 = Avx.Shuffle(a1, a3, 0x44), b3 =
            Avx.Shuffle(a1, a3, 0xEE);
        Vector256<float> b4 = Avx.Shuffle(a4, a6, 0x44), b5 = Avx.Shuffle(a4, a6, 0xEE), b6 = Avx.Shuffle(a5, a7, 0x44), b7 =
            Avx.Shuffle(a5, a7, 0xEE);
        Avx.Permute2x128(b0, b4, 0x20).Store(to);
        Avx.Permute2x128(b1, b5, 0x20).Store(to + toStride);
        Avx.Permute2x128(b2, b6, 0x20).Store(to + 2 * toStride);
        Avx.Permute2x128(b3, b7, 0x20).Store(to + 3 * toStride);
        Avx.Permute2x128(b0, b4, 0x31).Store(to + 4 * toStride);
        Avx.Permute2x128(b1, b5, 0x31).Store(to + 5 * toStride);
        Avx.Permute2x128(b2, b6, 0x31).Store(to + 6 * toStride);
        Avx.Permute2x128(b3, b7, 0x31).Store(to + 7 * toStride);
    }

    /// <summary>Four rows of four doubles into four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose4(double* from, nint fromStride, double* to, nint toStride)
    {
        Vector256<double> r0 = Vector256.Load(from), r1 = Vector256.Load(from + fromStride);
        Vector256<double> r2 = Vector256.Load(from + 2 * fromStride), r3 = Vector256.Load(from + 3 * fromStride);
        Vector256<double> a0 = Avx.UnpackLow(r0, r1), a1 = Avx.UnpackHigh(r0, r1), a2 = Avx.UnpackLow(r2, r3), a3 = Avx.UnpackHigh(r2, r3);
        Avx.Permute2x128(a0, a2, 0x20).Store(to);
        Avx.Permute2x128(a1, a3, 0x20).Store(to + toStride);
        Avx.Permute2x128(a0, a2, 0x31).Store(to + 2 * toStride);
        Avx.Permute2x128(a1, a3, 0x31).Store(to + 3 * toStride);
    }
}
