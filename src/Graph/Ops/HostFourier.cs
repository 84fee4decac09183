using System.Numerics;

namespace TensorGraph.Ir;

/// <summary>Discrete Fourier transforms on the host, in n·log n for every n.</summary>
internal static class HostFourier
{
    /// <summary>Σₖ xₖ·e^(∓2πi·jk / n); + for the inverse one, which is not divided by n.</summary>
    public static Complex[] Transform(Complex[] x, bool inverse)
    {
        if (x.Length <= 1)
            return x;
        if (BitOperations.IsPow2(x.Length))
        {
            InPlace(x, inverse);
            return x;
        }

        return Bluestein(x, inverse);
    }

    // A transform of any length as a convolution, which has a length that is a power of two.
    private static Complex[] Bluestein(Complex[] x, bool inverse)
    {
        int n = x.Length, size = (int)BitOperations.RoundUpToPowerOf2((uint)((2 * n) - 1));
        Complex[] chirp = new Complex[n], a = new Complex[size], b = new Complex[size];
        for (int k = 0; k < n; k++)
        {
            // k² modulo 2n keeps the angle small.
            chirp[k] = Unit((inverse ? 1 : -1) * Math.PI * ((long)k * k % (2L * n)) / n);
            a[k] = x[k] * chirp[k];
            b[k] = Complex.Conjugate(chirp[k]);
            if (k > 0)
                b[size - k] = b[k];
        }

        InPlace(a, inverse: false);
        InPlace(b, inverse: false);
        for (int k = 0; k < size; k++)
            a[k] *= b[k];
        InPlace(a, inverse: true);
        var result = new Complex[n];
        for (int k = 0; k < n; k++)
            result[k] = a[k] * chirp[k] / size;
        return result;
    }

    private static void InPlace(Complex[] x, bool inverse)
    {
        int n = x.Length, bits = BitOperations.Log2((uint)n);
        for (int i = 0; i < n; i++)
        {
            int other = 0;
            for (int bit = 0; bit < bits; bit++)
                other |= ((i >> bit) & 1) << (bits - 1 - bit);
            if (other > i)
                (x[i], x[other]) = (x[other], x[i]);
        }

        for (int half = 1; half < n; half *= 2)
        {
            var twiddles = new Complex[half];
            for (int k = 0; k < half; k++)
                twiddles[k] = Unit((inverse ? 1 : -1) * Math.PI * k / half);
            for (int start = 0; start < n; start += 2 * half)
            {
                for (int k = 0; k < half; k++)
                {
                    Complex even = x[start + k], odd = x[start + k + half] * twiddles[k];
                    (x[start + k], x[start + k + half]) = (even + odd, even - odd);
                }
            }
        }
    }

    private static Complex Unit(double angle) => new(Math.Cos(angle), Math.Sin(angle));
}
