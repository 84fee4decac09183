namespace TensorGraph.Tests;

public sealed class LossTests
{
    private static readonly float[,] Logits = { { 1, 2, 3 }, { 1, -1, 0.5f } };

    [Fact]
    public void Cross_entropies_have_their_closed_form()
    {
        double expected = 0;
        for (int row = 0; row < 2; row++)
        {
            double[] powers = [.. Enumerable.Range(0, 3).Select(i => Math.Exp(Logits[row, i]))];
            expected -= Math.Log(powers[row == 0 ? 2 : 0] / powers.Sum()) / 2;
        }

        var sparse = new LossOf(Loss.SparseSoftmaxCrossEntropy);
        var dense = new LossOf(Loss.SoftmaxCrossEntropy);
        Close.Within([(float)expected], Both.Agree(() => [(float)sparse.Run(Logits, new[] { 2, 0 })]), 1e-6);
        Close.Within([(float)expected], Both.Agree(() => [(float)sparse.RunAnyBatch(Logits, new[] { 2, 0 })]), 1e-6);
        Close.Within([(float)expected], Both.Agree(() => [(float)dense.Run(Logits, new float[,] { { 0, 0, 1 }, { 1, 0, 0 } })]), 1e-6);
    }

    [Fact]
    public void The_second_derivative_of_huber_is_that_of_the_parabola_in_its_lowest_point()
    {
        var loss = new LossOf(Loss.Huber);
        Close.Within([0.25f, 0.25f, 0, 0], Both.Agree(() =>
        {
            Tensor x = new[] { 0f, 0.5f, 3f, -2f };
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            return tape.Gradient(tape.Gradient(loss.Run(x, Ops.Zeros(4)), x)!, x)!.ToArray<float>();
        }), 1e-6);
    }

    [Fact]
    public void Cross_entropy_does_not_overflow()
    {
        var loss = new LossOf(Loss.SparseSoftmaxCrossEntropy);
        Assert.Equal([1000f], Both.Agree(() => [(float)loss.Run(new float[,] { { 1000, 0 } }, new[] { 1 })]));
    }

    [Fact]
    public void Mean_squared_error_has_its_closed_form()
    {
        var loss = new LossOf(Loss.MeanSquaredError);
        Close.Within([(1f + 4 + 0.25f) / 3], Both.Agree(() => [(float)loss.Run(new[] { 1f, 2, 3 }, new[] { 2f, 0, 3.5f })]), 1e-6);
    }

    public static TheoryData<string> Names() => ["sparse", "dense", "mse"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_central_differences(string name)
    {
        var random = new RandomGenerator(5);
        Tensor x = random.Normal(new Shape(4, 3)).Cast(DType.F64);
        (Func<Tensor, Tensor, Tensor> function, Tensor other) = name switch
        {
            "sparse" => ((Func<Tensor, Tensor, Tensor>)Loss.SparseSoftmaxCrossEntropy, (Tensor)new[] { 0, 2, 1, 1 }),
            "dense" => (Loss.SoftmaxCrossEntropy, Ops.Softmax(random.Normal(new Shape(4, 3)).Cast(DType.F64))),
            _ => (Loss.MeanSquaredError, random.Normal(new Shape(4, 3)).Cast(DType.F64)),
        };
        double[] values = x.ToArray<double>();
        double[] slopes = [.. values.Select((_, i) => (At(i, 1e-6) - At(i, -1e-6)) / 2e-6)];
        var loss = new LossOf(function);
        Close.Within(slopes, loss.Gradient(x, other).ToArray<double>(), 1e-7, 1e-8);
        Close.Within(slopes, Both.Imperatively(() => loss.Gradient(x, other).ToArray<double>()), 1e-7, 1e-8);

        double At(int i, double h)
        {
            var moved = (double[])values.Clone();
            moved[i] += h;
            return function(Tensor.From(moved, 4, 3), other).ToDouble();
        }
    }

    [Fact]
    public void Bad_input_is_named()
    {
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => Loss.SparseSoftmaxCrossEntropy(Logits, new[] { 1, 2, 0 }), ["[3]", "[2, 3]"]);
        Expect.ErrorHere(DiagnosticIds.RankMismatch, () => Loss.SparseSoftmaxCrossEntropy(Logits, Logits.Length), []);
        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => Loss.SparseSoftmaxCrossEntropy(Logits, new[] { 1f, 2 }), []);
        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => Loss.SparseSoftmaxCrossEntropy(new int[,] { { 1, 2 } }, new[] { 1 }), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Loss.SparseSoftmaxCrossEntropy(null!, new[] { 1 }), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Loss.MeanSquaredError(Logits, null!), []);
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => Loss.SoftmaxCrossEntropy(Logits, Ops.Ones(2, 2)), []);
        // Would broadcast to 2×2 and be wrong without a word.
        Expect.ErrorHere(DiagnosticIds.RankMismatch, () => Loss.MeanSquaredError(Ops.Ones(2, 1), Ops.Ones(2)), ["[2, 1]"]);
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => Loss.MeanSquaredError(Ops.Ones(2, 1), Ops.Ones(1, 1)), []);
    }

    [Fact]
    public void A_label_out_of_range_is_an_error_both_ways()
    {
        var loss = new LossOf(Loss.SparseSoftmaxCrossEntropy);
        foreach (int label in new[] { 3, -1 })
        {
            Expect.Error(DiagnosticIds.OutOfRange, () => Both.Imperatively(() => loss.Run(Logits, new[] { 0, label }).ToDouble()));
            Expect.Error(DiagnosticIds.OutOfRange, () => loss.Run(Logits, new[] { 0, label }).ToDouble());
        }
    }

    [Fact]
    public void An_empty_batch_is_an_error_both_ways()
    {
        var loss = new LossOf(Loss.SparseSoftmaxCrossEntropy);
        Tensor none = Ops.Zeros(0, 3);
        Tensor labels = Array.Empty<int>();
        Expect.Error(DiagnosticIds.ShapeMismatch, () => Both.Imperatively(() => loss.Run(none, labels)), "empty");
        Expect.Error(DiagnosticIds.ShapeMismatch, () => loss.Run(none, labels), "empty");
        // A graph for any batch size can only tell when it runs.
        Expect.Error(DiagnosticIds.AssertionFailed, () => loss.RunAnyBatch(none, labels).ToDouble(), "empty");
        Expect.Error(DiagnosticIds.ShapeMismatch, () => Loss.MeanSquaredError(Ops.Zeros(0, 3), Ops.Zeros(0, 3)), "empty");
    }
}
