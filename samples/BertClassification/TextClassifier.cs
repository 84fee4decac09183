using TensorGraph;

namespace BertClassification;

/// <summary>Classes of texts by the encoder's vector of the first token. The last batch of an evaluation may have rows that do not count.</summary>
internal sealed class TextClassifier(Sizes sizes, int classes, int steps, double rate, RandomGenerator random)
{
    /// <summary>Features: numbers of tokens, (batch, length).</summary>
    public const string Ids = "ids";

    /// <summary>Features: 1 for an example, 0 for a row that fills up the batch.</summary>
    public const string IsReal = "is_real_example";

    private const int Best = 3;

    private readonly Bert _encoder = new(sizes, random);
    private readonly Dense _pooler = new(sizes.Width, sizes.Width, Ops.Tanh, random: random);
    private readonly Dropout _dropout = new(sizes.Dropout, random);
    private readonly Dense _scores = new(sizes.Width, classes, random: random);
    private readonly AdamW _adam = new(rate) { Schedule = Schedules.Warmup(Math.Max(1, steps / 10), Schedules.Polynomial(steps)) };
    private readonly Accuracy _accuracy = new();

    public EstimatorSpec Describe(Dictionary<string, Tensor> features, Tensor labels, EstimatorMode mode, object? parameters)
    {
        bool training = mode == EstimatorMode.Train;
        Tensor first = _encoder.Call(features[Ids], training)[.., 0];
        Tensor scores = _scores.Call(_dropout.Call(_pooler.Call(first), training));
        if (mode == EstimatorMode.Predict)
        {
            var (probabilities, numbers) = Ops.TopK(Ops.Softmax(scores), Best);
            return new(mode, predictions: new Dictionary<string, Tensor> { ["classes"] = numbers, ["probabilities"] = probabilities });
        }

        Tensor isReal = features[IsReal], count = Ops.Sum(isReal);
        Tensor loss = Ops.Sum(Ops.SparseSoftmaxCrossEntropy(scores, labels) * isReal) / count;
        _accuracy.Update(scores, labels, isReal);
        return new(mode, loss, TrainOp.Minimize(_adam, loss), new Dictionary<string, Metric> { ["accuracy"] = _accuracy }) { LossWeight = count };
    }
}
