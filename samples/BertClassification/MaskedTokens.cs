using TensorGraph;

namespace BertClassification;

/// <summary>Pre-training: some tokens of a text are hidden, and the encoder learns to tell which they were.</summary>
internal sealed class MaskedTokens(Sizes sizes, int steps, RandomGenerator random)
{
    private const int Mask = 4, FirstWord = 5, NotAsked = -100;

    // The members' names are those of the file that the classifier starts from.
    private readonly Bert _bert = new(sizes, random);
    private readonly Dense _scores = new(sizes.Width, sizes.Tokens, random: random);
    private readonly AdamW _adam = new(0.002) { Schedule = Schedules.Warmup(Math.Max(1, steps / 10), Schedules.Polynomial(steps)) };

    public Module Encoder => _bert;

    public EstimatorSpec Describe(Tensor texts, Tensor hidden, EstimatorMode mode, object? parameters)
    {
        Tensor scores = _scores.Call(_bert.Call(texts, training: mode == EstimatorMode.Train));
        if (mode == EstimatorMode.Predict)
            return new(mode, predictions: scores);
        Tensor loss = Loss.SparseSoftmaxCrossEntropy(scores, hidden, ignoredLabel: NotAsked);
        return new(mode, loss, TrainOp.Minimize(_adam, loss));
    }

    /// <summary>Texts with hidden tokens, and these. Of those that are asked for, most are masked, some are another token, and some stay.</summary>
    public static (int[] Texts, int[] Hidden) Hide(IReadOnlyList<int[]> texts, int tokens, Random random)
    {
        const double Asked = 0.15, Masked = 0.8, Replaced = 0.9;
        int[] all = [.. texts.SelectMany(text => text)], hidden = [.. all];
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] < FirstWord || random.NextDouble() >= Asked)
            {
                hidden[i] = NotAsked;
                continue;
            }

            double chance = random.NextDouble();
            all[i] = chance < Masked ? Mask : chance < Replaced ? random.Next(FirstWord, tokens) : all[i];
        }

        return (all, hidden);
    }
}
