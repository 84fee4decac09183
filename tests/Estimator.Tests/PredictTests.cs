namespace TensorGraph.Tests;

public sealed class PredictTests : TemporaryFolder
{
    [Fact]
    public void It_gives_one_prediction_for_each_example_and_reads_no_batch_ahead()
    {
        int read = 0;
        var predictions = new Line().Estimator(At("m")).Predict(() => Line.Batches().Map(batch =>
        {
            read++;
            return batch.Features;
        }));
        Assert.Equal(0, read);
        Assert.Equal([1], predictions.First()["guess"].Shape.ToArray());
        Assert.Equal(1, read);
        Assert.Equal(Line.Count, predictions.Count());
    }

    [Fact]
    public void Each_batch_has_random_numbers_of_its_own()
    {
        var random = new RandomGenerator(3);
        var estimator = new Estimator<Tensor, Tensor>((x, _, mode) => new(mode, predictions: x + random.Uniform([])), At("m"), Line.Quiet);
        float[] numbers = [.. estimator.Predict(() => [Line.X[..1], Line.X[..1], Line.X[..1]]).Select(prediction => prediction.Value.ToArray<float>()[0])];
        Assert.Equal(3, numbers.Distinct().Count());
        // The generator itself has not moved.
        Assert.Equal(numbers[0], random.Uniform([]).ToDouble(), 1e-6);
    }

    [Fact]
    public void Labels_of_several_tensors_are_left_out_too()
    {
        var estimator = new Estimator<Tensor, (Tensor A, Tensor B)>((x, labels, mode) => mode == EstimatorMode.Predict
            ? new(mode, predictions: x) : new(mode, Ops.Mean(labels.A + labels.B)), At("m"), Line.Quiet);
        Assert.Equal(Line.Count, estimator.Predict(() => [(Line.X, (Line.X, Line.X))]).Count());
    }

    [Fact]
    public void Labels_are_left_out_and_batches_are_given_whole()
    {
        var batches = new Line().Estimator(At("m")).Predict(() => Line.Batches(8), yieldSingleExamples: false).ToArray();
        Assert.Equal([8, 8, 4], batches.Select(batch => batch["guess"].Shape[0].Value));
    }

    [Fact]
    public async Task It_is_an_asynchronous_stream_too()
    {
        int count = 0;
        await foreach (var prediction in new Line().Estimator(At("m")).PredictAsync(() => [Line.X]))
        {
            Assert.Equal(2 * prediction["guess"][0].ToDouble(), prediction["twice"][0].ToDouble(), 1e-6);
            count++;
        }

        Assert.Equal(Line.Count, count);
    }

    [Fact]
    public void Keys_choose_and_unknown_ones_beside_known_are_left_out()
    {
        var estimator = new Line().Estimator(At("m"));
        Assert.Equal(["twice"], estimator.Predict(() => [Line.X], ["twice", "no"]).First().Tensors.Keys);
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = estimator.Predict(() => [Line.X], ["no"]).First(), "Expected to run at least one output from guess, twice");
        var single = Single(x => x);
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = single.Predict(() => [Line.X], ["no"]).First(), "one tensor without a name");
        Assert.True(single.Predict(() => [Line.X]).First().IsSingle);
    }

    [Fact]
    public void Predictions_of_different_lengths_can_only_be_had_by_batch()
    {
        var estimator = new Estimator<Tensor, Tensor>((x, _, mode) =>
            new(mode, predictions: new Dictionary<string, Tensor> { ["a"] = x, ["b"] = x[..2] }), At("m"), Line.Quiet);
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = estimator.Predict(() => [Line.X]).First(), "Batch length of predictions should be same");
        Assert.Single(estimator.Predict(() => [Line.X], yieldSingleExamples: false));
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = Single(x => Ops.Sum(x)).Predict(() => [Line.X]).First(), "Batch length of predictions should be same");
    }

    [Fact]
    public void Two_streams_of_two_checkpoints_do_not_disturb_each_other()
    {
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 10);
        string first = Directory.GetFiles(At("m"), "step-*").Order(StringComparer.Ordinal).First();
        var (olds, news) = (Of(first).ToArray(), Of(null).ToArray());
        Assert.NotEqual(olds, news);
        Assert.Equal(olds.Zip(news), Of(first).Zip(Of(null)));

        IEnumerable<double> Of(string? path) => estimator.Predict(() => Line.Batches(), checkpointPath: path).Select(each => each["guess"][0].ToDouble());
    }

    [Fact]
    public void Hooks_are_called_and_one_that_leaves_early_aborts_them()
    {
        List<string> calls = [];
        var predictions = new Line().Estimator(At("m")).Predict(() => Line.Batches(10), hooks: [new Recorder(calls)]);
        Assert.Empty(calls);
        _ = predictions.Count();
        Assert.Equal(["begin", "create", "before", "after", "before", "after", "end"], calls);
    }

    [Fact]
    public void Features_may_be_tuples_records_and_dictionaries()
    {
        Tensor x = Line.X;
        var tuple = new Estimator<(Tensor A, Tensor B), Tensor>((f, _, mode) => new(mode, predictions: f.A + (f.B * 2)), At("a"), Line.Quiet);
        var record = new Estimator<Pair, Tensor>((f, _, mode) => new(mode, predictions: f.A + (f.B * 2)), At("b"), Line.Quiet);
        var map = new Estimator<Dictionary<string, Tensor>, Tensor>((f, _, mode) => new(mode, predictions: f["a"] + (f["b"] * 2)), At("c"), Line.Quiet);
        Assert.Equal(3, tuple.Predict(() => [(x, x)]).Last().Value[0].ToDouble());
        Assert.Equal(3, record.Predict(() => [new Pair(x, x)]).Last().Value[0].ToDouble());
        Assert.Equal(3, map.Predict(() => [new Dictionary<string, Tensor> { ["b"] = x, ["a"] = x }]).Last().Value[0].ToDouble());
        var number = new Estimator<(Tensor, int), Tensor>((f, _, mode) => new(mode, predictions: f.Item1), At("d"), Line.Quiet);
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = number.Predict(() => [(x, 1)]).First(), "'features.1' of a batch is a Int32");
    }

    private Estimator<Tensor, Tensor> Single(Func<Tensor, Tensor> predict) => new((x, _, mode) => new(mode, predictions: predict(x)), At("single"), Line.Quiet);

    private sealed record Pair(Tensor A, Tensor B);
}
