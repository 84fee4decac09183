namespace TensorGraph.Tests;

/// <summary>A metric as a graph function.</summary>
internal sealed partial class Measured(PredictionMetric metric)
{
    [GraphFunction]
    public Tensor Update(Tensor predictions, Tensor labels) => metric.Update(predictions, labels);

    [GraphFunction]
    public Tensor UpdateWeighted(Tensor predictions, Tensor labels, Tensor weights) => metric.Update(predictions, labels, weights);
}

/// <summary>Each metric over uneven batches against its definition on all examples at once, imperatively and traced.</summary>
public sealed class MetricTests
{
    private const int Examples = 23, Classes = 4;

    private static readonly Random s_random = new(3);
    private static readonly double[][] s_scores = [.. Enumerable.Range(0, Examples).Select(_ => Enumerable.Range(0, Classes).Select(_ => s_random.NextDouble()).ToArray())];
    private static readonly int[] s_labels = [.. Enumerable.Range(0, Examples).Select(_ => s_random.Next(Classes))];

    // Multiples of the distance of 101 thresholds, so that the area is exact.
    private static readonly double[] s_yes = [.. Enumerable.Range(0, Examples).Select(_ => s_random.Next(101) / 100.0)];
    private static readonly int[] s_is = [.. Enumerable.Range(0, Examples).Select(_ => s_random.Next(2))];
    private static readonly double[] s_weights = [.. Enumerable.Range(0, Examples).Select(_ => s_random.NextDouble())];

    private static readonly int[][] s_batches = [[.. Enumerable.Range(0, 10)], [.. Enumerable.Range(10, 10)], [20, 21, 22]];

    private static int Best(int i) => s_scores[i].Index().MaxBy(entry => entry.Item).Index;

    private static double Share(Func<int, bool> holds, double[] weights) => Enumerable.Range(0, Examples).Where(holds).Sum(i => weights[i]) / weights.Sum();

    private static double Count(Func<int, bool> holds, double[] weights) => Enumerable.Range(0, Examples).Where(holds).Sum(i => weights[i]);

    // The chance that an example that is so has a higher score than one that is not.
    private static double AreaByPairs(double[] weights)
    {
        double sum = 0, all = 0;
        foreach (int a in Enumerable.Range(0, Examples).Where(i => s_is[i] == 1))
        {
            foreach (int b in Enumerable.Range(0, Examples).Where(i => s_is[i] == 0))
            {
                all += weights[a] * weights[b];
                sum += weights[a] * weights[b] * (s_yes[a] > s_yes[b] ? 1 : s_yes[a] < s_yes[b] ? 0 : 0.5);
            }
        }

        return sum / all;
    }

    private static readonly (string Name, Func<PredictionMetric> Make, bool IsBinary, Func<double[], double> Expected)[] s_rows =
    [
        ("accuracy", () => new Accuracy(), false, w => Share(i => Best(i) == s_labels[i], w)),
        ("top_2_accuracy", () => new TopKAccuracy(2), false, w => Share(i => s_scores[i].Count(score => score > s_scores[i][s_labels[i]]) < 2, w)),
        ("precision", () => new Precision(), true, w => Count(i => s_yes[i] > 0.5 && s_is[i] == 1, w) / Count(i => s_yes[i] > 0.5, w)),
        ("recall", () => new Recall(0.4), true, w => Count(i => s_yes[i] > 0.4 && s_is[i] == 1, w) / Count(i => s_is[i] == 1, w)),
        ("f1_score", () => new F1Score(), true, w =>
        {
            double precision = Count(i => s_yes[i] > 0.5 && s_is[i] == 1, w) / Count(i => s_yes[i] > 0.5, w), recall = Count(i => s_yes[i] > 0.5 && s_is[i] == 1, w) / Count(i => s_is[i] == 1, w);
            return 2 * precision * recall / (precision + recall);
        }),
        ("auc", () => new Auc(101), true, AreaByPairs),
    ];

    public static TheoryData<string> Names => [.. s_rows.Select(row => row.Name)];

    private static Tensor Predictions(bool isBinary, int[] batch) => isBinary
        ? batch.Select(i => s_yes[i]).ToArray()
        : Tensor.From([.. batch.SelectMany(i => s_scores[i])], batch.Length, Classes);

    private static Tensor Labels(bool isBinary, int[] batch) => batch.Select(i => isBinary ? s_is[i] : s_labels[i]).ToArray();

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_exact_over_uneven_batches(string name)
    {
        var (_, make, isBinary, expected) = s_rows.Single(row => row.Name == name);
        double[] ones = [.. Enumerable.Repeat(1.0, Examples)];
        foreach (bool imperatively in new[] { true, false })
        {
            var metric = make();
            Assert.Equal(name, metric.Name);
            Assert.Equal(0, metric.Value.ToDouble());
            var measured = new Measured(metric);
            double last = 0;
            foreach (int[] batch in s_batches)
            {
                double Run() => measured.Update(Predictions(isBinary, batch), Labels(isBinary, batch)).ToDouble();
                last = imperatively ? Both.Imperatively(Run) : Run();
            }

            Close.Within(expected(ones), last, 1e-12, 1e-12);
            Assert.Equal(last, metric.Value.ToDouble());
            metric.Reset();
            Assert.Equal(0, metric.Value.ToDouble());
            foreach (int[] batch in s_batches)
            {
                Tensor weights = batch.Select(i => s_weights[i]).ToArray();
                double Run() => measured.UpdateWeighted(Predictions(isBinary, batch), Labels(isBinary, batch), weights).ToDouble();
                last = imperatively ? Both.Imperatively(Run) : Run();
            }

            Close.Within(expected(s_weights), last, 1e-12, 1e-12);
            Assert.InRange(GraphFunction.Of(measured.Update).TraceCount, 0, 2);
        }
    }

    [Fact]
    public void Examples_of_weight_0_may_have_any_prediction_and_label()
    {
        Tensor weights = Tensor.From([1f, 0]);
        var mean = new MeanMetric();
        mean.Update(Tensor.From([2f, float.NaN]), weights);
        Assert.Equal(2, mean.Value.ToDouble());
        var auc = new Auc();
        auc.Update(Tensor.From([0.9f, float.NaN]), Tensor.From([1f, 0]), weights);
        Assert.Equal(0, auc.Value.ToDouble());
        Assert.Equal(1, auc.Variables.Single(state => state.Name.EndsWith("/positives", StringComparison.Ordinal)).Value.ToDouble());
        var matrix = new ConfusionMatrix(2);
        matrix.Update(Tensor.From([1, 5]), Tensor.From([1, -1]), weights);
        Assert.Equal([0d, 0, 0, 1], matrix.Value.Reshape(-1).ToArray<double>());
        var recall = new RecallAtK(1);
        recall.Update(Tensor.From([0f, 1, 1, 0]).Reshape(2, 2), Tensor.From([1, 9]).Reshape(2, 1), weights);
        Assert.Equal(1, recall.Value.ToDouble());
    }

    [Fact]
    public void A_label_of_recall_that_is_no_class_is_told()
    {
        var fault = Assert.Throws<GraphException>(() => new RecallAtK(1).Update(Tensor.From([0f, 1]).Reshape(1, 2), Tensor.From([2]).Reshape(1, 1)).ToDouble());
        Assert.Contains("recall_at_1: a label is not from 0 to 1, or -1 for none", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recall_at_k_counts_the_right_classes_of_all_examples()
    {
        Tensor scores = new float[,] { { 0.1f, 0.5f, 0.3f, 0.2f }, { 0.9f, 0.1f, 0.2f, 0.3f } };
        Tensor labels = new[,] { { 1, 3, -1 }, { 2, -1, -1 } };
        // Of three classes, the best two hold one, the best three all.
        foreach (bool isImperative in new[] { true, false })
        {
            using var mode = new TensorGraphOptions { RunImperatively = isImperative }.Use();
            Tensor[] recalls = [Recall(1), Recall(2), Recall(3), new Measured(new RecallAtK(3)).UpdateWeighted(scores, labels, new[] { 0f, 1 })];
            Assert.Equal([1 / 3.0, 1 / 3.0, 1, 1], recalls.Select(value => value.ToDouble()));
        }

        Expect.ErrorHere(DiagnosticIds.RankMismatch, () => new RecallAtK().Update(scores, new[] { 1, 2 }), []);

        Tensor Recall(int k) => new Measured(new RecallAtK(k)).Update(scores, labels);
    }

    [Fact]
    public void A_mean_counts_all_numbers()
    {
        var mean = new MeanMetric();
        Assert.Equal(1.5, mean.Update(new[] { 1f, 2 }).ToDouble());
        Assert.Equal(2, mean.Update(3).ToDouble());
        Assert.Equal(4, mean.Update(new[] { 10.0, 7 }, new[] { 1.0, 0 }).ToDouble());
        mean.Reset();
        Assert.Equal(5, mean.Update(5).ToDouble());
    }

    [Fact]
    public void A_confusion_matrix_counts_labels_and_predictions()
    {
        var matrix = new ConfusionMatrix(3);
        var measured = new Measured(matrix);
        measured.Update(new[] { 0, 2, 2 }, new[] { 0, 1, 1 });
        measured.Update(new[] { 1 }, new[] { 1 });
        Assert.Equal([1.0, 0, 0, 0, 1, 2, 0, 0, 0], matrix.Value.ToArray<double>());
        Assert.Equal([3, 3], matrix.Value.Shape.ToArray());
        Expect.Error(DiagnosticIds.AssertionFailed, () =>
        {
            measured.Update(new[] { 3 }, new[] { 1 });
            matrix.Value.ToArray<double>();
        }, "a class is not from 0 to 2");
    }

    [Fact]
    public void Bad_input_is_named()
    {
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => new Accuracy().Update(new[] { 1, 2 }, new[] { 1 }), ["i32[2]", "i32[1]"]);
        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => new Accuracy().Update(new[] { 1f }, new[] { 1 }), ["f32[1]"]);
        Expect.ErrorHere(DiagnosticIds.RankMismatch, () => new TopKAccuracy().Update(new[] { 1f }, new[] { 1 }), []);
        Expect.ErrorHere(DiagnosticIds.RankMismatch, () => new Precision().Update(Ops.Ones(2, 1), Ops.Ones(2)), []);
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => new Recall().Update(Ops.Ones(2), Ops.Ones(2), Ops.Ones(3)), ["weights"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Auc(1), ["thresholds"]);
    }
}
