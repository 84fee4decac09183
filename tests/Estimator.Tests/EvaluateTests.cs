namespace TensorGraph.Tests;

public sealed class EvaluateTests : TemporaryFolder
{
    [Fact]
    public void Evaluations_of_a_name_are_in_one_file_while_the_estimator_lives()
    {
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { SaveSummarySteps = null, LogStepCountSteps = null });
        for (int i = 0; i < 3; i++)
        {
            estimator.Train(Line.Endless, steps: 1).Evaluate(() => Line.Batches());
            Assert.Equal(i + 1, estimator.EventsOf(null).Read().Count);
        }

        string file = Assert.Single(Directory.GetFiles(At("m", "eval")));
        // It is closed between two evaluations.
        using (var closed = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.None))
            Assert.NotEqual(0, closed.Length);
        estimator.Evaluate(() => Line.Batches(), name: "other");
        Assert.Single(Directory.GetFiles(At("m", "eval_other")));
        // A folder that was cleared gets another file.
        File.Delete(file);
        estimator.Evaluate(() => Line.Batches());
        Assert.Equal([3], estimator.EventsOf(null).Read().Keys);
    }

    [Fact]
    public void Curves_are_read_on_where_they_grew_and_anew_where_a_file_is_another_one()
    {
        var folder = new EventFolder(At("curves"));
        using (var events = GraphRecorder.TensorBoard(At("curves")))
        {
            events.AddScalar("a", 1, 1);
            events.Flush();
            Assert.Equal([1], folder.Read().Keys);
            string file = events.Path;
            byte[] half = File.ReadAllBytes(file);
            events.AddScalar("a", 2, 2);
            events.Flush();
            byte[] whole = File.ReadAllBytes(file);
            File.WriteAllBytes(At("curves", "tfevents.cut"), whole[..(half.Length + 3)]);
            Assert.Equal([1, 2], folder.Read().Keys);
            File.WriteAllBytes(At("curves", "tfevents.cut"), whole);
            Assert.Equal([1, 2], folder.Read().Keys);
        }

        foreach (string path in Directory.GetFiles(At("curves")))
            File.Delete(path);
        Assert.Empty(folder.Read());
        // The later one counts, whichever file was written to last.
        using var first = GraphRecorder.TensorBoard(At("curves"));
        using var second = GraphRecorder.TensorBoard(At("curves"));
        first.AddScalar("a", 1, 1);
        // Times in the files are in milliseconds.
        Thread.Sleep(10);
        second.AddScalar("a", 2, 1);
        second.Flush();
        Thread.Sleep(10);
        first.AddScalar("a", 3, 2);
        first.Flush();
        Assert.Equal(2, folder.Read()[1]["a"]);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("../x")]
    [InlineData("x/../../y")]
    public void A_name_is_one_of_a_folder(string name)
    {
        var estimator = new Line().Estimator(At("m"));
        Expect.Error(DiagnosticIds.EstimatorMisused, () => estimator.Evaluate(() => Line.Batches(), name: name), "name of the evaluation");
        Assert.False(Directory.Exists(At("m")));
    }

    [Fact]
    public void A_weight_of_the_loss_is_one_number_and_0_does_not_count()
    {
        Expect.Error(DiagnosticIds.EstimatorMisused, () => Loss(() => Tensor.From([1f, 1, 1, 1])), "LossWeight is f32[4]");
        Assert.True(double.IsFinite(Loss(() => Tensor.From([2f]))));
        Assert.Equal(0, Loss(() => 0f, float.NaN));

        double Loss(Func<Tensor> weight, float scale = 1)
        {
            var line = new Line { Change = spec => new EstimatorSpec(spec.Mode, spec.Loss! * scale, spec.TrainOp) { LossWeight = weight() } };
            return line.Estimator(At(Guid.NewGuid().ToString("n"))).Evaluate(() => Line.Batches()).Loss;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void Batches_of_any_size_give_the_same_numbers(int size)
    {
        var line = new Line();
        var estimator = line.Estimator(At("m"));
        var whole = estimator.Evaluate(() => Line.Batches(Line.Count));
        var parts = estimator.Evaluate(() => Line.Batches(size));
        Assert.Equal(whole.Loss, parts.Loss, 1e-6);
        Assert.Equal(whole["error"], parts["error"], 1e-6);
        Assert.Equal(["loss", "error", "global_step"], parts.Numbers.Keys);
    }

    [Fact]
    public void A_checkpoint_that_is_asked_for_is_not_deleted_for_a_new_one()
    {
        new Line().Estimator(At("m"), Line.Quiet with { KeepCheckpointMax = 2 }).Train(Line.Endless, steps: 10);
        string oldest = Directory.GetFiles(At("m"), "step-*").Order(StringComparer.Ordinal).First();
        var estimator = new Line().Estimator(At("m"), new() { Output = TextWriter.Null, SaveCheckpointsSteps = null, SaveCheckpointsSeconds = null, KeepCheckpointMax = 2 });
        estimator.Train(Line.Endless, steps: 5);
        Assert.Equal(0, estimator.Evaluate(() => Line.Batches(), checkpointPath: oldest).GlobalStep);
        Assert.Equal(15, estimator.Evaluate(() => Line.Batches()).GlobalStep);
    }

    [Fact]
    public void Metrics_start_anew_in_each_call_and_nothing_is_traced_again()
    {
        var line = new Line();
        var estimator = line.Estimator(At("m"));
        var first = estimator.Evaluate(() => Line.Batches());
        int calls = line.Calls;
        for (int i = 0; i < 3; i++)
            Assert.Equal(first["error"], estimator.Evaluate(() => Line.Batches())["error"]);
        Assert.Equal(calls, line.Calls);
        // One mode, and one trace for all sizes of batches.
        estimator.Evaluate(() => Line.Batches(3));
        estimator.Evaluate(() => Line.Batches(7));
        Assert.Equal(2, Assert.Single(estimator.Graphs).TraceCount);
    }

    [Fact]
    public void Evaluation_does_not_train_although_the_spec_has_a_step()
    {
        var line = new Line();
        float[] before = Floats.Of(line.Dense.Variables[0]);
        var estimator = line.Estimator(At("m"));
        estimator.Evaluate(() => Line.Batches());
        Assert.Equal(before, Floats.Of(line.Dense.Variables[0]));
        Assert.Equal(0, estimator.GlobalStep);
    }

    [Fact]
    public void Steps_are_batches_and_hooks_are_called()
    {
        List<string> calls = [];
        new Line().Estimator(At("m")).Evaluate(() => Line.Batches(), steps: 2, hooks: [new Recorder(calls)]);
        Assert.Equal(["begin", "create", "before", "after", "before", "after", "end"], calls);
    }

    [Fact]
    public void A_given_checkpoint_is_evaluated_and_training_goes_on_from_the_latest()
    {
        var estimator = new Line().Estimator(At("m"));
        var start = estimator.Evaluate(() => Line.Batches());
        Assert.Null(start.CheckpointPath);
        estimator.Train(Line.Endless, steps: 20);
        var end = estimator.Evaluate(() => Line.Batches());
        Assert.Equal((20, estimator.LatestCheckpoint), (end.GlobalStep, end.CheckpointPath));
        string first = Directory.GetFiles(At("m"), "step-*").Order(StringComparer.Ordinal).First();
        var again = estimator.Evaluate(() => Line.Batches(), checkpointPath: first);
        Assert.Equal((0, start.Loss), (again.GlobalStep, again.Loss));
        Assert.Equal(end.Loss, estimator.Evaluate(() => Line.Batches()).Loss);
        Assert.Equal(21, estimator.Train(Line.Endless, steps: 1).GlobalStep);
    }

    [Fact]
    public void Numbers_are_written_as_curves_in_the_folder_of_the_name()
    {
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 3);
        var result = estimator.Evaluate(() => Line.Batches());
        estimator.Evaluate(() => Line.Batches(), name: "other");
        var point = new EventFolder(At("m", "eval")).Read()[3];
        Assert.Equal(["loss", "error"], point.Keys);
        Assert.Equal(result.Loss, point["loss"], 1e-6);
        Assert.Single(new EventFolder(At("m", "eval_other")).Read());
    }

    [Fact]
    public void Weights_let_the_filling_of_a_last_batch_not_count()
    {
        var dense = new Dense(1, 2);
        var accuracy = new Accuracy();
        var estimator = new Estimator<(Tensor X, Tensor IsReal), Tensor>((features, labels, mode) =>
        {
            Tensor scores = dense.Call(features.X), weights = features.IsReal;
            accuracy.Update(scores, labels, weights);
            Tensor loss = Ops.Sum(Loss.SparseSoftmaxCrossEntropy(scores, labels) * weights) / Ops.Sum(weights);
            return new(mode, loss, evalMetrics: new Dictionary<string, Metric> { ["accuracy"] = accuracy }) { LossWeight = Ops.Sum(weights) };
        }, At("m"), Line.Quiet);
        Tensor labels = (Line.X > 0.3).Cast(DType.I32).Reshape(Line.Count);
        var exact = estimator.Evaluate(() => Dataset.FromTensorSlices(((Line.X, Ops.Ones(Line.Count)), labels)).Batch(5));
        var filled = estimator.Evaluate(() => [Filled(0, 16), Filled(16, 20)]);
        Assert.Equal(exact["accuracy"], filled["accuracy"], 1e-12);

        ((Tensor, Tensor), Tensor) Filled(int from, int to)
        {
            int missing = 16 - (to - from);
            Tensor x = Ops.Concat([Line.X[from..to], Ops.Zeros(missing, 1)], 0), y = Ops.Concat([labels[from..to], Ops.Zeros(missing).Cast(DType.I32)], 0);
            return ((x, Ops.Concat([Ops.Ones(to - from), Ops.Zeros(missing)], 0)), y);
        }
    }

    [Fact]
    public void Tables_are_given_apart_from_numbers()
    {
        var dense = new Dense(1, 2);
        var table = new ConfusionMatrix(2);
        var estimator = new Estimator<Tensor, Tensor>((x, y, mode) =>
        {
            Tensor scores = dense.Call(x);
            table.Update(scores, y);
            return new(mode, Ops.Mean(scores), evalMetrics: new Dictionary<string, Metric> { ["table"] = table });
        }, At("m"), Line.Quiet);
        var result = estimator.Evaluate(() => [(Line.X, Ops.Zeros(Line.Count).Cast(DType.I32))]);
        Assert.Equal(Line.Count, result.Tables["table"].Sum().ToDouble());
        Assert.DoesNotContain("table", result.Numbers.Keys);
    }

    [Fact]
    public void No_batch_and_a_missing_or_damaged_checkpoint_are_errors()
    {
        var estimator = new Line().Estimator(At("m"));
        Expect.Error(DiagnosticIds.BadData, () => estimator.Evaluate(() => []), "no batch");
        Expect.Error(DiagnosticIds.BadData, () => estimator.Evaluate(() => Line.Batches(), checkpointPath: At("none")), "there is no checkpoint");
        File.WriteAllText(At("damaged"), "not a checkpoint at all");
        Expect.Error(DiagnosticIds.BadData, () => estimator.Evaluate(() => Line.Batches(), checkpointPath: At("damaged")));
    }

    [Fact]
    public void An_evaluation_in_a_hook_changes_nothing_of_the_one_around_it()
    {
        var line = new Line();
        var estimator = line.Estimator(At("m")).Train(Line.Endless, steps: 20);
        string older = Directory.GetFiles(At("m"), "*.safetensors").Single(file => Checkpoint.StepOf(file) == 10);
        var plain = estimator.Evaluate(() => Line.Batches());
        var around = estimator.Evaluate(() => Line.Batches(), hooks: [new Nested(() => estimator.Evaluate(() => Line.Batches(), checkpointPath: older))]);
        Assert.Equal(plain.Numbers, around.Numbers);
        Assert.Equal((plain.GlobalStep, plain.CheckpointPath), (around.GlobalStep, around.CheckpointPath));
        Assert.Equal(20, estimator.GlobalStep);
    }

    private sealed class Nested(Action action) : EstimatorHook
    {
        public override void Begin(HookContext context) => action();

        public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values) => action();

        public override void End(HookContext context) => action();
    }
}
