namespace TensorGraph.Tests;

/// <summary>The measuring instruments are checked before anything is measured with them.</summary>
public sealed class TestKitTest
{
    [Theory]
    [InlineData(1f, 1f, 0)]
    [InlineData(0f, -0f, 0)]
    [InlineData(1f, 1.0000001f, 1)]
    [InlineData(float.Epsilon, -float.Epsilon, 2)]
    [InlineData(float.NaN, float.NaN, 0)]
    [InlineData(float.NaN, 1f, long.MaxValue)]
    [InlineData(float.MaxValue, float.PositiveInfinity, 1)]
    public void Ulps_count_the_numbers_between(float a, float b, long ulps)
    {
        Assert.Equal(ulps, Close.Ulps(a, b));
        Assert.Equal(ulps, Close.Ulps(b, a));
    }

    [Fact]
    public void Ulps_of_doubles_do_not_overflow()
    {
        Assert.Equal(2ul, Close.Ulps(double.Epsilon, -double.Epsilon));
        Assert.True(Close.Ulps(double.MinValue, double.MaxValue) > long.MaxValue);
    }

    [Theory]
    [InlineData(1, 1 + 1e-7, true)]
    [InlineData(1, 1.1, false)]
    [InlineData(double.NaN, double.NaN, true)]
    [InlineData(double.NaN, 1, false)]
    [InlineData(1, double.NaN, false)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, true)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity, false)]
    [InlineData(double.PositiveInfinity, 1, false)]
    [InlineData(1, double.PositiveInfinity, false)]
    public void Within_treats_NaN_and_infinity_as_values(double expected, double actual, bool agrees)
    {
        Exception? failure = Record.Exception(() => Close.Within(expected, actual, relative: 1e-5, absolute: 0));
        Assert.Equal(agrees, failure is null);
    }

    [Fact]
    public void A_snapshot_that_differs_fails_with_the_line_and_leaves_the_received_file()
    {
        string folder = Directory.CreateTempSubdirectory("tensorgraph-snapshot-").FullName;
        try
        {
            string accepted = Path.Combine(folder, "Test.Case.verified.txt");
            File.WriteAllText(accepted, "one\ntwo\n");
            Snapshot.MatchFile("one\r\ntwo", accepted);

            if (Environment.GetEnvironmentVariable("TENSORGRAPH_BLESS") != "1")
            {
                Exception failure = Assert.ThrowsAny<Exception>(() => Snapshot.MatchFile("one\nthree", accepted));
                Assert.Contains("line 2 differs", failure.Message, StringComparison.Ordinal);
                Assert.Equal("one\nthree\n", File.ReadAllText(Path.Combine(folder, "Test.Case.received.txt")));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
