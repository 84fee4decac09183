namespace TensorGraph.Tests;

/// <summary>A loop of a graph over each step gives what the imperative one gives, in one trace however many elements there are.</summary>
public sealed partial class DatasetStepsInGraphTests
{
    private static readonly Tensor s_ragged = new[] { 2L, 0, 3, 1, 4, 2, 5 };

    private static readonly Dictionary<string, Func<Dataset<Tensor>>> s_datasets = new()
    {
        ["parallel map"] = () => Dataset.Range(9).Map(x => x * 2L, parallelism: 3),
        ["ops ahead of a batch"] = () => Dataset.Range(9).Map(x => (x.Cast(DType.F64) * 2).Cast(DType.I64)).Batch(4),
        ["ops ahead of padding"] = () => Dataset.Range(5).Map(x => Ops.Ones(x.Item<long>()).Cast(DType.I64) + x).PaddedBatch(2, padding: -1),
        ["filter"] = () => Dataset.Range(9).Filter(x => x.Item<long>() % 2 == 0),
        ["skip and take"] = () => Dataset.Range(9).Skip(2).Take(5),
        ["shard"] = () => Dataset.Range(9).Shard(2, 1),
        ["shuffle"] = () => Dataset.Range(9).Shuffle(4, seed: 3),
        ["cache"] = () => Dataset.Range(9).Cache(),
        ["concatenate"] = () => Dataset.Range(4).Concatenate(Dataset.Range(3)),
        ["concatenate batches"] = () => Dataset.Range(4).Batch(2).Concatenate(Dataset.Range(9).Batch(3)),
        ["zip"] = () => Dataset.Range(4).Zip(Dataset.Range(9).Map(x => x * 5L)).Map(pair => pair.First + pair.Second),
        ["zip of batches"] = () => Dataset.Range(7).Batch(2).Zip(Dataset.Range(9).Batch(2)).Map(pair => pair.First * pair.Second[..1]),
        ["enumerate"] = () => Dataset.Range(4).Enumerate().Map(pair => pair.Index * pair.Element),
        ["interleave"] = () => Dataset.Range(4).Interleave(x => Dataset.Range(3).Map(y => (x * 10L) + y), cycle: 2),
        ["window"] = () => Dataset.Range(9).Window(4, 2),
        ["padded batch"] = () => Ragged().PaddedBatch(3, padding: -1),
        ["padded batch, full ones"] = () => Ragged().PaddedBatch(3, dropRemainder: true),
        ["padded batch, fixed sizes"] = () => Ragged().PaddedBatch(3, shapes: [[6]]),
        ["bucket by length"] = () => Ragged().BucketByLength(x => (int)x.Shape[0].Value, [2, 4], [2, 2, 1]),
        ["generate"] = () => Dataset.Generate(i => (Tensor)(i * i), 6),
        ["prefetch of repeat"] = () => Dataset.Range(3).Shuffle(3, seed: 1).Repeat(3).Prefetch(4),
    };

    public static TheoryData<string> Names => [.. s_datasets.Keys];

    [GraphFunction]
    private static Tensor Digest(Dataset<Tensor> dataset)
    {
        Tensor digest = 1L;
        foreach (Tensor x in dataset)
            digest = (digest * 7L) + x.Sum() + (x * x).Sum();
        return digest;
    }

    [GraphFunction]
    private static Tensor Pairs(Dataset<(Tensor Words, Tensor Tags)> dataset)
    {
        Tensor digest = 1L;
        foreach (var (words, tags) in dataset)
            digest = (digest * 7L) + (words.Sum() * 100L) + tags.Sum() + Ops.Size(words, 1) + Ops.Size(tags, 1) + Ops.Size(words);
        return digest;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_ways_are_alike(string name)
    {
        var function = GraphFunction.Of(Digest);
        int before = function.TraceCount;
        Dataset<Tensor> traced = s_datasets[name](), imperative = s_datasets[name]();
        // The second call is the next epoch.
        for (int pass = 0; pass < 2; pass++)
            Assert.Equal(Both.Imperatively(() => Digest(imperative).Item<long>()), Digest(traced).Item<long>());
        Assert.Equal(1, function.TraceCount - before);
    }

    [Fact]
    public void Lengths_of_two_padded_tensors_are_independent()
    {
        var dataset = Ragged().Zip(Ragged().Skip(1)).PaddedBatch(2);
        Assert.Equal(Both.Imperatively(() => Pairs(dataset).Item<long>()), Pairs(dataset).Item<long>());
    }

    private static Dataset<Tensor> Ragged() => Dataset.FromTensorSlices(s_ragged).Map(x => (Tensor)Enumerable.Range(1, (int)x.Item<long>()).Select(i => (long)i).ToArray());
}
