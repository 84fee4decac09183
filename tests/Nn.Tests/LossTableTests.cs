using TensorGraph.Tests.Layers;

namespace TensorGraph.Tests;

/// <summary>Each loss against its formula in double precision, its gradient against central differences, imperatively and traced, for any batch.</summary>
public sealed partial class LossTableTests
{
    /// <param name="Name">Name of the test.</param>
    /// <param name="Loss">The loss.</param>
    /// <param name="Targets">Targets for a batch.</param>
    /// <param name="Expected">The loss of predictions and targets.</param>
    private sealed record Row(string Name, Func<Tensor, Tensor, Tensor> Loss, Func<int, Tensor> Targets, Func<Naive, Naive, double> Expected);

    private const int Classes = 4;
    private static readonly double[] s_weights = [1, 0.5, 2, 0.25];

    private static Tensor Numbers(int batch) => new RandomGenerator(batch).Normal(new Shape(batch, Classes), dtype: DType.F64);

    private static Tensor Probabilities(int batch) => Ops.Softmax(Numbers(batch));

    private static Tensor Labels(int batch) => Enumerable.Range(0, batch).Select(i => i * 3 % Classes).ToArray();

    private static Tensor Signs(int batch) => Ops.Where(Numbers(batch) > 0, Ops.OnesLike(Numbers(batch)), -1.0);

    private static double[] LogSoftmax(Naive x, long row)
    {
        double[] scores = [.. Enumerable.Range(0, Classes).Select(i => x[row, i])];
        double sum = Math.Log(scores.Sum(Math.Exp));
        return [.. scores.Select(score => score - sum)];
    }

    private static double Mean(Naive x, Func<long, double> ofRow) => Enumerable.Range(0, (int)x.Sizes[0]).Average(row => ofRow(row));

    private static double MeanOfAll(Naive x, Naive y, Func<double, double, double> f) => x.Data.Zip(y.Data, f).Average();

    private static readonly Row[] s_rows =
    [
        new("sparse softmax cross entropy", Loss.SparseSoftmaxCrossEntropy, Labels, (x, y) => Mean(x, row => -LogSoftmax(x, row)[(int)y[row]])),
        new("with class weights and smoothing", (x, y) => Loss.SparseSoftmaxCrossEntropy(x, y, s_weights, labelSmoothing: 0.2), Labels, (x, y) =>
            Enumerable.Range(0, (int)x.Sizes[0]).Sum(row =>
            {
                double[] logs = LogSoftmax(x, row);
                int label = (int)y[row];
                return -(0.8 * logs[label] * s_weights[label]) - (0.2 / Classes * logs.Select((log, i) => log * s_weights[i]).Sum());
            }) / y.Data.Sum(label => s_weights[(int)label])),
        new("with an ignored label", (x, y) => Loss.SparseSoftmaxCrossEntropy(x, y, ignoredLabel: -100), batch => Ops.Where(Labels(batch) == 3, -100L, Labels(batch)), (x, y) =>
            Enumerable.Range(0, (int)x.Sizes[0]).Where(row => y[row] >= 0).Select(row => -LogSoftmax(x, row)[(int)y[row]]).DefaultIfEmpty(0).Average()),
        new("softmax cross entropy", Loss.SoftmaxCrossEntropy, Probabilities, (x, y) => Mean(x, row => -LogSoftmax(x, row).Select((log, i) => log * y[row, i]).Sum())),
        new("softmax cross entropy with weights and smoothing", (x, y) => Loss.SoftmaxCrossEntropy(x, y, s_weights, 0.1), Probabilities, (x, y) =>
            Mean(x, row => -LogSoftmax(x, row).Select((log, i) => log * s_weights[i] * ((0.9 * y[row, i]) + (0.1 / Classes))).Sum())),
        new("sigmoid cross entropy", Loss.SigmoidCrossEntropy, Probabilities, (x, y) => MeanOfAll(x, y, (a, t) => -(t * Math.Log(Naive.Sigmoid(a))) - ((1 - t) * Math.Log(1 - Naive.Sigmoid(a))))),
        new("sigmoid cross entropy with weight and smoothing", (x, y) => Loss.SigmoidCrossEntropy(x, y, positiveWeight: 3, labelSmoothing: 0.1), Probabilities, (x, y) => MeanOfAll(x, y, (a, p) =>
        {
            double t = (0.9 * p) + 0.05;
            return -(3 * t * Math.Log(Naive.Sigmoid(a))) - ((1 - t) * Math.Log(1 - Naive.Sigmoid(a)));
        })),
        new("mean squared error", Loss.MeanSquaredError, batch => Numbers(batch) + 1, (x, y) => MeanOfAll(x, y, (a, b) => (a - b) * (a - b))),
        new("mean absolute error", Loss.MeanAbsoluteError, batch => Numbers(batch) + 1, (x, y) => MeanOfAll(x, y, (a, b) => Math.Abs(a - b))),
        new("huber", Loss.Huber, batch => Numbers(batch) + 1, (x, y) => MeanOfAll(x, y, (a, b) => Math.Abs(a - b) <= 1 ? (a - b) * (a - b) / 2 : Math.Abs(a - b) - 0.5)),
        new("huber with delta", (x, y) => Loss.Huber(x, y, 0.3), batch => Numbers(batch) + 1, (x, y) => MeanOfAll(x, y, (a, b) => Math.Abs(a - b) <= 0.3 ? (a - b) * (a - b) / 2 : 0.3 * (Math.Abs(a - b) - 0.15))),
        new("kullback leibler", (x, y) => Loss.KullbackLeibler(Ops.LogSoftmax(x), y), Probabilities, (x, y) => Mean(x, row => LogSoftmax(x, row).Select((log, i) => y[row, i] * (Math.Log(y[row, i]) - log)).Sum())),
        new("hinge", Loss.Hinge, Signs, (x, y) => MeanOfAll(x, y, (a, b) => Math.Max(0, 1 - (a * b)))),
        new("cosine", Loss.Cosine, batch => Numbers(batch) + 1, (x, y) => Mean(x, row =>
        {
            double Dot(Naive a, Naive b) => Enumerable.Range(0, Classes).Sum(i => a[row, i] * b[row, i]);
            return 1 - (Dot(x, y) / Math.Sqrt(Dot(x, x) * Dot(y, y)));
        })),
    ];

    public static TheoryData<string> Names => [.. s_rows.Select(row => row.Name)];

    private static Tensor Predictions(int batch) => new RandomGenerator(100 + batch).Normal(new Shape(batch, Classes), dtype: DType.F64);

    [Theory]
    [MemberData(nameof(Names))]
    public void Has_its_formula_and_gradient(string name)
    {
        const double h = 1e-6;
        var row = s_rows.Single(row => row.Name == name);
        var loss = new LossOf(row.Loss);
        foreach (int batch in new[] { 3, 5, 2, 1 })
        {
            Tensor x = Predictions(batch), y = row.Targets(batch);
            double expected = row.Expected(Naive.Of(x), Naive.Of(y));
            Close.Within(expected, Both.Imperatively(() => loss.Run(x, y).ToDouble()), 1e-10, 1e-12);
            Close.Within(expected, loss.Run(x, y).ToDouble(), 1e-10, 1e-12);
            double[] values = x.ToArray<double>();
            double[] slopes = [.. values.Select((_, i) => (At(i, h) - At(i, -h)) / (2 * h))];
            Close.Within(slopes, loss.Gradient(x, y).ToArray<double>(), 1e-6, 1e-8);
            Close.Within(slopes, Both.Imperatively(() => loss.Gradient(x, y).ToArray<double>()), 1e-6, 1e-8);
            Tensor single = x.Cast(DType.F32), targets = y.DType == DType.F64 ? y.Cast(DType.F32) : y;
            if (!name.Contains("class weights", StringComparison.Ordinal) && !name.Contains("with weights", StringComparison.Ordinal))
                Close.Within(expected, loss.Run(single, targets).ToDouble(), 1e-5, 1e-6);

            double At(int i, double step)
            {
                var moved = (double[])values.Clone();
                moved[i] += step;
                return row.Loss(Tensor.From(moved, batch, Classes), y).ToDouble();
            }
        }

        Assert.InRange(GraphFunction.Of(loss.Gradient).TraceCount, 1, 3);
    }

    internal sealed partial class CtcLoss
    {
        [GraphFunction]
        public static Tensor Run(Tensor logits, Tensor labels, Tensor frames, Tensor lengths) => Loss.Ctc(logits, labels, frames, lengths);

        [GraphFunction]
        public static Tensor Gradient(Tensor logits, Tensor labels, Tensor frames, Tensor lengths)
        {
            using var tape = new GradientTape();
            tape.Watch(logits);
            return tape.Gradient(Loss.Ctc(logits, labels, frames, lengths), logits)!;
        }
    }

    [Fact]
    public void Ctc_is_the_sum_over_all_spellings()
    {
        const int h = 3, Frames = 5;
        Tensor logits = new RandomGenerator(1).Normal(new Shape(h, Frames, h), dtype: DType.F64);
        int[,] labels = { { 1, 1 }, { 2, 1 }, { 1, 0 } };
        int[] frames = [5, 3, 4], lengths = [2, 2, 0];
        double expected = 0;
        var x = Naive.Of(Ops.LogSoftmax(logits));
        for (int n = 0; n < h; n++)
        {
            int[] wanted = [.. Enumerable.Range(0, lengths[n]).Select(i => labels[n, i])];
            double sum = 0;
            foreach (long[] path in Naive.Places([.. Enumerable.Repeat((long)h, frames[n])]))
            {
                // Repetitions are one label, then blanks go.
                long[] spelled = [.. path.Where((label, i) => i == 0 || label != path[i - 1]).Where(label => label != 0)];
                if (spelled.SequenceEqual(wanted.Select(label => (long)label)))
                    sum += Math.Exp(path.Select((label, t) => x[n, t, label]).Sum());
            }

            expected -= Math.Log(sum) / Math.Max(1, lengths[n]) / h;
        }

        Close.Within(expected, CtcLoss.Run(logits, labels, frames, lengths).ToDouble(), 1e-9, 0);
        Close.Within(expected, Both.Imperatively(() => CtcLoss.Run(logits, labels, frames, lengths).ToDouble()), 1e-9, 0);
        Close.Within(expected, CtcLoss.Run(logits.Cast(DType.F32), labels, frames, lengths).ToDouble(), 1e-5, 0);
        double[] values = logits.ToArray<double>();
        double[] slopes = [.. values.Select((_, i) => (At(i, 1e-6) - At(i, -1e-6)) / 2e-6)];
        Close.Within(slopes, CtcLoss.Gradient(logits, labels, frames, lengths).ToArray<double>(), 1e-6, 1e-8);
        Close.Within(slopes, Both.Imperatively(() => CtcLoss.Gradient(logits, labels, frames, lengths).ToArray<double>()), 1e-6, 1e-8);

        double At(int i, double step)
        {
            var moved = (double[])values.Clone();
            moved[i] += step;
            return Loss.Ctc(Tensor.From(moved, h, Frames, h), labels, frames, lengths).ToDouble();
        }
    }

    [Fact]
    public void Bad_input_is_named()
    {
        Tensor x = Predictions(2);
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => Loss.SoftmaxCrossEntropy(x, Probabilities(2), new[] { 1.0 }), ["class weights"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Loss.SigmoidCrossEntropy(x, Probabilities(2), labelSmoothing: 1), ["labelSmoothing"]);
        Expect.ErrorHere(DiagnosticIds.RankMismatch, () => Loss.Huber(x, Labels(2)), ["f64[2, 4]", "i32[2]"]);
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => Loss.Hinge(x, Signs(3)), []);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Loss.Ctc(Ops.Ones(1, 2, 3), new int[1, 1], new[] { 2 }, new[] { 1 }, blank: 3), ["blank"]);
    }
}
