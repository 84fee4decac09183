namespace TensorGraph.Tests;

/// <summary>Training in one line, and what it calls on the way.</summary>
public sealed class TrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-trainer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Sequential Model() => new(new Dense(2, 32, Ops.Relu, random: new RandomGenerator(1)), new Dense(32, 2, random: new RandomGenerator(2)));

    // Points within and outside of a circle; the last batch is smaller.
    private static Dataset<(Tensor, Tensor)> Points(int seed = 3)
    {
        var random = new Random(seed);
        float[] points = [.. Enumerable.Range(0, 300).Select(_ => (random.NextSingle() * 2) - 1)];
        int[] labels = [.. Enumerable.Range(0, 150).Select(i => (points[2 * i] * points[2 * i]) + (points[(2 * i) + 1] * points[(2 * i) + 1]) < 0.5f ? 1 : 0)];
        return Dataset.FromTensorSlices((Tensor.From(points, 150, 2), (Tensor)labels)).Shuffle(150, seed: 5).Batch(16);
    }

    private static Trainer New() => new(Model(), Loss.SparseSoftmaxCrossEntropy, new Adam(0.03), new Accuracy(), new ConfusionMatrix(2));

    [Fact]
    public void A_validation_of_the_data_of_the_training_leaves_its_passes_as_they_are()
    {
        Assert.Equal(Losses(validates: false), Losses(validates: true));

        static double[] Losses(bool validates)
        {
            var data = Points();
            return [.. New().Fit(data, epochs: 3, validation: validates ? data : null, progress: TextWriter.Null).Select(log => log["loss"])];
        }
    }

    [Fact]
    public void One_line_trains_a_model_with_one_trace_a_step()
    {
        using var output = new StringWriter();
        var trainer = New();
        var log = trainer.Fit(Points(), epochs: 40, validation: Points(4), progress: output);
        Assert.InRange(log[^1]["accuracy"], 0.93, 1);
        Assert.InRange(log[^1]["val_accuracy"], 0.9, 1);
        Assert.True(log[^1]["loss"] < log[0]["loss"] / 3);
        Assert.Equal(["loss", "accuracy", "val_loss", "val_accuracy"], log[0].Numbers.Keys);
        Assert.Equal(40 * 10, trainer.Step);
        // 150 = 9 · 16 + 6: two sizes of batches.
        Assert.InRange(GraphFunction.Of(trainer.TrainStep).TraceCount, 1, 2);
        Assert.InRange(GraphFunction.Of(trainer.EvaluateStep).TraceCount, 1, 2);
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(40, lines.Length);
        Assert.Matches(@"^epoch 1/40  loss \S+  accuracy \S+  val_loss \S+  val_accuracy \S+  \S+ s", lines[0]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = log[0]["auc"], ["there is no 'auc'", "val_accuracy"]);
    }

    [Fact]
    public void Imperatively_and_traced_it_learns_alike_and_as_a_loop_of_ones_own()
    {
        var traced = New();
        var imperative = New();
        var own = New();
        var log = traced.Fit(Points(), epochs: 3, progress: TextWriter.Null);
        var other = Both.Imperatively(() => imperative.Fit(Points(), epochs: 3, progress: TextWriter.Null));
        for (int epoch = 0; epoch < 3; epoch++)
            Close.Within(log[epoch]["loss"], other[epoch]["loss"], 1e-4, 0);
        var data = Points();
        for (int epoch = 0; epoch < 3; epoch++)
        {
            foreach (var (inputs, targets) in data)
                own.TrainStep(inputs, targets);
        }

        Assert.Equal(traced.Model.Variables.Select(variable => variable.Value.ToArray<float>()), own.Model.Variables.Select(variable => variable.Value.ToArray<float>()));
        Close.Within(traced.Evaluate(Points())["loss"], Both.Imperatively(() => traced.Evaluate(Points())["loss"]), 1e-6, 0);
        float[] predicted = traced.Predict([Ops.Ones(1, 2)]).Single().ToArray<float>();
        Close.Within(traced.Model.Call(Ops.Ones(1, 2)).ToArray<float>(), predicted, 1e-6);
    }

    [Fact]
    public void The_mean_loss_is_exact_on_an_uneven_last_batch()
    {
        var trainer = New();
        var all = Points().Single(150);
        Close.Within(Loss.SparseSoftmaxCrossEntropy(trainer.Model.Call(all.Item1), all.Item2).ToDouble(), trainer.Evaluate(Points())["loss"], 1e-6, 0);
    }

    [Fact]
    public void An_epoch_without_a_number_is_not_the_best()
    {
        var trainer = New();
        var stop = new EarlyStopping("loss", patience: 2);
        stop.OnStart(trainer);
        foreach (var (epoch, loss) in new[] { (1, double.NaN), (2, 3.0), (3, 2.0), (4, double.NaN) })
            stop.OnEpoch(trainer, new EpochLog(epoch, epoch, new Dictionary<string, double> { ["loss"] = loss }));
        Assert.Equal(3, stop.BestEpoch);
        Assert.False(trainer.IsStopping);
    }

    [Fact]
    public void Two_metrics_have_two_names()
    {
        Trainer With(params PredictionMetric[] metrics) => new(Model(), Loss.SparseSoftmaxCrossEntropy, new Sgd(), metrics);
        Expect.Error(DiagnosticIds.OutOfRange, () => With(new Precision(0.3), new Precision(0.7)), "two numbers are called 'precision'");
        Expect.Error(DiagnosticIds.OutOfRange, () => With(new Accuracy("loss")), "two numbers are called 'loss'");
        Assert.Equal(2, With(new Precision(0.3), new Precision(0.7, "strict_precision")).Metrics.Count);
    }

    [Fact]
    public void Early_stopping_ends_it_and_sets_the_best_variables()
    {
        var trainer = new Trainer(Model(), Loss.SparseSoftmaxCrossEntropy, new Sgd(50));
        var stop = new EarlyStopping("loss", patience: 2);
        var log = trainer.Fit(Points(), epochs: 50, progress: TextWriter.Null, callbacks: [stop]);
        Assert.Equal(stop.BestEpoch + 2, log.Count);
        Assert.Equal(log.MinBy(each => each["loss"])!.Epoch, stop.BestEpoch);
        Expect.Error(DiagnosticIds.OutOfRange, () => New().Fit(Points(), progress: TextWriter.Null, callbacks: [new EarlyStopping()]), "there is no 'val_loss'");
    }

    [Fact]
    public void Logs_are_written_as_csv_and_for_TensorBoard()
    {
        string csv = Path.Combine(_folder, "log.csv");
        New().Fit(Points(), epochs: 2, progress: TextWriter.Null, callbacks: [new CsvLog(csv), new TensorBoardLog(Path.Combine(_folder, "board"))]);
        string[] lines = File.ReadAllLines(csv);
        Assert.Equal("epoch,step,loss,accuracy", lines[0]);
        Assert.StartsWith("2,20,", lines[2], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
        Assert.True(new FileInfo(Assert.Single(Directory.GetFiles(Path.Combine(_folder, "board")))).Length > 100);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => _ = new Trainer(Model(), null!, new Sgd()), []);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => New().Fit(Points(), epochs: -1), ["epochs"]);
        Expect.Error(DiagnosticIds.RankMismatch, () => new Trainer(Model(), (x, _) => x, new Sgd()).TrainStep(Ops.Ones(3, 2), new[] { 0, 1, 0 }), "the loss gives");
    }
}

internal static class Batches
{
    /// <summary>All elements of a dataset of batches as one.</summary>
    public static (Tensor, Tensor) Single(this Dataset<(Tensor, Tensor)> batches, int count)
    {
        var all = batches.ToList();
        (Tensor, Tensor) joined = (Ops.Concat([.. all.Select(batch => batch.Item1)]), Ops.Concat([.. all.Select(batch => batch.Item2)]));
        Assert.Equal(count, joined.Item2.Shape[0].Value);
        return joined;
    }
}
