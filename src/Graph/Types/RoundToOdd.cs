using System.Globalization;
using System.Numerics;

namespace TensorGraph;

/// <summary>
/// Rounding to the neighbour whose last bit is 1, of a value between two numbers of a type. A value that is rounded so, to a type with two bits more
/// than the last one has, gives there what rounding it once gives (Boldo and Melquiond, 2008).
/// </summary>
internal static class RoundToOdd
{
    /// <summary>A double as a float.</summary>
    public static float Single(double value)
    {
        float near = (float)value;
        int bits = BitConverter.SingleToInt32Bits(near);
        if (near == value || double.IsNaN(value) || (bits & 1) != 0)
            return near;
        return BitConverter.Int32BitsToSingle(value > near == value > 0 ? bits + 1 : bits - 1);
    }

    /// <summary>An integer as a double: to a multiple of 2¹¹ where it may have more than 53 bits.</summary>
    public static double Double(long value)
    {
        const long Exact = 1L << 53, Step = 1L << 11;
        if (value is > -Exact and < Exact || (value & (Step - 1)) == 0)
            return value;
        return (value & -Step) | Step;
    }

    /// <summary>An integer as a double: to a multiple of 2¹¹ where it may have more than 53 bits.</summary>
    public static double Double(ulong value)
    {
        const ulong Exact = 1UL << 53, Step = 1UL << 11;
        return value < Exact || (value & (Step - 1)) == 0 ? value : (value & ~(Step - 1)) | Step;
    }

    /// <summary>A decimal number without a sign as a double.</summary>
    public static double Double(string number)
    {
        double near = double.Parse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture);
        long bits = BitConverter.DoubleToInt64Bits(near);
        if (near == 0 || double.IsInfinity(near) || (bits & 1) != 0)
            return near;
        string[] parts = number.Split('e', 'E');
        int point = parts[0].IndexOf('.', StringComparison.Ordinal);
        int tens = (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0) - (point < 0 ? 0 : parts[0].Length - point - 1);
        BigInteger digits = BigInteger.Parse(parts[0].Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

        // near = fraction · 2^twos
        const int Bits = 52, Bias = 1075;
        int exponent = (int)(bits >> Bits);
        BigInteger fraction = (bits & ((1L << Bits) - 1)) | (exponent > 0 ? 1L << Bits : 0);
        int twos = Math.Max(exponent, 1) - Bias;
        int order = (digits * BigInteger.Pow(10, Math.Max(tens, 0)) * BigInteger.Pow(2, Math.Max(-twos, 0)))
            .CompareTo(fraction * BigInteger.Pow(2, Math.Max(twos, 0)) * BigInteger.Pow(10, Math.Max(-tens, 0)));
        return BitConverter.Int64BitsToDouble(bits + order);
    }
}
