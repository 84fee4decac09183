namespace TensorGraph.Tests;

/// <summary>Functions that <see cref="Math"/> lacks, in double precision, each by a formula that holds wherever it is used.</summary>
internal static class Reference
{
    private static readonly double SqrtHalf = Math.Sqrt(0.5);

    /// <summary>(u − 1)·x/log u with u = eˣ rounded (Kahan).</summary>
    public static double Expm1(double x)
    {
        double u = Math.Exp(x);
        double difference = u - 1;
        return u == 1 ? x : difference == -1 ? -1 : double.IsInfinity(u) ? u : difference * (x / Math.Log(u));
    }

    /// <summary>x·log u/(u − 1) with u = 1 + x rounded (Kahan).</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : double.IsPositiveInfinity(u) ? u : Math.Log(u) * (x / (u - 1));
    }

    public static double Sigmoid(double x) => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x));

    public static double Silu(double x) =>
        double.IsNegativeInfinity(x) ? 0 : x < 0 ? x * Math.Exp(x / 2) * Math.Exp(x / 2) / (1 + Math.Exp(x)) : x * Sigmoid(x);

    public static double Softplus(double x) => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x)));

    /// <summary>The series near 0, else 1 − 2Φ.</summary>
    public static double Erf(double x) => Math.Abs(x) < 0.7 ? Series(x / SqrtHalf) * 2 : Math.CopySign(1 - 2 * NormalCdf(-Math.Abs(x) / SqrtHalf), x);

    /// <summary>Laplace's continued fraction of Mills' ratio far from 0, the series near it.</summary>
    public static double NormalCdf(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x > 1) return 1 - NormalCdf(-x);
        if (x > -1) return 0.5 + Series(x);
        if (x < -40) return 0;
        double fraction = -x;
        for (int k = 400; k > 0; k--) fraction = k / fraction - x;
        return Density(x) / fraction;
    }

    /// <summary>e^(−x²/2)/√(2π), with x² in two parts.</summary>
    public static double Density(double x)
    {
        double square = x * x;
        double lost = Math.FusedMultiplyAdd(x, x, -square);
        return Math.Exp(-0.5 * square) * (1 - 0.5 * lost) / Math.Sqrt(2 * Math.PI);
    }

    // Φ(x) − ½ = φ(x)·(x + x³/3 + x⁵/(3·5) + …)
    private static double Series(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 3; Math.Abs(term) > 1e-18 * Math.Abs(sum); n += 2)
        {
            term *= x * x / n;
            sum += term;
        }
        return Density(x) * sum;
    }
}
