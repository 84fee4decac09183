namespace TensorGraph.Tests;

public sealed class RunConfigTests
{
    [Fact]
    public void The_usual_settings()
    {
        var config = new RunConfig();
        Assert.Equal((null, 600, 5, 100, 100), (config.SaveCheckpointsSteps, config.SaveCheckpointsSeconds, config.KeepCheckpointMax, config.SaveSummarySteps, config.LogStepCountSteps));
        Assert.Equal((null, null, null, null), (config.ModelDir, config.Seed, config.Device, config.Threads));
    }

    [Fact]
    public void Steps_and_seconds_take_each_others_place_but_not_at_once()
    {
        var steps = new RunConfig { SaveCheckpointsSteps = 5 };
        Assert.Equal((5, null), (steps.SaveCheckpointsSteps, steps.SaveCheckpointsSeconds));
        var seconds = steps with { SaveCheckpointsSeconds = 2 };
        Assert.Equal((null, 2), (seconds.SaveCheckpointsSteps, seconds.SaveCheckpointsSeconds));
        Assert.Equal(7, (seconds with { SaveCheckpointsSteps = 7 }).SaveCheckpointsSteps);
        var none = new RunConfig { SaveCheckpointsSteps = null, SaveCheckpointsSeconds = null };
        Assert.False(none.SavesCheckpoints);
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = new RunConfig { SaveCheckpointsSteps = 5, SaveCheckpointsSeconds = 2 }, "SaveCheckpointsSteps and SaveCheckpointsSeconds");
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = steps with { SaveCheckpointsSeconds = 2, SaveCheckpointsSteps = 5 });
    }

    [Fact]
    public void A_copy_has_all_settings()
    {
        var config = new RunConfig
        {
            ModelDir = "m", Seed = 1, SaveCheckpointsSteps = 2, KeepCheckpointMax = 3, SaveSummarySteps = 4, LogStepCountSteps = 5, Device = Device.Default, Threads = 1,
            Time = new ManualTime(), Output = TextWriter.Null,
        };
        var copy = config with { };
        foreach (var property in typeof(RunConfig).GetProperties())
            Assert.Equal(property.GetValue(config), property.GetValue(copy));
    }

    [Fact]
    public void Intervals_are_above_zero()
    {
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = new RunConfig { SaveCheckpointsSteps = 0 }, "'SaveCheckpointsSteps' is 0");
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = new RunConfig { SaveCheckpointsSeconds = double.NaN });
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = new RunConfig { KeepCheckpointMax = 0 });
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = new RunConfig { LogStepCountSteps = -1 });
        Assert.Null(new RunConfig { LogStepCountSteps = null }.LogStepCountSteps);
    }
}
