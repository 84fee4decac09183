using TensorGraph;
using TextClassification;

namespace BertClassification;

/// <summary>The texts as batches.</summary>
internal sealed class Texts
{
    private readonly int[][] _train;
    private readonly int[] _trainLabels;
    private readonly int[][] _test;
    private readonly int[] _testLabels;
    private readonly int _length;
    private readonly int _batch;
    private readonly int _seed;

    public Texts(SectionsData data, Encoder encoder, int length, int batch, int seed)
    {
        (_length, _batch, _seed) = (length, batch, seed);
        (_train, _trainLabels) = Encoded(data.Train);
        (_test, _testLabels) = Encoded(data.Test);

        (int[][], int[]) Encoded(IReadOnlyList<LabelledText> texts) =>
            ([.. texts.Select(example => encoder.Encode(example.Text, length))], [.. texts.Select(example => example.Label)]);
    }

    /// <summary>Texts with hidden tokens, and these.</summary>
    public Dataset<(Tensor Features, Tensor Labels)> Hidden(int tokens)
    {
        var (texts, hidden) = MaskedTokens.Hide(_train, tokens, new Random(_seed));
        return Dataset.FromTensorSlices((Tensor.From(texts, _train.Length, _length), Tensor.From(hidden, _train.Length, _length)))
            .Shuffle(_train.Length, _seed).Batch(_batch);
    }

    /// <summary>The training texts in another order each time.</summary>
    public Dataset<(Dictionary<string, Tensor> Features, Tensor Labels)> Training() =>
        Named(Slices(_train, _trainLabels, _train.Length).Shuffle(_train.Length, _seed).Batch(_batch));

    /// <summary>The test texts, all in batches of one size: rows that fill up the last one do not count.</summary>
    public Dataset<(Dictionary<string, Tensor> Features, Tensor Labels)> Test()
    {
        int size = 2 * _batch, fill = (size - (_test.Length % size)) % size;
        int[][] texts = [.. _test, .. Enumerable.Repeat(_test[0], fill)];
        return Named(Slices(texts, [.. _testLabels, .. Enumerable.Repeat(0, fill)], _test.Length).Batch(size));
    }

    private Dataset<(Tensor Ids, Tensor IsReal, Tensor Labels)> Slices(int[][] texts, int[] labels, int real) => Dataset.FromTensorSlices((
        Tensor.From([.. texts.SelectMany(text => text)], texts.Length, _length),
        Tensor.From([.. Enumerable.Range(0, texts.Length).Select(i => i < real ? 1f : 0f)]), Tensor.From(labels)));

    private static Dataset<(Dictionary<string, Tensor> Features, Tensor Labels)> Named(Dataset<(Tensor Ids, Tensor IsReal, Tensor Labels)> batches) =>
        batches.Map(batch => (
            new Dictionary<string, Tensor> { [TextClassifier.Ids] = batch.Ids, [TextClassifier.IsReal] = batch.IsReal }, batch.Labels));
}
