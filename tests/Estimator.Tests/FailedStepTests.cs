namespace TensorGraph.Tests;

/// <summary>After a failure the next call goes on from what is whole: variables, random numbers and the place in the data.</summary>
public sealed class FailedStepTests : TemporaryFolder
{
    private readonly List<double> _seen = [];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_batch_that_was_not_trained_on_comes_again(int failing)
    {
        var estimator = new Line().Estimator(At("m"));
        List<double> trained = [];
        int step = 0;
        var hook = new Before(() =>
        {
            if (++step == failing)
                throw new InvalidOperationException("no");
            trained.Add(_seen[^1]);
        });
        Assert.Throws<InvalidOperationException>(() => estimator.Train(Counted, steps: 6, hooks: [hook]));
        Assert.Equal(failing - 1, estimator.GlobalStep);
        estimator.Train(Counted, maxSteps: 6, hooks: [hook]);
        Assert.Equal([0, 1, 2, 3, 4], trained);
    }

    [Fact]
    public void A_failed_read_leaves_the_place_after_the_last_trained_batch()
    {
        var estimator = new Line().Estimator(At("m"));
        bool fails = true;
        Dataset<(Tensor, Tensor)> Data() => Counted().Map(pair => fails && _seen.Count == 3 ? throw new IOException("flaky") : pair);
        Assert.Throws<IOException>(() => estimator.Train(Data, steps: 5));
        Assert.Equal(2, estimator.GlobalStep);
        fails = false;
        _seen.Clear();
        estimator.Train(Data, steps: 2);
        Assert.Equal([2, 3], _seen[..2]);
    }

    [Fact]
    public void A_step_that_fails_after_an_assignment_is_taken_back_also_right_after_a_save()
    {
        var model = new Failing();
        var estimator = new Estimator<Tensor, Tensor>(model.Describe, At("m"), Line.Quiet with { SaveCheckpointsSteps = 1 });
        estimator.Train(Line.Endless, steps: 2);
        model.Limit.Assign(0f);
        float[] before = Floats.Of(model.Sum);
        Expect.Error(DiagnosticIds.AssertionFailed, () => estimator.Train(Line.Endless, steps: 1));
        Assert.Equal(2, estimator.GlobalStep);
        Assert.Equal(before, Floats.Of(estimator.VariableValue("sum")));
        estimator.Train(Line.Endless, steps: 1);
        Assert.Equal(3, estimator.GlobalStep);
    }

    [Fact]
    public void Without_a_checkpoint_a_broken_model_is_not_used()
    {
        var model = new Failing();
        var estimator = new Estimator<Tensor, Tensor>(model.Describe, At("m"),
            new() { Output = TextWriter.Null, SaveCheckpointsSteps = null, SaveCheckpointsSeconds = null });
        model.Limit.Assign(0f);
        Expect.Error(DiagnosticIds.AssertionFailed, () => estimator.Train(Line.Endless, steps: 1));
        Expect.Error(DiagnosticIds.BadData, () => estimator.Evaluate(() => Line.Batches()), "there is no checkpoint from before it");
    }

    [Fact]
    public void Hooks_that_fail_in_abort_neither_hide_the_failure_nor_stop_others()
    {
        var warnings = new StringWriter();
        using var scope = (TensorGraphOptions.Current with { Warnings = warnings }).Use();
        List<string> calls = [];
        var estimator = new Line().Estimator(At("m"));
        Assert.Throws<InvalidOperationException>(() => estimator.Train(Line.Endless, steps: 3, hooks:
            [new BadAbort(), new Recorder(calls) { OnRun = _ => throw new InvalidOperationException("first") }]));
        Assert.Equal("abort", calls[^1]);
        Assert.Contains("BadAbort failed in Abort: second", warnings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hook_that_has_ended_is_not_aborted()
    {
        List<string> calls = [];
        var estimator = new Line().Estimator(At("m"));
        Assert.Throws<InvalidOperationException>(() => estimator.Train(Line.Endless, steps: 1, hooks: [new Recorder(calls, "a "), new BadEnd()]));
        Assert.Equal("a end", calls[^1]);
    }

    [Fact]
    public void A_guard_that_only_stops_stops()
    {
        var line = new Line { Change = spec => new(spec.Mode, spec.Loss! / 0f * 0f, spec.TrainOp, spec.EvalMetrics) };
        var estimator = line.Estimator(At("m"));
        var warnings = new StringWriter();
        using var scope = (TensorGraphOptions.Current with { Warnings = warnings }).Use();
        estimator.Train(Line.Endless, steps: 5, hooks: [new NanGuardHook(fails: false)]);
        Assert.Contains("The loss of step 1 is NaN", warnings.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, estimator.Evaluate(() => Line.Batches()).GlobalStep);
    }

    [Fact]
    public void A_run_that_ended_with_its_data_and_one_that_was_cut_off_there_are_told_apart()
    {
        // Five batches, a checkpoint after the last one, and then the end or not.
        foreach (bool isCut in new[] { false, true })
        {
            string folder = At($"{isCut}");
            var config = Line.Quiet with { SaveCheckpointsSteps = 5 };
            if (isCut)
                Assert.Throws<InvalidOperationException>(() => new Line().Estimator(folder, config).Train(Counted, hooks: [new Recorder([]) { OnRun = Cut }]));
            else
                new Line().Estimator(folder, config).Train(Counted);
            var next = new Line().Estimator(folder, config);
            Assert.Equal(isCut ? 5 : 10, next.Train(Counted).GlobalStep);
        }

        static void Cut(HookContext context)
        {
            if (context.GlobalStep == 5)
                throw new InvalidOperationException("cut");
        }
    }

    [Fact]
    public void Data_of_another_length_starts_from_its_beginning()
    {
        var lines = new StringWriter();
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Output = lines });
        estimator.Train(() => Dataset.FromTensorSlices((Line.X, Line.X)).Batch(4), steps: 2);
        estimator.Train(() => Dataset.FromTensorSlices((Line.X[..12], Line.X[..12])).Batch(4));
        Assert.Equal(5, estimator.GlobalStep);
        Assert.Contains("the data starts from its beginning", lines.ToString(), StringComparison.Ordinal);
    }

    private Dataset<(Tensor, Tensor)> Counted() => Dataset.FromTensorSlices((Line.X, Line.X)).Batch(4).Map(pair =>
    {
        _seen.Add(Math.Round(pair.Item1[0, 0].ToDouble() * 19 / 4));
        return pair;
    });

    private sealed class Failing
    {
        public Variable Sum { get; } = new(0f, "sum");

        public Variable Limit { get; } = new(1e9f, "limit", trainable: false);

        public EstimatorSpec Describe(Tensor x, Tensor y, EstimatorMode mode, object? parameters) => new(mode, Ops.Mean(x) + Sum * 0, TrainOp.Of(() =>
        {
            Sum.AssignAdd(1f);
            Ops.Assert(Ops.Mean(x) < Limit, "too large");
        }));
    }

    private sealed class Before(Action action) : EstimatorHook
    {
        public override IReadOnlyList<string> BeforeRun(HookContext context)
        {
            action();
            return [];
        }
    }

    private sealed class BadAbort : EstimatorHook
    {
        public override void Abort(HookContext context) => throw new InvalidOperationException("second");
    }

    private sealed class BadEnd : EstimatorHook
    {
        public override void End(HookContext context) => throw new InvalidOperationException("cut");
    }
}
