namespace TensorGraph.Tests;

/// <summary>Which variables a call works on, where others have read another checkpoint or trained before it or within it.</summary>
public sealed class LoadedModelTests : TemporaryFolder
{
    private static ServingInputReceiver Receiver => ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]"), "x");

    [Theory]
    [InlineData("evaluate")]
    [InlineData("predict")]
    [InlineData("export")]
    public void A_checkpoint_of_another_folder_is_not_the_model_of_an_empty_one(string call)
    {
        new Line().Estimator(At("other")).Train(Line.Endless, steps: 60);
        string foreign = Checkpoint.Latest(At("other"))!;
        var line = new Line();
        float[] begins = Floats.Of(line.Dense.Variables[0]);
        var estimator = line.Estimator(At("m"));
        Read(estimator, call, foreign);
        Assert.Equal(begins, Floats.Of(estimator.VariableValue("dense.kernel")));
        Assert.Equal(0, estimator.Evaluate(() => Line.Batches()).GlobalStep);
        Read(estimator, call, foreign);
        Assert.Equal(1, estimator.Train(Line.Endless, steps: 1).GlobalStep);

        var fresh = new Line();
        fresh.Dense.Variables[0].Assign(Tensor.From(begins).Reshape(1, 1));
        fresh.Estimator(At("fresh")).Train(Line.Endless, steps: 1);
        Assert.Equal(Floats.Of(fresh.Dense.Variables[0]), Floats.Of(line.Dense.Variables[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no such file")]
    [InlineData("nul\0")]
    public void A_path_that_is_none_is_told(string path)
    {
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        Expect.Error(DiagnosticIds.BadData, () => estimator.Evaluate(() => Line.Batches(), checkpointPath: path), "there is no checkpoint");
    }

    [Fact]
    public void A_warm_start_follows_a_checkpoint_of_another_folder()
    {
        new Line().Estimator(At("other")).Train(Line.Endless, steps: 60);
        new Line().Estimator(At("pretrained")).Train(Line.Endless, steps: 5);
        float[] wanted = Floats.Of(WeightFile.Load(Checkpoint.Latest(At("pretrained"))!)["model/dense.kernel"]);
        var estimator = new Line().Estimator(At("m"), warmStart: At("pretrained"));
        estimator.Evaluate(() => Line.Batches(), checkpointPath: Checkpoint.Latest(At("other")));
        Assert.Equal(wanted, Floats.Of(estimator.VariableValue("dense.kernel")));
        Assert.Equal(0, estimator.GlobalStep);
    }

    [Theory]
    [InlineData("evaluate")]
    [InlineData("predict")]
    [InlineData("export")]
    public void The_last_checkpoint_of_a_training_that_went_on_is_refused_within_it(string call)
    {
        var estimator = new Line().Estimator(At("m"));
        var asks = new Recorder([]) { OnRun = context => { if (context.GlobalStep == 15) Read(estimator, call, estimator.LatestCheckpoint!); } };
        Expect.Error(DiagnosticIds.EstimatorMisused, () => estimator.Train(Line.Endless, steps: 20, hooks: [asks]), "while the estimator trains");
    }

    [Fact]
    public void A_checkpoint_that_another_process_wrote_anew_is_read_again()
    {
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 10);
        string latest = estimator.LatestCheckpoint!;
        Directory.Delete(At("m"), recursive: true);
        var other = new Line();
        other.Estimator(At("m")).Train(Line.Endless, steps: 10);
        File.SetLastWriteTimeUtc(latest, DateTime.UtcNow.AddSeconds(10));
        Assert.Equal(Floats.Of(other.Dense.Variables[0]), Floats.Of(estimator.VariableValue("dense.kernel")));

        var third = new Line();
        Directory.Delete(At("m"), recursive: true);
        third.Estimator(At("m")).Train(Line.Endless, steps: 10);
        File.SetLastWriteTimeUtc(latest, DateTime.UtcNow.AddSeconds(20));
        var values = estimator.Predict(() => [Line.X], checkpointPath: latest).Select(each => each["guess"].ToDouble()).ToArray();
        Assert.Equal(third.Estimator(At("m")).Predict(() => [Line.X]).Select(each => each["guess"].ToDouble()), values);
    }

    [Fact]
    public void When_all_are_damaged_a_living_estimator_says_so_too()
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 10);
        foreach (string file in Directory.GetFiles(At("m"), "step-*"))
            File.WriteAllText(file, "damaged");
        var estimator = new Line().Estimator(At("m"));
        Assert.Null(estimator.LoadAfter(_ => true));
        Expect.Error(DiagnosticIds.BadData, () => estimator.Evaluate(() => Line.Batches()), "all 2 files");
        Expect.Error(DiagnosticIds.BadData, () => estimator.Train(Line.Endless, steps: 1), "all 2 files");
    }

    [Fact]
    public void Predictions_keep_their_model_though_the_estimator_trains_between_them()
    {
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { KeepCheckpointMax = 1 }).Train(Line.Endless, steps: 10);
        Check(null);
        Check(estimator.LatestCheckpoint);
        new Line().Estimator(At("other")).Train(Line.Endless, steps: 3);
        var fresh = new Line().Estimator(At("fresh"), new() { Output = TextWriter.Null, SaveCheckpointsSteps = null, SaveCheckpointsSeconds = null });
        estimator = fresh;
        string foreign = Checkpoint.Latest(At("other"))!;
        Check(null);
        // One that begins within a run, too.
        double[] whole = Guesses(null), within = [];
        estimator.Evaluate(() => Line.Batches(), hooks: [new Recorder([]) { OnRun = _ => within = Guesses(foreign) }]);
        Assert.NotEqual(whole, within);
        Assert.Equal(whole, Guesses(null));

        void Check(string? path)
        {
            double[] expected = Guesses(path);
            var parts = new List<double>();
            foreach (var batch in estimator.Predict(() => Line.Batches().Select(each => each.Features), checkpointPath: path, yieldSingleExamples: false))
            {
                parts.AddRange(Floats.Of(batch["guess"]).Select(value => (double)value));
                estimator.Train(Line.Endless, steps: 2);
            }

            Assert.Equal(expected, parts);
            Assert.NotEqual(expected, Guesses(null));
        }

        double[] Guesses(string? path) =>
            [.. estimator.Predict(() => Line.Batches().Select(each => each.Features), checkpointPath: path).Select(each => (double)Floats.Of(each["guess"])[0])];
    }

    [Fact]
    public void Predictions_keep_their_model_though_another_estimator_trains_it_between_them()
    {
        var line = new Line();
        var estimator = line.Estimator(At("m")).Train(Line.Endless, steps: 10);
        double[] expected = [.. estimator.Predict(Features).Select(Guess)];
        var other = line.Estimator(At("other"));
        var guesses = new List<double>();
        foreach (var guess in estimator.Predict(Features))
        {
            guesses.Add(Guess(guess));
            other.Train(Line.Endless, steps: 1);
        }

        Assert.Equal(expected, guesses);
        Assert.Equal(Floats.Of(WeightFile.Load(other.LatestCheckpoint!)["model/dense.kernel"]), Floats.Of(line.Dense.Variables[0]));

        static IEnumerable<Tensor> Features() => Line.Batches(1).Select(each => each.Features);

        static double Guess(Prediction prediction) => Floats.Of(prediction["guess"])[0];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Calls_that_read_another_checkpoint_between_steps_do_not_change_a_training(bool predicts)
    {
        new Noisy().Estimator(At("other"), Line.Quiet).Train(Line.Endless, steps: 3);
        string other = Checkpoint.Latest(At("other"))!;
        float[] straight = Trained("straight", estimator => estimator.Train(Line.Endless, steps: 2));
        Assert.Equal(straight, Trained("around", estimator =>
        {
            if (predicts)
            {
                foreach (var _ in estimator.Predict(Features, checkpointPath: other, yieldSingleExamples: false).Take(2))
                    estimator.Train(Line.Endless, steps: 1);
            }
            else
            {
                estimator.Train(Line.Endless, steps: 2);
                estimator.Evaluate(() => Line.Batches(), hooks: [new Recorder([]) { OnRun = _ => estimator.Evaluate(() => Line.Batches(), checkpointPath: other) }]);
            }
        }));

        static IEnumerable<Tensor> Features() => Line.Batches().Select(each => each.Features);

        float[] Trained(string folder, Action<Estimator<Tensor, Tensor>> between)
        {
            var noisy = new Noisy();
            noisy.Dense.Variables[0].Assign(Tensor.From([0.5f]).Reshape(1, 1));
            var estimator = noisy.Estimator(At(folder), new() { Output = TextWriter.Null, SaveCheckpointsSteps = null, SaveCheckpointsSeconds = null });
            estimator.Train(Line.Endless, steps: 5);
            between(estimator);
            estimator.Train(Line.Endless, steps: 5);
            return [.. noisy.Dense.Variables.SelectMany(variable => Floats.Of(variable.Value))];
        }
    }

    [Fact]
    public void A_hook_that_evaluates_another_checkpoint_changes_no_evaluation()
    {
        new Line().Estimator(At("other")).Train(Line.Endless, steps: 3);
        var line = new Line();
        var estimator = line.Estimator(At("m"), new() { Output = TextWriter.Null, SaveCheckpointsSteps = null, SaveCheckpointsSeconds = null }).Train(Line.Endless, steps: 5);
        double expected = estimator.Evaluate(() => Line.Batches()).Loss;
        var asks = new Recorder([]) { OnRun = _ => estimator.Evaluate(() => Line.Batches(), checkpointPath: Checkpoint.Latest(At("other"))) };
        var result = estimator.Evaluate(() => Line.Batches(), hooks: [asks]);
        Assert.Equal((expected, 5), (result.Loss, result.GlobalStep));
        Assert.Null(estimator.LatestCheckpoint);
    }

    [Fact]
    public void A_training_within_an_evaluation_or_a_prediction_is_refused()
    {
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        var trains = new Recorder([]) { OnRun = _ => estimator.Train(Line.Endless, steps: 1) };
        Expect.Error(DiagnosticIds.EstimatorMisused, () => estimator.Evaluate(() => Line.Batches(), hooks: [trains]), "outside of hooks");
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = estimator.Predict(() => [Line.X], hooks: [trains]).First(), "outside of hooks");
        Assert.Equal(2, estimator.Train(Line.Endless, steps: 1).GlobalStep);
    }

    [Theory]
    [InlineData("begin")]
    [InlineData("create")]
    [InlineData("end")]
    [InlineData("abort")]
    public void Hooks_of_a_prediction_see_its_checkpoint_in_each_phase(string phase)
    {
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { KeepCheckpointMax = null }).Train(Line.Endless, steps: 20);
        string before = Directory.GetFiles(At("m"), "step-*").Single(file => Checkpoint.StepOf(file) == 10);
        float[] wanted = Floats.Of(WeightFile.Load(before)["model/dense.kernel"]), seen = [];
        var looks = new Recorder([])
        {
            OnPhase = (name, context) =>
            {
                if (name != phase)
                    return;
                seen = [.. Floats.Of(estimator.VariableValue("dense.kernel")), context.GlobalStep];
                Expect.Error(DiagnosticIds.EstimatorMisused, () => estimator.Train(Line.Endless, steps: 1), "outside of hooks");
            },
        };
        foreach (var _ in estimator.Predict(() => [Line.X], hooks: [looks], checkpointPath: before, yieldSingleExamples: false))
        {
            // The consumer is outside.
            Assert.Equal(21, new Line().Estimator(At("m")).Train(Line.Endless, steps: 1).GlobalStep);
            Assert.Equal(21, estimator.Evaluate(() => Line.Batches()).GlobalStep);
            if (phase == "abort")
                break;
        }

        Assert.Equal([.. wanted, 10], seen);
    }

    [Fact]
    public void Processes_that_evaluate_together_take_the_same_checkpoint()
    {
        var trained = new Line().Estimator(At("m")).Train(Line.Endless, steps: 10);
        var steps = ThreadGroup.Run(2, group =>
        {
            var estimator = new Line().Estimator(At("m"), Line.Quiet with { EvalDistribute = group });
            // The chief has looked into the folder before the next one was there.
            if (group.Rank == 1)
                trained.Train(Line.Endless, steps: 10);
            return estimator.Evaluate(() => Line.Batches(), name: $"{group.Rank}").GlobalStep;
        });
        Assert.Equal(steps[0], steps[1]);

        var faults = Assert.Throws<AggregateException>(() => ThreadGroup.Run(2, group => new Line()
            .Estimator(At(group.Rank == 0 ? "m" : "empty"), Line.Quiet with { EvalDistribute = group }).Evaluate(() => Line.Batches())));
        Assert.Contains(faults.InnerExceptions, fault => fault is GraphException { Id: DiagnosticIds.EstimatorMisused }
            && fault.Message.Contains("checkpoints of different steps", StringComparison.Ordinal));
    }

    [Fact]
    public void A_process_that_has_read_a_later_checkpoint_goes_back_to_that_of_the_chief()
    {
        new Line().Estimator(At("chief")).Train(Line.Endless, steps: 10);
        new Line().Estimator(At("other")).Train(Line.Endless, steps: 20);
        foreach (string file in Directory.GetFiles(At("chief"), "step-*10.safetensors"))
            File.Copy(file, Path.Combine(At("other"), Path.GetFileName(file)), overwrite: true);
        var steps = ThreadGroup.Run(2, group => new Line()
            .Estimator(At(group.Rank == 0 ? "chief" : "other"), Line.Quiet with { EvalDistribute = group }).Evaluate(() => Line.Batches()).GlobalStep);
        Assert.Equal([10, 10], steps);
    }

    private static void Read(Estimator<Tensor, Tensor> estimator, string call, string path)
    {
        switch (call)
        {
            case "evaluate":
                estimator.Evaluate(() => Line.Batches(), checkpointPath: path);
                break;
            case "predict":
                Assert.NotEmpty(estimator.Predict(() => [Line.X], checkpointPath: path));
                break;
            default:
                estimator.ExportSavedModel(Path.Combine(estimator.ModelDir, "export"), Receiver, checkpointPath: path);
                break;
        }
    }

    /// <summary>A line with noise, so that random numbers count in a training and in predictions.</summary>
    private sealed class Noisy
    {
        private readonly RandomGenerator _random = new(7);
        private readonly Sgd _optimizer = new(0.1);

        public Dense Dense { get; } = new(1, 1);

        public Estimator<Tensor, Tensor> Estimator(string folder, RunConfig config) => new(Describe, folder, config);

        private EstimatorSpec Describe(Tensor x, Tensor y, EstimatorMode mode, object? parameters)
        {
            Tensor guess = Dense.Call(x + _random.Normal(x.Shape));
            if (mode == EstimatorMode.Predict)
                return new(mode, predictions: new Dictionary<string, Tensor> { ["guess"] = guess });
            Tensor loss = Loss.MeanSquaredError(guess, y);
            return new(mode, loss, TrainOp.Minimize(_optimizer, loss));
        }
    }
}
