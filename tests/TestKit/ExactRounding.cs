using System.Numerics;

namespace TensorGraph.Tests;

/// <summary>Rounding to nearest even in exact integer arithmetic, and the values at which it can go wrong.</summary>
public static class ExactRounding
{
    // Every double is a whole multiple of 2⁻¹⁰⁷⁴.
    private const int Unit = 1074;

    /// <summary>Pairs of dtypes between which a cast rounds.</summary>
    public static IEnumerable<(DType From, DType To)> Casts =>
    [
        (DType.F64, DType.F16), (DType.F64, DType.BF16), (DType.F64, DType.F32), (DType.F32, DType.F16), (DType.F32, DType.BF16),
        (DType.I64, DType.F16), (DType.I64, DType.BF16), (DType.I64, DType.F32), (DType.I64, DType.F64), (DType.I32, DType.F16),
        (DType.I32, DType.BF16), (DType.I32, DType.F32), (DType.F16, DType.BF16), (DType.BF16, DType.F16),
    ];

    /// <summary>Numbers of a dtype about the middles between numbers of another one, and at the ends of its range.</summary>
    public static Literal Samples(DType from, DType to)
    {
        if (!from.IsFloat()) return Integers(from, to);
        double[] values = [.. Doubles(to)];
        return Literal.FromDoubles(new TensorType(from, [values.Length]), i => values[i]);
    }

    /// <summary>The result of a cast of an element.</summary>
    public static double Cast(Literal value, long index, DType to)
    {
        if (!value.Type.DType.IsFloat()) return Round(new BigInteger(value.GetLong(index)) << Unit, isNegative: value.GetLong(index) < 0, to);
        double x = value.GetDouble(index);
        if (!double.IsFinite(x)) return x;
        return Round(Exact(x), double.IsNegative(x), to);
    }

    private static double Round(BigInteger exact, bool isNegative, DType to)
    {
        BigInteger magnitude = BigInteger.Abs(exact);
        (long infinity, _) = Format(to);
        // The last number that is not above it, among all from 0 on.
        long low = 0, high = infinity;
        while (high - low > 1)
        {
            long middle = low + ((high - low) / 2);
            if (Exact(Number(middle, to)) <= magnitude) low = middle;
            else high = middle;
        }
        // Infinity takes what the number after the largest one would.
        BigInteger above = low + 1 == infinity ? (2 * Exact(Number(low, to))) - Exact(Number(low - 1, to)) : Exact(Number(low + 1, to));
        int side = (2 * magnitude).CompareTo(Exact(Number(low, to)) + above);
        long nearest = side < 0 || (side == 0 && (low & 1) == 0) ? low : low + 1;
        double rounded = nearest == infinity ? double.PositiveInfinity : Number(nearest, to);
        return isNegative ? -rounded : rounded;
    }

    private static IEnumerable<double> Doubles(DType to)
    {
        (long infinity, long step) = Format(to);
        foreach (double edge in (double[])[0, double.NaN, double.PositiveInfinity, double.Epsilon, double.MaxValue, float.MaxValue, float.Epsilon, 1e-40, 1e39])
        {
            yield return edge;
            yield return -edge;
        }
        for (long at = 0; at < infinity; at += at is > 5 && at < infinity - 5 ? step : 1)
        {
            double number = Number(at, to), next = at + 1 == infinity ? (2 * number) - Number(at - 1, to) : Number(at + 1, to);
            double middle = to == DType.F64 ? number : number + ((next - number) / 2), quarter = (next - number) / 4;
            double sign = at % 3 == 0 ? -1 : 1;
            double[] near =
            [
                middle, Math.BitIncrement(middle), Math.BitDecrement(middle), middle * (1 + 9.094947017729282e-13), middle * (1 - 9.094947017729282e-13), middle + (quarter * 3.814697265625e-06),
                middle - (quarter * 3.814697265625e-06), number, Math.BitIncrement(number), number + quarter,
            ];
            foreach (double one in near) yield return sign * one;
        }
    }

    private static Literal Integers(DType from, DType to)
    {
        var values = new List<long> { 0, 1, -1, int.MaxValue, int.MinValue };
        long most = from == DType.I32 ? int.MaxValue : long.MaxValue;
        if (from == DType.I64) values.AddRange([long.MaxValue, long.MinValue, long.MaxValue - 1, long.MinValue + 1, long.MaxValue - 512, long.MaxValue - 513]);
        foreach (double sample in Doubles(to))
        {
            if (!double.IsFinite(sample) || Math.Abs(sample) >= most) continue;
            long whole = (long)sample;
            foreach (long near in (long[])[whole, whole + 1, whole - 1]) values.Add(near);
        }
        // Between the numbers of a float that an integer goes through on its way.
        for (int bits = 24; bits < (from == DType.I32 ? 31 : 63); bits++)
        {
            for (int digits = 7; digits < 12; digits++)
            {
                long tie = (1L << bits) + (1L << (bits - digits));
                foreach (long near in (long[])[tie, tie + 1, tie - 1]) values.AddRange([near, -near]);
            }
        }
        return Literal.FromLongs(new TensorType(from, [values.Count]), i => values[(int)i]);
    }

    // The bits of infinity, and how far apart samples of the numbers below are.
    private static (long Infinity, long Step) Format(DType dtype) => dtype switch
    {
        DType.F16 => (0x7C00, 97),
        DType.BF16 => (0x7F80, 97),
        DType.F32 => (0x7F80_0000, 5_000_011),
        _ => (0x7FF0_0000_0000_0000, 0x17_0000_0000_0001),
    };

    private static double Number(long bits, DType dtype) => dtype switch
    {
        DType.F16 => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
        DType.BF16 => BitConverter.UInt32BitsToSingle((uint)bits << 16),
        DType.F32 => BitConverter.UInt32BitsToSingle((uint)bits),
        _ => BitConverter.UInt64BitsToDouble((ulong)bits),
    };

    private static BigInteger Exact(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value), fraction = bits & ((1L << 52) - 1);
        int exponent = (int)(bits >> 52 & 0x7FF);
        BigInteger magnitude = exponent == 0 ? fraction : new BigInteger(fraction | 1L << 52) << (exponent - 1);
        return value < 0 ? -magnitude : magnitude;
    }
}
