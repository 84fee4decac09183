namespace TensorGraph.Tests;

/// <summary>Batches that are empty, filled up or partly unknown, imperatively and traced.</summary>
public sealed partial class HardBatchTests
{
    private const float Nan = float.NaN, Infinity = float.PositiveInfinity;

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void A_row_that_does_not_count_may_hold_anything(double smoothing)
    {
        Tensor Of(Tensor logits, Tensor labels) => Loss.SparseSoftmaxCrossEntropy(logits, labels, labelSmoothing: smoothing, ignoredLabel: -100);
        float[,] all = { { 1, 2, 3 }, { Nan, 0, 1 }, { -Infinity, -Infinity, -Infinity } };
        var loss = new LossOf(Of);
        float[] alone = Both.Agree(() => [(float)loss.Run(new float[,] { { 1, 2, 3 } }, new[] { 2 })]);
        Assert.Equal(alone, Both.Agree(() => [(float)loss.Run(all, new[] { 2, -100, -100 })]));
        float[] slope = Both.Agree(() => loss.Gradient(all, new[] { 2, -100, -100 }).ToArray<float>());
        Assert.All(slope[..3], each => Assert.True(float.IsFinite(each)));
        Assert.Equal(new float[6], slope[3..]);
    }

    [Fact]
    public void A_target_of_0_adds_0_to_the_divergence()
    {
        var loss = new LossOf(Loss.KullbackLeibler);
        Assert.Equal([0f], Both.Agree(() => [(float)loss.Run(new float[,] { { 0, -Infinity } }, new float[,] { { 1, 0 } })]));
        Assert.Equal([-1f, 0], Both.Agree(() => loss.Gradient(new float[,] { { 0, -Infinity } }, new float[,] { { 1, 0 } }).ToArray<float>()));
    }

    [Fact]
    public void Ctc_names_what_has_another_number_of_examples()
    {
        void Fails()
        {
            var error = Assert.ThrowsAny<GraphException>(() => Spelled(Ops.Zeros(2, 4, 3), new[,] { { 1, 2 } }, new[] { 4, 4 }, new[] { 2, 2 }));
            Assert.StartsWith("TG2001: ctc: ", error.Message, StringComparison.Ordinal);
            Assert.Contains("the labels", error.Message, StringComparison.Ordinal);
        }

        Fails();
        using (new TensorGraphOptions { RunImperatively = true }.Use())
            Fails();
    }

    [GraphFunction]
    private static Tensor Spelled(Tensor logits, Tensor labels, Tensor frames, Tensor lengths) => Loss.Ctc(logits, labels, frames, lengths);

    [Fact]
    public void Ctc_ignores_what_labels_are_filled_up_with()
    {
        Tensor logits = new RandomGenerator(1).Normal([1, 3, 3]);
        float Of(int[,] labels, int frames, int count) => (float)LossTableTests.CtcLoss.Run(logits, labels, new[] { frames }, new[] { count });
        float[] expected = Both.Agree(() => [Of(new[,] { { 1 } }, 3, 1)]);
        Assert.Equal(expected, Both.Agree(() => [Of(new[,] { { 1, -1 } }, 3, 1)]));
        // Two equal labels need three frames.
        Assert.Equal(Infinity, Of(new[,] { { 1, 1 } }, 2, 2));
        Assert.Equal(Infinity, Both.Imperatively(() => Of(new[,] { { 1, 1 } }, 2, 2)));
        Assert.Equal(new float[9], Both.Agree(() => LossTableTests.CtcLoss.Gradient(logits, new[,] { { 1, 1 } }, new[] { 2 }, new[] { 2 }).ToArray<float>()));
        Expect.Error(DiagnosticIds.AssertionFailed, () => Of(new[,] { { 1 } }, 4, 1), "number of frames");
        Expect.Error(DiagnosticIds.AssertionFailed, () => Of(new[,] { { 1 } }, 3, 2), "number of labels");
        Expect.Error(DiagnosticIds.AssertionFailed, () => Both.Imperatively(() => Of(new[,] { { 1 } }, 4, 1)), "number of frames");
    }

    [Theory]
    [InlineData(-3f)]
    [InlineData(1.5f)]
    [InlineData(Nan)]
    public void The_area_of_scores_that_are_no_shares_is_an_error(float score)
    {
        void Update(bool _) => new Measured(new Auc()).Update(new[] { score, 0.5f }, new[] { 0, 1 }).ToDouble();
        Expect.Error(DiagnosticIds.AssertionFailed, () => Update(true), "auc: a score is not from 0 to 1");
        Expect.Error(DiagnosticIds.AssertionFailed, () => Both.Imperatively(() =>
        {
            Update(false);
            return 0;
        }), "auc: a score is not from 0 to 1");
    }

    [Fact]
    public void An_empty_batch_leaves_the_moving_averages()
    {
        float[] Run()
        {
            var norm = new BatchNorm(2);
            var layer = new InTraining(norm);
            layer.Run(new float[,] { { 1, 2 }, { 3, 4 } });
            Assert.Equal([0, 2], layer.Run(Ops.Zeros(0, 2)).Shape.ToArray());
            return [.. norm.MovingMean.Value.ToArray<float>(), .. norm.MovingVariance.Value.ToArray<float>()];
        }

        Close.Within([0.2f, 0.3f, 1.1f, 1.1f], Both.Agree(Run), 1e-6);
    }

    [Fact]
    public void Sequences_filled_up_with_nan_have_the_gradient_of_short_ones()
    {
        foreach (Recurrent layer in new Recurrent[] { new Lstm(2, 3, random: new(1)), new Gru(2, 3, random: new(1)), new SimpleRnn(2, 3, random: new(1)) })
        {
            Tensor one = new RandomGenerator(2).Normal([1, 2, 2]), filled = Ops.Concat([one, Ops.Full([1, 1, 2], Nan)], axis: 1);
            var slope = new SlopeOfRun(layer);
            Close.Within(Both.Agree(() => slope.Run(one, new[] { 2 }).ToArray<float>()),
                Both.Agree(() => slope.Run(filled, new[] { 2 }).ToArray<float>()), 1e-6);
        }
    }

    internal sealed partial class InTraining(Module layer)
    {
        [GraphFunction(InputSignature = ["f32[batch,2]"])]
        public Tensor Run(Tensor x) => layer.Call(x, training: true);
    }

    internal sealed partial class SlopeOfRun(Recurrent layer)
    {
        [GraphFunction]
        public Tensor Run(Tensor x, Tensor lengths)
        {
            using var tape = new GradientTape();
            return tape.Gradient(layer.Run(x, lengths).Outputs.Sum(), layer.Kernel)!;
        }
    }
}
