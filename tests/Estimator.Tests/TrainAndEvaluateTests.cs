namespace TensorGraph.Tests;

public sealed class TrainAndEvaluateTests : TemporaryFolder
{
    private static EvalSpec<Tensor, Tensor> Eval(params Exporter[] exporters) => new(() => Line.Batches(), exporters: exporters);

    private IEnumerable<long> Evaluated(string name = "eval") => new EventFolder(At("m", name)).Read().Keys;

    [Fact]
    public void It_evaluates_after_each_checkpoint_but_the_first_and_traces_each_mode_once()
    {
        var line = new Line();
        var estimator = line.Estimator(At("m"));
        var result = estimator.TrainAndEvaluate(new(Line.Endless, maxSteps: 25), Eval());
        Assert.Equal([10, 20, 25], Evaluated());
        Assert.Equal(25, result.Evaluation.GlobalStep);
        Assert.Equal(2, line.Calls);
        // It was there already: one evaluation, and no training.
        Assert.Equal(25, estimator.TrainAndEvaluate(new(Line.Endless, maxSteps: 25), Eval()).Evaluation.GlobalStep);
        Assert.Equal(30, estimator.TrainAndEvaluate(new(Line.Endless, maxSteps: 30), new(() => Line.Batches(), name: "again")).Evaluation.GlobalStep);
        Assert.Equal([30], Evaluated("eval_again"));
    }

    [Fact]
    public void A_loss_that_is_no_number_leaves_the_last_checkpoint_to_evaluate_and_export()
    {
        int batches = 0;
        Dataset<(Tensor, Tensor)> Breaks() => Line.Endless().Map(batch => ++batches > 26 ? (batch.Features * float.NaN, batch.Labels) : batch);
        var receiver = ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]"), "x");
        var result = new Line().Estimator(At("m")).TrainAndEvaluate(
            new(Breaks, maxSteps: 50, hooks: [new NanGuardHook(fails: false)]),
            Eval(new LatestExporter("latest", receiver), new FinalExporter("final", receiver)));
        Assert.Equal(20, result.Evaluation.GlobalStep);
        Assert.Equal([10, 20], Evaluated());
        foreach (string folder in Directory.GetDirectories(At("m", "export", "latest")).Append(Assert.Single(Directory.GetDirectories(At("m", "export", "final")))))
            Assert.All(Floats.Of(SavedModel.Load(folder).Variables["dense.kernel"].Value), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Evaluation_between_steps_changes_no_step()
    {
        var (alone, between) = (new Line(), new Line());
        between.Dense.Variables[0].Assign(alone.Dense.Variables[0].Value);
        alone.Estimator(At("a")).Train(Line.Endless, steps: 25);
        between.Estimator(At("m")).TrainAndEvaluate(new(Line.Endless, maxSteps: 25), Eval());
        Assert.Equal(Floats.Of(alone.Dense.Variables[0]), Floats.Of(between.Dense.Variables[0]));
    }

    [Fact]
    public void Random_numbers_of_an_evaluation_are_not_those_of_the_training()
    {
        float[][] kernels = [.. new[] { false, true }.Select(isBetween =>
        {
            var generator = new RandomGenerator(5);
            var kernel = new Variable(new float[,] { { 1 } }, "kernel");
            var sgd = new Sgd(0.1);
            var estimator = new Estimator<Tensor, Tensor>((x, y, mode) =>
            {
                Tensor guess = Ops.MatMul(x, kernel) + generator.Uniform([]);
                if (mode == EstimatorMode.Predict)
                    return new(mode, predictions: guess);
                Tensor loss = Loss.MeanSquaredError(guess, y);
                return new(mode, loss, TrainOp.Minimize(sgd, loss));
            }, At($"{isBetween}"), Line.Quiet);
            estimator.Train(Line.Endless, steps: 3);
            if (isBetween)
            {
                estimator.Evaluate(() => Line.Batches());
                _ = estimator.Predict(() => Line.Batches(), yieldSingleExamples: false).Count();
            }

            estimator.Train(Line.Endless, steps: 3);
            return Floats.Of(kernel);
        })];
        Assert.Equal(kernels[0], kernels[1]);
    }

    [Fact]
    public void Delays_count_seconds_of_the_clock_and_steps()
    {
        var time = new ManualTime();
        Recorder tick = new([]) { OnRun = _ => time.Advance(1) };
        new Line().Estimator(At("m"), Line.Quiet with { Time = time }).TrainAndEvaluate(
            new(Line.Endless, maxSteps: 65, hooks: [tick]), new(() => Line.Batches(), name: "seconds", startDelaySeconds: 15, throttleSeconds: 25));
        // The clock stands one second behind at each checkpoint, which comes ahead of the hook.
        Assert.Equal([20, 50, 65], Evaluated("eval_seconds"));
        new Line().Estimator(At("m")).TrainAndEvaluate(new(Line.Endless, maxSteps: 125), new(() => Line.Batches(), name: "steps", throttleSteps: 30));
        Assert.Equal([75, 105, 125], Evaluated("eval_steps"));
    }

    [Fact]
    public void The_final_export_is_made_exactly_once_also_of_a_training_that_stops_early()
    {
        var receiver = ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]"));
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = new ManualTime() });
        var result = estimator.TrainAndEvaluate(new(Line.Endless, maxSteps: 30), Eval(new FinalExporter("final", receiver), new LatestExporter("latest", receiver, exportsToKeep: 2)));
        Assert.Single(Directory.GetDirectories(At("m", "export", "final")));
        Assert.Equal(2, Directory.GetDirectories(At("m", "export", "latest")).Length);
        Assert.Equal(2, result.Exports.Count);
        var stopping = new Recorder([]) { OnRun = context => { if (context.GlobalStep == 40) context.RequestStop(); } };
        estimator.TrainAndEvaluate(new(Line.Endless, maxSteps: 90, hooks: [stopping]), Eval(new FinalExporter("early", receiver)));
        Assert.Equal(40, estimator.GlobalStep);
        Assert.Single(Directory.GetDirectories(At("m", "export", "early")));
        // Without a last step too.
        estimator.TrainAndEvaluate(new(() => Line.Batches()), Eval(new FinalExporter("end", receiver)));
        Assert.Single(Directory.GetDirectories(At("m", "export", "end")));
    }

    [Fact]
    public void Specifications_are_checked()
    {
        Refused(() => _ = new TrainSpec<Tensor, Tensor>(Line.Endless, maxSteps: 0), "'maxSteps' is 0");
        Refused(() => _ = new EvalSpec<Tensor, Tensor>(Line.Endless, steps: 0), "'steps' is 0");
        Refused(() => _ = new EvalSpec<Tensor, Tensor>(Line.Endless, throttleSeconds: -1), "a delay is -1");
        var receiver = ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]"));
        Refused(() => Eval(new FinalExporter("a", receiver), new LatestExporter("a", receiver)), "two exporters are called 'a'");
        Refused(() => _ = new FinalExporter("", receiver), "its name is ''");
        Refused(() => _ = new LatestExporter("a", receiver, exportsToKeep: 0), "'exportsToKeep' is 0");
        Refused(() => _ = new BestExporter(receiver, exportsToKeep: 0), "'exportsToKeep' is 0");
        Refused(() => new Line().Estimator(At("m"), Line.Quiet with { SaveCheckpointsSteps = null }).TrainAndEvaluate(new(Line.Endless, 1), Eval()), "no checkpoint is saved");

        static void Refused(Action action, string fact) => Expect.Error(DiagnosticIds.EstimatorMisused, action, fact);
    }
}
