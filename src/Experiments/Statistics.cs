namespace TensorGraph.Staleness.Experiments;

/// <summary>Mean over seeds with a 95 % confidence interval.</summary>
public readonly record struct Interval(double Mean, double Low, double High)
{
    // Quantiles 0.975 of Student's t for 1, 2, … degrees of freedom.
    private static readonly double[] s_quantiles = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26];

    /// <summary>Half the width.</summary>
    public double Half => (High - Low) / 2;

    public static Interval Of(IReadOnlyList<double> numbers)
    {
        double mean = numbers.Average();
        if (numbers.Count < 2 || !double.IsFinite(mean))
            return new(mean, mean, mean);
        double deviation = Math.Sqrt(numbers.Sum(number => (number - mean) * (number - mean)) / (numbers.Count - 1));
        double half = s_quantiles[Math.Min(numbers.Count - 1, s_quantiles.Length) - 1] * deviation / Math.Sqrt(numbers.Count);
        return new(mean, mean - half, mean + half);
    }
}

/// <summary>A line of a plot with its band.</summary>
public sealed record Curve(string Label, double[] X, Interval[] Y);
