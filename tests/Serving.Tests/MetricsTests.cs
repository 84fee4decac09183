using System.Text;
using TensorGraph.Serving;

namespace TensorGraph.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task Labels_are_escaped_however_long_and_counts_of_many_threads_add_up()
    {
        string[] models = ["m", "a\"b\\c\nd", new('x', 300)];
        var counter = new Counter("requests", "model", "status");
        var histogram = new Histogram("latency", Histogram.Sizes, "model");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 3000; i++)
            {
                counter.Add(2, models[i % 3], "OK");
                histogram.Add(3, models[i % 3]);
            }
        })));
        var text = new StringBuilder();
        counter.Write(text);
        histogram.Write(text);
        string[] lines = text.ToString().Split('\n');
        foreach (string label in new[] { "m", @"a\""b\\c\nd", models[2] })
        {
            Assert.Contains($"requests{{model=\"{label}\",status=\"OK\"}} 8000", lines);
            Assert.Contains($"latency_count{{model=\"{label}\"}} 4000", lines);
            Assert.Contains($"latency_sum{{model=\"{label}\"}} 12000", lines);
        }
    }
}
