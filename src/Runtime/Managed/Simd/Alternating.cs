using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorGraph.Backends.Managed;

/// <summary>Takes lines whose elements alternate apart.</summary>
internal static unsafe class Alternating
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    private static readonly Vector512<int> s_even4 = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    private static readonly Vector512<long> s_even8 = Vector512.Create(0L, 2, 4, 6, 8, 10, 12, 14);

    /// <summary>even[i] = line[2i] and odd[i] = line[2i + 1] in each of several lines, of elements of 4 or 8 bytes.</summary>
    /// <param name="line">The first line.</param>
    /// <param name="step">Elements from one line to the next.</param>
    /// <param name="even">Takes elements 0, 2, ….</param>
    /// <param name="odd">Takes elements 1, 3, ….</param>
    /// <param name="pitch">Elements from one line to the next, in <paramref name="even"/> and <paramref name="odd"/>.</param>
    /// <param name="lines">How many lines.</param>
    /// <param name="pairs">Pairs of a line.</param>
    public static void Split<T>(T* line, long step, T* even, T* odd, long pitch, int lines, int pairs)
        where T : unmanaged
    {
        if (sizeof(T) == sizeof(float)) Split((float*)line, step, (float*)even, (float*)odd, pitch, lines, pairs);
        else Split((double*)line, step, (double*)even, (double*)odd, pitch, lines, pairs);
    }

    // The last register overlaps the one before it.
    [MethodImpl(Hot)]
    private static void Split(float* line, long step, float* even, float* odd, long pitch, int lines, int pairs)
    {
        int width = LaneSet.WidthFor(pairs, sizeof(float));
        if (width == 512 && Avx512F.IsSupported)
        {
            for (int l = 0; l < lines; l++, line += step, even += pitch, odd += pitch)
            {
                for (int i = 0; i < pairs; i += Vector512<float>.Count)
                {
                    int at = Math.Min(i, pairs - Vector512<float>.Count);
                    Vector512<float> low = Vector512.Load(line + 2 * at), high = Vector512.Load(line + 2 * at + Vector512<float>.Count);
                    Avx512F.PermuteVar16x32x2(low, s_even4, high).Store(even + at);
                    Avx512F.PermuteVar16x32x2(low, s_even4 + Vector512<int>.One, high).Store(odd + at);
                }
            }
        }
        else if (width >= 256 && Avx2.IsSupported)
        {
            for (int l = 0; l < lines; l++, line += step, even += pitch, odd += pitch)
            {
                for (int i = 0; i < pairs; i += Vector256<float>.Count)
                {
                    int at = Math.Min(i, pairs - Vector256<float>.Count);
                    Vector256<float> low = Vector256.Load(line + 2 * at), high = Vector256.Load(line + 2 * at + Vector256<float>.Count);
                    InOrder(Avx.Shuffle(low, high, 0b10_00_10_00)).Store(even + at);
                    InOrder(Avx.Shuffle(low, high, 0b11_01_11_01)).Store(odd + at);
                }
            }
        }
        else if (width >= 128 && Sse.IsSupported)
        {
            for (int l = 0; l < lines; l++, line += step, even += pitch, odd += pitch)
            {
                for (int i = 0; i < pairs; i += Vector128<float>.Count)
                {
                    int at = Math.Min(i, pairs - Vector128<float>.Count);
                    Vector128<float> low = Vector128.Load(line + 2 * at), high = Vector128.Load(line + 2 * at + Vector128<float>.Count);
                    Sse.Shuffle(low, high, 0b10_00_10_00).Store(even + at);
                    Sse.Shuffle(low, high, 0b11_01_11_01).Store(odd + at);
                }
            }
        }
        else
        {
            for (int l = 0; l < lines; l++, line += step, even += pitch, odd += pitch)
            {
                for (int i = 0; i < pairs; i++) (even[i], odd[i]) = (line[2 * i], line[2 * i + 1]);
            }
        }
    }

    [MethodImpl(Hot)]
    private static void Split(double* line, long step, double* even, double* odd, long pitch, int lines, int pairs)
    {
        int width = LaneSet.WidthFor(pairs, sizeof(double));
        if (width == 512 && Avx512F.IsSupported)
        {
            for (int l = 0; l < lines; l++, line += step, even += pitch, odd += pitch)
            {
                for (int i = 0; i < pairs; i += Vector512<double>.Count)
                {
                    int at = Math.Min(i, pairs - Vector512<double>.Count);
                    Vector512<double> low = Vector512.Load(line + 2 * at), high = Vector512.Load(line + 2 * at + Vector512<double>.Count);
                    Avx512F.PermuteVar8x64x2(low, s_even8, high).Store(even + at);
                    Avx512F.PermuteVar8x64x2(low, s_even8 + Vector512<long>.One, high).Store(odd + at);
                }
            }
        }
        else if (width >= 256 && Avx2.IsSupported)
        {
            for (int l = 0; l < lines; l++, line += step, even += pitch, odd += pitch)
            {
                for (int i = 0; i < pairs; i += Vector256<double>.Count)
                {
                    int at = Math.Min(i, pairs - Vector256<double>.Count);
                    Vector256<double> low = Vector256.Load(line + 2 * at), high = Vector256.Load(line + 2 * at + Vector256<double>.Count);
                    InOrder(Avx.UnpackLow(low, high)).Store(even + at);
                    InOrder(Avx.UnpackHigh(low, high)).Store(odd + at);
                }
            }
        }
        else
        {
            for (int l = 0; l < lines; l++, line += step, even += pitch, odd += pitch)
            {
                for (int i = 0; i < pairs; i++) (even[i], odd[i]) = (line[2 * i], line[2 * i + 1]);
            }
        }
    }

    // The middle quarters change places.
    private static Vector256<float> InOrder(Vector256<float> mixed) => InOrder(mixed.AsDouble()).AsSingle();

    private static Vector256<double> InOrder(Vector256<double> mixed) => Avx2.Permute4x64(mixed, 0b11_01_10_00);
}
