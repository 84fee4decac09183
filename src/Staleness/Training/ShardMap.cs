namespace TensorGraph.Staleness;

/// <summary>Which variables are on which shard: in order, in parts of about the same size. State that is not trained is on the first one.</summary>
public sealed class ShardMap
{
    private readonly int[] _ends;

    /// <summary>Divides the weights. Errors: TG2004 more shards than variables.</summary>
    /// <param name="start">Weights of the model.</param>
    /// <param name="shards">Number of shards.</param>
    public ShardMap(ModelSnapshot start, int shards)
    {
        long[] sizes = [.. start.Weights.Select(weight => weight.Shape.ElementCount.Value)];
        Check.Range(shards <= sizes.Length, shards, $"at most the number of variables, {sizes.Length}", "shards");
        _ends = new int[shards];
        long all = sizes.Sum(), sum = 0;
        int next = 0;
        for (int shard = 0; shard < shards; shard++)
        {
            // Each shard has a variable at least, and leaves one for each of those after it.
            int last = sizes.Length - (shards - 1 - shard);
            do
                sum += sizes[next++];
            while (next < last && (shard == shards - 1 || sum * shards < all * (shard + 1)));
            _ends[shard] = next;
        }
    }

    /// <summary>Variables of a shard.</summary>
    /// <param name="whole">Variables of the model.</param>
    /// <param name="shard">Number of the shard.</param>
    public ModelSnapshot Part(ModelSnapshot whole, int shard) => _ends.Length == 1 ? whole
        : new([.. whole.Weights.Skip(Start(shard)).Take(_ends[shard] - Start(shard))], shard == 0 ? whole.State : []);

    /// <summary>Variables of the model.</summary>
    /// <param name="parts">Those of each shard.</param>
    public ModelSnapshot Join(IReadOnlyList<ModelSnapshot> parts) => parts.Count == 1 ? parts[0]
        : new([.. parts.SelectMany(part => part.Weights)], parts[0].State);

    private int Start(int shard) => shard == 0 ? 0 : _ends[shard - 1];
}
