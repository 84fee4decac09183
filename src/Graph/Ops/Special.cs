namespace TensorGraph.Ir;

/// <summary>Functions that <see cref="Math"/> lacks, to double precision.</summary>
internal static class Special
{
    /// <summary>eˣ − 1 = 2·sinh(x/2)·e^(x/2) loses nothing near 0 (Math.Sinh is exact there).</summary>
    public static double Expm1(double x) => Math.Abs(x) < 1 ? (x == 0 ? x : 2 * Math.Sinh(x / 2) * Math.Exp(x / 2)) : Math.Exp(x) - 1;

    /// <summary>log(1 + x), corrected for what rounding 1 + x loses (Kahan): log(u)·x/(u − 1) with u = 1 + x.</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : double.IsPositiveInfinity(u) ? u : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>2Φ(√2·x) − 1: near 0 the series alone, elsewhere from the tail.</summary>
    public static double Erf(double x) =>
        Math.Abs(x) < 0.7 ? 2 * Central(x * Math.Sqrt(2)) : Math.CopySign(1 - (2 * NormalCdf(-Math.Abs(x) * Math.Sqrt(2))), x);

    /// <summary>Φ(x), near 0 by a series, else by Laplace's continued fraction x + 1/(x + 2/(x + …)) of the tail.</summary>
    public static double NormalCdf(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (x > 1)
            return 1 - NormalCdf(-x);
        if (x >= -1)
            return 0.5 + Central(x);
        if (x < -40)
            return 0;
        double fraction = -x;
        for (int k = 400; k > 0; k--)
            fraction = (k / fraction) - x;
        return ExpOfSquare(-0.5, x) / Math.Sqrt(2 * Math.PI) / fraction;
    }

    // Φ(x) − ½ = e^(−x²/2)/√(2π) · (x + x³/3 + x⁵/(3·5) + …); all terms have one sign.
    private static double Central(double x)
    {
        double term = x, sum = x;
        for (int n = 3; Math.Abs(term) > 1e-18 * Math.Abs(sum); n += 2)
        {
            term *= x * x / n;
            sum += term;
        }

        return ExpOfSquare(-0.5, x) / Math.Sqrt(2 * Math.PI) * sum;
    }

    // e^(f·x²): what rounding x² loses is put back.
    private static double ExpOfSquare(double f, double x)
    {
        double square = x * x;
        return Math.Exp(f * square) * (1 + (f * Math.FusedMultiplyAdd(x, x, -square)));
    }

    /// <summary>One block of Philox4x32-10: four 32-bit words of the counter (counter, 0) under a key.</summary>
    public static int[] Philox(ulong key, ulong counter)
    {
        const ulong M0 = 0xD2511F53, M1 = 0xCD9E8D57;
        const uint W0 = 0x9E3779B9, W1 = 0xBB67AE85;
        uint x0 = (uint)counter, x1 = (uint)(counter >> 32), x2 = 0, x3 = 0, k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = M0 * x0, p1 = M1 * x2;
            (x0, x1, x2, x3) = ((uint)(p1 >> 32) ^ x1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ x3 ^ k1, (uint)p0);
            k0 = unchecked(k0 + W0);
            k1 = unchecked(k1 + W1);
        }

        return [unchecked((int)x0), unchecked((int)x1), unchecked((int)x2), unchecked((int)x3)];
    }
}
