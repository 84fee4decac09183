namespace TensorGraph.Tests;

public sealed class TrainTests : TemporaryFolder
{
    [Fact]
    public void Steps_add_up_and_a_maximum_is_absolute()
    {
        var line = new Line();
        var estimator = line.Estimator(At("m"));
        Assert.Same(estimator, estimator.Train(Line.Endless, steps: 7));
        Assert.Equal(7, estimator.GlobalStep);
        Assert.Equal(12, estimator.Train(Line.Endless, steps: 5).GlobalStep);
        Assert.Equal(15, estimator.Train(Line.Endless, maxSteps: 15).GlobalStep);
        int asked = 0;
        estimator.Train(() => { asked++; return Line.Endless(); }, maxSteps: 15);
        Assert.Equal((15, 0), (estimator.GlobalStep, asked));
        Assert.Equal(1, line.Calls);
    }

    [Fact]
    public void The_end_of_the_data_is_a_normal_end()
    {
        var estimator = new Line().Estimator(At("m"));
        List<string> calls = [];
        estimator.Train(() => Line.Batches(8), hooks: [new Recorder(calls)]);
        Assert.Equal(3, estimator.GlobalStep);
        Assert.Equal("end", calls[^1]);
    }

    [Fact]
    public void It_learns_the_line()
    {
        var line = new Line();
        line.Estimator(At("m")).Train(Line.Endless, steps: 800);
        Assert.Equal(2, line.Dense.Variables[0].Value[0, 0].ToDouble(), 2);
    }

    [Fact]
    public void Checkpoints_are_written_at_the_start_at_intervals_and_at_the_end()
    {
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { KeepCheckpointMax = null });
        estimator.Train(Line.Endless, steps: 25);
        Assert.Equal([0, 10, 20, 25], Directory.GetFiles(At("m"), "step-*").Order(StringComparer.Ordinal).Select(Checkpoint.StepOf));
        Assert.Equal(25, Checkpoint.StepOf(estimator.LatestCheckpoint!));
    }

    [Fact]
    public void Without_a_cadence_nothing_is_saved_and_training_goes_on_in_memory()
    {
        var estimator = new Line().Estimator(At("m"), new() { Output = TextWriter.Null, SaveCheckpointsSteps = null, SaveCheckpointsSeconds = null });
        estimator.Train(Line.Endless, steps: 5).Train(Line.Endless, steps: 5);
        Assert.Equal(10, estimator.GlobalStep);
        Assert.Null(estimator.LatestCheckpoint);
        Expect.Error(DiagnosticIds.EstimatorMisused, () => estimator.Train(Line.Endless, steps: 1, savingListeners: [new Listener([])]), "no checkpoint is saved");
    }

    [Fact]
    public void Another_estimator_resumes_from_the_folder()
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 30);
        var line = new Line();
        var resumed = line.Estimator(At("m")).Train(Line.Endless, steps: 10);
        Assert.Equal(40, resumed.GlobalStep);
        Assert.Equal(["dense.kernel", "dense.bias"], resumed.VariableNames);
        Assert.Equal(Floats.Of(line.Dense.Variables[0]), Floats.Of(resumed.VariableValue("dense.kernel")));
    }

    [Fact]
    public void The_data_goes_on_where_the_last_call_ended()
    {
        List<double> seen = [];
        var estimator = new Line().Estimator(At("m"));
        Dataset<(Tensor, Tensor)> Data() => Dataset.FromTensorSlices((Line.X, Line.X)).Batch(4).Map(pair =>
        {
            seen.Add(pair.Item1[0, 0].ToDouble());
            return pair;
        });
        estimator.Train(Data, steps: 2);
        estimator.Train(Data, steps: 2);
        estimator.Train(Data, steps: 2);
        double[] first = [.. Enumerable.Range(0, 5).Select(i => Line.X[4 * i, 0].ToDouble())];
        // Five batches, then it starts anew; those ahead of a place may be computed again.
        Assert.Equal([first[0], first[1], first[2], first[3], first[4]], seen.Take(5));
    }

    [Fact]
    public void No_batch_is_a_warning()
    {
        var warnings = new StringWriter();
        using var scope = (TensorGraphOptions.Current with { Warnings = warnings }).Use();
        List<string> calls = [];
        var estimator = new Line().Estimator(At("m")).Train(() => [], hooks: [new Recorder(calls)]);
        Assert.Equal(0, estimator.GlobalStep);
        Assert.Contains("Training with estimator made no steps.", warnings.ToString(), StringComparison.Ordinal);
        Assert.Equal(["begin", "create", "end"], calls);
    }

    [Fact]
    public void An_input_that_throws_loses_no_step()
    {
        var line = new Line();
        var estimator = line.Estimator(At("m"));
        List<string> calls = [];
        Assert.Throws<InvalidTimeZoneException>(() => estimator.Train(Throwing, hooks: [new Recorder(calls)]));
        Assert.Equal((3, "abort"), (estimator.GlobalStep, calls[^1]));
        float[] kernel = Floats.Of(line.Dense.Variables[0]);
        estimator.Train(Line.Endless, steps: 1);
        Assert.Equal(4, estimator.GlobalStep);
        Assert.NotEqual(kernel, Floats.Of(line.Dense.Variables[0]));
        Assert.Throws<InvalidTimeZoneException>(() => estimator.Train(() => throw new InvalidTimeZoneException()));
        Assert.Equal(4, estimator.GlobalStep);

        static IEnumerable<(Tensor, Tensor)> Throwing()
        {
            foreach (var batch in Line.Batches().Take(3))
                yield return batch;
            throw new InvalidTimeZoneException();
        }
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_after_the_hooks_of_the_user_and_is_not_saved()
    {
        List<string> calls = [];
        var line = new Line();
        var estimator = line.Estimator(At("m"));
        estimator.Train(Line.Endless, steps: 10);
        var fault = Assert.Throws<NanLossException>(() => estimator.Train(() => Line.Batches().Map(batch => (batch.Features * float.NaN, batch.Labels)), hooks: [new Recorder(calls)]));
        Assert.Equal((11, DiagnosticIds.BadData), (fault.Step, fault.Id));
        Assert.Contains("may hold NaN already", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["begin", "create", "before", "after", "abort"], calls);
        Assert.Equal(10, Checkpoint.StepOf(estimator.LatestCheckpoint!));
        Assert.Equal(11, estimator.Train(Line.Endless, steps: 1).GlobalStep);
        Assert.False(double.IsNaN(line.Dense.Variables[0].Value[0, 0].ToDouble()));
    }

    [Fact]
    public void Curves_have_loss_once_and_the_summaries()
    {
        new Line().Estimator(At("m"), Line.Quiet with { SaveSummarySteps = 2, LogStepCountSteps = 2 }).Train(Line.Endless, steps: 5);
        var points = new EventFolder(At("m")).Read();
        Assert.Equal([1, 3, 5], points.Keys);
        Assert.Equal(["loss", "mean_guess"], points[1].Keys);
        Assert.Contains("global_step/sec", points[3].Keys);
    }

    [Fact]
    public void Imperatively_it_does_the_same()
    {
        var (traced, imperative) = (new Line(), new Line());
        imperative.Dense.Variables[0].Assign(traced.Dense.Variables[0].Value);
        traced.Estimator(At("a")).Train(Line.Endless, steps: 6);
        using (new TensorGraphOptions { RunImperatively = true }.Use())
        {
            var estimator = imperative.Estimator(At("b")).Train(Line.Endless, steps: 6);
            Assert.True(estimator.Evaluate(() => Line.Batches()).Loss > 0);
        }

        Assert.Equal(Floats.Of(traced.Dense.Variables[0])[0], Floats.Of(imperative.Dense.Variables[0])[0], 1e-5f);
        Assert.Equal(6 + 5, imperative.Calls);
    }

    private sealed class Listener(List<string> calls) : CheckpointListener
    {
        public override void AfterSave(HookContext context, string path) => calls.Add(path);
    }
}
