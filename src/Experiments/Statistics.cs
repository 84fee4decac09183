namespace TensorGraph.Staleness.Experiments;

/// <summary>Mean over seeds with a 95 % confidence interval.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Low">Lower end; the mean where there is no interval.</param>
/// <param name="High">Upper end; the mean where there is no interval.</param>
/// <param name="IsKnown">False for a single number, which says nothing about others, and where a number is not finite.</param>
public readonly record struct Interval(double Mean, double Low, double High, bool IsKnown = true)
{
    /// <summary>Half the width; NaN where there is no interval.</summary>
    public double Half => IsKnown ? (High - Low) / 2 : double.NaN;

    public static Interval Of(IReadOnlyList<double> numbers)
    {
        double mean = numbers.Average();
        if (numbers.Count < 2 || !double.IsFinite(mean))
            return new(mean, mean, mean, IsKnown: false);
        double deviation = Math.Sqrt(numbers.Sum(number => (number - mean) * (number - mean)) / (numbers.Count - 1));
        double half = StudentT.Quantile(numbers.Count - 1) * deviation / Math.Sqrt(numbers.Count);
        return new(mean, mean - half, mean + half);
    }
}

/// <summary>Student's distribution.</summary>
internal static class StudentT
{
    private const double Share = 0.95, Highest = 16;

    /// <summary>
    /// The number that bounds 95 % of the distribution on both sides: its quantile 0.975, for each number of degrees of freedom from 1 on.
    /// </summary>
    public static double Quantile(int freedom)
    {
        double low = 0, high = Highest;
        for (double middle = high / 2; low < middle && middle < high; middle = (low + high) / 2)
            (low, high) = ShareWithin(middle, freedom) < Share ? (middle, high) : (low, middle);
        return high;
    }

    // Source: Abramowitz and Stegun 26.7.3 and 26.7.4.
    private static double ShareWithin(double t, int freedom)
    {
        double angle = Math.Atan(t / Math.Sqrt(freedom)), cosine = Math.Cos(angle), sum = 0;
        bool isOdd = freedom % 2 == 1;
        double term = isOdd ? cosine : 1;
        for (int k = isOdd ? 1 : 0; k <= freedom - 2; k += 2)
        {
            sum += term;
            term *= cosine * cosine * (k + 1) / (k + 2);
        }

        return isOdd ? 2 / Math.PI * (angle + (Math.Sin(angle) * sum)) : Math.Sin(angle) * sum;
    }
}

/// <summary>A line of a plot with its band.</summary>
public sealed record Curve(string Label, double[] X, Interval[] Y);
