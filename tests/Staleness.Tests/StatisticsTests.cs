using TensorGraph.Staleness.Experiments;

namespace TensorGraph.Tests;

/// <summary>Confidence intervals over seeds.</summary>
public sealed class StatisticsTests
{
    // Quantiles 0.975 of Student's distribution from tables.
    [Theory]
    [InlineData(1, 12.7062)]
    [InlineData(2, 4.3027)]
    [InlineData(4, 2.7764)]
    [InlineData(9, 2.2622)]
    [InlineData(10, 2.2281)]
    [InlineData(11, 2.2010)]
    [InlineData(20, 2.0860)]
    [InlineData(29, 2.0452)]
    [InlineData(120, 1.9799)]
    [InlineData(1001, 1.9623)]
    public void The_quantile_is_that_of_the_count(int freedom, double quantile)
    {
        // Numbers with a deviation of √count: half the interval is the quantile.
        int count = freedom + 1;
        double[] numbers = [.. Enumerable.Range(0, count).Select(i => i < 2 ? Math.Sqrt(count * (count - 1) / 2.0) * ((2 * i) - 1) : 0)];
        var interval = Interval.Of(numbers);
        Assert.Equal(0, interval.Mean, 9);
        Assert.Equal(quantile, interval.Half, 4);
        Assert.True(interval.IsKnown);
    }

    [Fact]
    public void One_number_has_no_interval()
    {
        var one = Interval.Of([3]);
        Assert.Equal((3, false, double.NaN), (one.Mean, one.IsKnown, one.Half));
        Assert.Equal((0, true), (Interval.Of([3, 3]).Half, Interval.Of([3, 3]).IsKnown));
        Assert.False(Interval.Of([3, double.PositiveInfinity]).IsKnown);
    }
}
