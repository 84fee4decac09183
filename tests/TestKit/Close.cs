using System.Globalization;

namespace TensorGraph.Tests;

/// <summary>Comparisons of floating-point results: by units in the last place, or by absolute plus relative tolerance.</summary>
public static class Close
{
    /// <summary>
    /// How many representable numbers lie between the two; 0 for +0 and -0 and for two NaNs, <see cref="long.MaxValue"/> for one NaN.
    /// </summary>
    public static long Ulps(float a, float b) =>
        float.IsNaN(a) || float.IsNaN(b)
            ? float.IsNaN(a) && float.IsNaN(b) ? 0 : long.MaxValue
            : Math.Abs(Order(BitConverter.SingleToInt32Bits(a)) - Order(BitConverter.SingleToInt32Bits(b)));

    /// <inheritdoc cref="Ulps(float, float)"/>
    public static ulong Ulps(double a, double b)
    {
        if (double.IsNaN(a) || double.IsNaN(b))
        {
            return double.IsNaN(a) && double.IsNaN(b) ? 0 : ulong.MaxValue;
        }

        long x = Order(BitConverter.DoubleToInt64Bits(a));
        long y = Order(BitConverter.DoubleToInt64Bits(b));
        return x > y ? (ulong)x - (ulong)y : (ulong)y - (ulong)x;
    }

    public static void WithinUlps(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, long ulps)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (Ulps(expected[i], actual[i]) > ulps)
            {
                Fail(i, expected[i], actual[i], $"{Ulps(expected[i], actual[i])} ulp apart, allowed are {ulps}");
            }
        }
    }

    /// <summary>|actual - expected| ≤ absolute + relative·|expected|. Equal infinities and two NaNs agree.</summary>
    public static void Within(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double relative = 1e-5, double absolute = 1e-6)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Within((double)expected[i], actual[i], relative, absolute, i);
        }
    }

    /// <inheritdoc cref="Within(ReadOnlySpan{float}, ReadOnlySpan{float}, double, double)"/>
    public static void Within(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double relative = 1e-9, double absolute = 1e-12)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Within(expected[i], actual[i], relative, absolute, i);
        }
    }

    /// <inheritdoc cref="Within(ReadOnlySpan{float}, ReadOnlySpan{float}, double, double)"/>
    public static void Within(double expected, double actual, double relative, double absolute, int index = 0)
    {
        // Equals, unlike ==, holds for two NaNs.
        if (expected.Equals(actual) || expected == actual)
        {
            return;
        }

        double difference = Math.Abs(actual - expected);
        double allowed = absolute + relative * Math.Abs(expected);
        if (!(difference <= allowed) || double.IsInfinity(expected))
        {
            Fail(index, expected, actual, string.Create(CultureInfo.InvariantCulture, $"{difference:g4} apart, allowed are {allowed:g4}"));
        }
    }

    // Two's complement order of the bits, so that neighbouring numbers are neighbouring integers on both sides of zero.
    private static long Order(int bits) => bits < 0 ? int.MinValue - (long)bits : bits;

    private static long Order(long bits) => bits < 0 ? long.MinValue - bits : bits;

    private static void Fail(int index, double expected, double actual, string reason) =>
        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"[{index}]: expected {expected:r}, got {actual:r}: {reason}"));
}
