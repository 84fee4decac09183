using System.Text.Json;
using Study;

namespace TensorGraph.Tests;

/// <summary>The study runs, and its counts are what the documentation says of unrolling and tracing.</summary>
public sealed class StudyTests
{
    [Fact]
    public void The_counts_are_those_of_the_documentation()
    {
        string[] sizes = [.. Measurements.Sizes().Select(finding => finding.Here)];
        Assert.Equal(sizes[1], sizes[3]);
        Assert.True(Recorded(sizes[2]) >= Recorded(sizes[0]) + 8, $"{sizes[0]}, {sizes[2]}");
        Assert.Equal(["3", "4"], Measurements.Traces().Select(finding => finding.Here));
        Assert.Equal(["2 traces", "1 trace, an if node"], Measurements.Flags().Select(finding => finding.Here));
        Assert.Equal(["unrolled", "unrolled", "one while", "one while", "one while", "one while"],
            Measurements.Loops().Select(finding => finding.Here.Split(',')[0]));
    }

    [Fact]
    public void Each_way_is_timed_and_json_has_all()
    {
        var measure = new Measurements(isQuick: true);
        var figures = new Figures([.. Measurements.Sizes()], [.. measure.Repeated(), .. measure.Styles()]);
        Assert.Equal(6, figures.Timings.Count);
        Assert.All(figures.Timings, timing => Assert.True(timing.Microseconds > 0));

        string path = Path.GetTempFileName();
        try
        {
            Report.WriteJson(figures, path);
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            Assert.Equal("8", json.RootElement.GetProperty("findings")[0].GetProperty("tensor_flow").GetString());
            Assert.Equal(6, json.RootElement.GetProperty("timings").GetArrayLength());
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static int Recorded(string here) => int.Parse(here.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
}
