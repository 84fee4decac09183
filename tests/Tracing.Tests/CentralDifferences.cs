namespace TensorGraph.Tests;

/// <summary>Derivatives in float64 from values alone, to compare gradients with.</summary>
internal static class CentralDifferences
{
    /// <summary>The derivative of a function to a number by each element of its argument.</summary>
    public static double[] Differences(Func<Tensor, Tensor> f, double[] at)
    {
        const double Step = 1e-6;
        double At(int index, double by) => f(at.Select((value, i) => i == index ? value + by : value).ToArray()).Item<double>();
        return [.. at.Select((_, i) => (At(i, Step) - At(i, -Step)) / (2 * Step))];
    }

    /// <summary>Fails unless a gradient is about what was expected.</summary>
    public static void Agree(double[] expected, Tensor actual, string name) =>
        Assert.All(expected.Zip(actual.ToArray<double>()), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-5 * (1 + Math.Abs(pair.First)), $"{name}: expected {pair.First:r}, got {pair.Second:r}"));
}
