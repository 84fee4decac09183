namespace TensorGraph.Tests;

public sealed class EarlyStoppingTests : TemporaryFolder
{
    // Evaluations of earlier processes; a training of at most 20 steps looks at them at its first step.
    private long Steps(EarlyStoppingHook hook, params double[] accuracy)
    {
        foreach (var (i, value) in accuracy.Index())
        {
            using var events = GraphRecorder.TensorBoard(At("eval"));
            events.AddScalar("accuracy", value, 10 * (i + 1));
        }

        return StepsOf(hook);
    }

    private long StepsOf(EarlyStoppingHook hook, string? evalName = null)
    {
        string folder = At(Guid.NewGuid().ToString("n"));
        if (Directory.Exists(At("eval")))
        {
            Directory.CreateDirectory(folder);
            Directory.Move(At("eval"), Path.Combine(folder, evalName is null ? "eval" : $"eval_{evalName}"));
        }

        return new Line().Estimator(folder).Train(Line.Endless, steps: 20, hooks: [hook]).GlobalStep;
    }

    [Fact]
    public void Evaluations_of_a_time_before_a_metric_was_added_do_not_count()
    {
        using (var events = GraphRecorder.TensorBoard(At("eval")))
            events.AddScalar("loss", 1, 5);
        Assert.Equal(1, Steps(EarlyStoppingHook.IfNoIncrease("accuracy", 10), 0.5, 0.4));
    }

    [Fact]
    public void A_name_that_no_evaluation_has_is_a_warning()
    {
        var warnings = new StringWriter();
        using var scope = (TensorGraphOptions.Current with { Warnings = warnings }).Use();
        new Line().Estimator(At("m")).TrainAndEvaluate(
            new(Line.Endless, maxSteps: 50, hooks: [EarlyStoppingHook.IfHigher("loss", 0)]), new(() => Line.Batches(), name: "dev"));
        Assert.Single(warnings.ToString().Split("Early stopping has no evaluation to look at").Skip(1));
        new Line().Estimator(At("n")).TrainAndEvaluate(
            new(Line.Endless, maxSteps: 50, hooks: [EarlyStoppingHook.IfHigher("loss", 1e9, evalName: "dev")]), new(() => Line.Batches(), name: "dev"));
        Assert.Single(warnings.ToString().Split("Early stopping has no evaluation to look at").Skip(1));
    }

    [Theory]
    [InlineData(0.7, 20)]
    [InlineData(0.5, 20)]
    [InlineData(0.4, 1)]
    public void If_higher_than(double threshold, long steps) => Assert.Equal(steps, Steps(EarlyStoppingHook.IfHigher("accuracy", threshold), 0.2, 0.5, 0.3));

    [Theory]
    [InlineData(0.1, 20)]
    [InlineData(0.25, 20)]
    [InlineData(0.3, 1)]
    public void If_lower_than(double threshold, long steps) => Assert.Equal(steps, Steps(EarlyStoppingHook.IfLower("accuracy", threshold), 0.5, 0.25, 0.5));

    [Theory]
    [InlineData(19, 1)]
    [InlineData(20, 1)]
    [InlineData(21, 20)]
    public void If_no_increase(long limit, long steps) => Assert.Equal(steps, Steps(EarlyStoppingHook.IfNoIncrease("accuracy", limit), 0.2, 0.5, 0.5, 0.4));

    [Theory]
    [InlineData(10, 1)]
    [InlineData(11, 20)]
    public void If_no_decrease(long limit, long steps) => Assert.Equal(steps, Steps(EarlyStoppingHook.IfNoDecrease("accuracy", limit), 0.5, double.NaN, 0.2));

    [Fact]
    public void Evaluations_ahead_of_the_first_step_do_not_count()
    {
        Assert.Equal(20, Steps(EarlyStoppingHook.IfHigher("accuracy", 0.4, minSteps: 11), 0.5, 0.3));
        Assert.Equal(1, Steps(EarlyStoppingHook.IfHigher("accuracy", 0.4, minSteps: 10), 0.5, 0.3));
    }

    [Fact]
    public void Without_evaluations_it_does_not_stop_and_a_wrong_name_is_an_error()
    {
        Assert.Equal(20, StepsOf(EarlyStoppingHook.IfHigher("accuracy", 0)));
        Expect.Error(DiagnosticIds.EstimatorMisused, () => Steps(EarlyStoppingHook.IfHigher("acuracy", 0), 0.5), "no metric 'acuracy'", "accuracy");
        Expect.Error(DiagnosticIds.EstimatorMisused, () => EarlyStoppingHook.If(() => true, 1, 1), "steps and seconds");
    }

    [Fact]
    public void Evaluations_with_a_name_are_in_a_folder_of_their_own()
    {
        using (var events = GraphRecorder.TensorBoard(At("eval")))
            events.AddScalar("accuracy", 0.9, 10);
        Assert.Equal(1, StepsOf(EarlyStoppingHook.IfHigher("accuracy", 0.5, evalName: "dev"), "dev"));
    }

    [Fact]
    public void An_evaluation_in_the_same_training_is_looked_at_at_once()
    {
        // The second look by the clock would be in an hour.
        var estimator = new Line().Estimator(At("m"));
        var hook = EarlyStoppingHook.IfHigher("loss", 0, everySeconds: 3600);
        estimator.TrainAndEvaluate(new(Line.Endless, maxSteps: 90, hooks: [hook]), new(() => Line.Batches()));
        Assert.Equal(10, estimator.GlobalStep);
        Assert.Equal(3, new Line().Estimator(At("n")).Train(Line.Endless, steps: 9, hooks: [Third()]).GlobalStep);

        static EarlyStoppingHook Third()
        {
            int asked = 0;
            return EarlyStoppingHook.If(() => ++asked == 3, everySteps: 1);
        }
    }
}
