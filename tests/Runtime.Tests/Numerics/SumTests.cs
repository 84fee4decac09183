using TensorGraph.Backends;

namespace TensorGraph.Tests;

/// <summary>Sums of many terms against double precision.</summary>
public sealed class SumTests
{
    public static TheoryData<string> Names() => [.. SumCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Long_sum_is_as_accurate_as_a_sum_in_pairs(string name)
    {
        SumCase sum = SumCases.All.Single(c => c.Name == name);
        double error = Error(sum);
        Assert.True(error <= sum.Bound, FormattableString.Invariant($"{name}: relative error {error:g3}, allowed {sum.Bound:g3}"));
    }

    internal static double Error(SumCase sum)
    {
        using IDisposable device = Device.Use(Devices.Managed);
        Literal[] values = sum.Values();
        double expected = sum.Expected(values);
        Literal result = Device.Current.Compile(sum.Graph()).Run(Array.ConvertAll(values, TensorData.From))[0].ToLiteral();
        return Math.Abs(result.GetDouble(0) - expected) / Math.Abs(expected);
    }
}
