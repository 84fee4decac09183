using System.Text.Json;
using AsyncDispatch;

namespace TensorGraph.Tests;

/// <summary>The sample of asynchronous calls runs and its figures make sense; how large they are is for the sample itself to show.</summary>
public sealed class AsyncDispatchTests
{
    [Fact]
    public void Each_measurement_gives_figures_and_json_has_them()
    {
        var measure = new Measurements(isQuick: true);
        var figures = new Figures("test", 1, measure.Queued(), measure.HandOver(), measure.SmallSteps(), measure.Backlog(), measure.Overlap(), measure.Training());
        Assert.InRange(figures.Queued.QueuedMs, 0, figures.Queued.FinishedMs);
        Assert.True(figures.HandOver is { AtOnceUs: > 0, QueuedUs: > 0, OtherThreadUs: > 0 });
        Assert.True(figures.SmallSteps is { Count: 200, ImperativeMs: > 0, TracedPerStepMs: > 0, TracedLoopMs: > 0 });
        Assert.True(figures.Backlog is { Calls: 24, UnboundedMs: > 0, BoundedMs: > 0, UnboundedPeakMb: >= 0 });
        Assert.True(figures.Overlap is { Batches: 6, SequentialMs: > 0, OverlappedMs: > 0 });
        Assert.True(figures.Training is { Batches: 4, ImperativeSecondsPer50: > 0, TracedSecondsPer50: > 0 });

        string path = Path.GetTempFileName();
        try
        {
            Report.WriteJson(figures, path);
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            Assert.Equal(figures.Queued.FinishedMs, json.RootElement.GetProperty("queued").GetProperty("finished_ms").GetDouble());
            Assert.Equal(4, json.RootElement.GetProperty("training").GetProperty("batches").GetInt32());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
