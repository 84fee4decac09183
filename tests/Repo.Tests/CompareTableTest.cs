using System.Text.Json;

namespace TensorGraph.Tests;

/// <summary>The committed figures of <c>./bench compare</c>: a graph function is not slower than the same ops one by one.</summary>
public sealed class CompareTableTest
{
    // Two times of one kernel differ by so much on a machine that others use too.
    private const double Noise = 0.85;

    public static TheoryData<string> Tables() =>
        [.. Repository.Files().Where(file => file.StartsWith("benchmarks/results/", StringComparison.Ordinal) && file.EndsWith("compare.json", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Tables))]
    public void No_traced_workload_is_slower_than_imperative(string file)
    {
        using var table = JsonDocument.Parse(Repository.Read(file));
        Assert.NotEmpty(table.RootElement.EnumerateArray());
        foreach (var row in table.RootElement.EnumerateArray())
        {
            double ratio = row.GetProperty("imperative_us").GetDouble() / row.GetProperty("traced_us").GetDouble();
            Assert.True(ratio >= Noise, $"{row.GetProperty("workload")} on {row.GetProperty("threads")} threads: imperative / traced is {ratio:f2}");
        }
    }
}
