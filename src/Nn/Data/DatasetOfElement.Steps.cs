namespace TensorGraph;

public sealed partial class Dataset<T>
{
    /// <summary>
    /// f(element), for each element. The function runs when its element is needed; elements that a later <see cref="Skip"/> or
    /// <see cref="Shard"/> leaves out are not computed. Errors: TG1002 null, TG2004 a parallelism below 1. Source: tf.data.Dataset.map.
    /// </summary>
    /// <typeparam name="TResult">New element.</typeparam>
    /// <param name="function">Ordinary C#, also where the loop is in a graph.</param>
    /// <param name="parallelism">Elements that are computed at the same time, ahead of the consumer.</param>
    /// <param name="ordered">False gives each result as soon as it is ready.</param>
    public Dataset<TResult> Map<TResult>(Func<T, TResult> function, int parallelism = 1, bool ordered = true)
    {
        Check.NotNull(function);
        Check.AtLeast(1, parallelism, "map");
        return Then<TResult>(parallelism == 1 ? "map" : "parallel_map", Start, () => _examples().Select(function));

        Cursor<TResult> Start(PositionReader? from) => parallelism == 1 ? new MapCursor<T, TResult>(Open(from), function, from)
            : new ParallelMapCursor<T, TResult>(this, function, parallelism, ordered, from);
    }

    /// <summary>The elements that a function says true of. Errors: TG1002 null. Source: tf.data.Dataset.filter.</summary>
    /// <param name="predicate">Ordinary C#, also where the loop is in a graph.</param>
    public Dataset<T> Filter(Func<T, bool> predicate)
    {
        Check.NotNull(predicate);
        return Then("filter", from => new FilterCursor<T>(Open(from), predicate, from));
    }

    /// <summary>
    /// The elements in random order: each is drawn from the next <paramref name="bufferSize"/> ones, so that a buffer as large as the dataset
    /// shuffles all of it. Errors: TG2004 a buffer below 1. Source: tf.data.Dataset.shuffle.
    /// </summary>
    /// <param name="bufferSize">Elements to draw from.</param>
    /// <param name="seed">Gives the same orders in every program run; null leaves them to chance.</param>
    /// <param name="reshuffle">True gives each enumeration, each epoch, its own order.</param>
    public Dataset<T> Shuffle(int bufferSize, int? seed = null, bool reshuffle = true)
    {
        Check.AtLeast(1, bufferSize, "shuffle");
        var order = new ShuffleOrder(seed, reshuffle);
        return Then("shuffle", from => new ShuffleCursor<T>(this, bufferSize, order, from), order);
    }

    /// <summary>
    /// The dataset again and again, endlessly when <paramref name="count"/> is null. It ends after a pass without elements. Errors: TG2004 a negative
    /// count. Source: tf.data.Dataset.repeat.
    /// </summary>
    /// <param name="count">How many times.</param>
    public Dataset<T> Repeat(int? count = null)
    {
        Check.AtLeast(0, count ?? 0, "repeat", nameof(count));
        return Then("repeat", from => new RepeatCursor<T>(Open, count, from));
    }

    /// <summary>The first elements. Errors: TG2004 a negative count. Source: tf.data.Dataset.take.</summary>
    /// <param name="count">How many at most.</param>
    public Dataset<T> Take(int count)
    {
        Check.AtLeast(0, count, "take");
        return Then("take", from => new TakeCursor<T>(Open(from), count, from));
    }

    /// <summary>All but the first elements. Errors: TG2004 a negative count. Source: tf.data.Dataset.skip.</summary>
    /// <param name="count">How many to leave out.</param>
    public Dataset<T> Skip(int count)
    {
        Check.AtLeast(0, count, "skip");
        return Then("skip", from => new SkipCursor<T>(Open(from), count, from));
    }

    /// <summary>
    /// Every <paramref name="count"/>th element, from number <paramref name="index"/> on: one part of the data for each of several processes.
    /// Shard before <see cref="Shuffle"/>, and before steps that cost much. The position of one part is one of each other part too. Errors: TG2004 unless 0 ≤ index &lt; count.
    /// Source: tf.data.Dataset.shard.
    /// </summary>
    /// <param name="count">Number of parts.</param>
    /// <param name="index">Which part.</param>
    public Dataset<T> Shard(int count, int index)
    {
        Check.AtLeast(1, count, "shard");
        Check.AtLeast(0, index, "shard");
        if (index >= count)
            Throw.Range("shard", $"part {index} of {count} parts", "The first one is part 0: pass an index below count.");
        return new($"shard({Steps})", from => new ShardCursor<T>(Open(from), count, index, from), _examples, _states) { Parts = $"{Parts} {index} of {count}" };
    }

    /// <summary>
    /// Pairs with the elements of another dataset, as many as the shorter one has. Errors: TG1002 null. Source: tf.data.Dataset.zip.
    /// </summary>
    /// <typeparam name="TOther">Element of the other one.</typeparam>
    /// <param name="other">What gives the second parts.</param>
    public Dataset<(T First, TOther Second)> Zip<TOther>(Dataset<TOther> other)
    {
        Check.NotNull(other);
        return new($"zip({Steps},{other.Steps})", from => new ZipCursor<T, TOther>(Open, other.Open, from), Examples, [.. _states, .. other._states])
        {
            Parts = Parts + other.Parts,
        };

        IEnumerable<(T, TOther)> Examples()
        {
            T[] first = [.. _examples()];
            TOther[] second = [.. other._examples()];
            return Enumerable.Range(0, Math.Max(first.Length, second.Length))
                .Select(i => (first[Math.Min(i, first.Length - 1)], second[Math.Min(i, second.Length - 1)]));
        }
    }

    /// <summary>The elements, then those of another dataset. Errors: TG1002 null. Source: tf.data.Dataset.concatenate.</summary>
    /// <param name="other">What comes after.</param>
    public Dataset<T> Concatenate(Dataset<T> other)
    {
        Check.NotNull(other);
        return new($"concatenate({Steps},{other.Steps})", from => new ConcatenateCursor<T>(Open, other.Open, from),
            () => _examples().Concat(other._examples()), [.. _states, .. other._states]) { Parts = Parts + other.Parts };
    }

    /// <summary>
    /// A dataset made of each element, and their elements in alternation: some of one, some of the next, <paramref name="cycle"/> of them at a time;
    /// the next dataset takes the place of one that has ended. A cycle of 1 gives one after the other. Errors: TG1002 null, also from the function,
    /// TG2004 a cycle or block below 1, or a cycle above 10,000.
    /// Source: tf.data.Dataset.interleave.
    /// </summary>
    /// <typeparam name="TResult">Element of the datasets.</typeparam>
    /// <param name="function">Makes a dataset.</param>
    /// <param name="cycle">Datasets that are read at the same time.</param>
    /// <param name="block">Elements to take from one before the next.</param>
    public Dataset<TResult> Interleave<TResult>(Func<T, Dataset<TResult>> function, int cycle = 1, int block = 1)
    {
        Check.NotNull(function);
        Check.AtLeast(1, cycle, "interleave");
        const int Most = 10_000;
        if (cycle > Most)
            Throw.Range("interleave", $"'{nameof(cycle)}' is {cycle}", $"It must be at most {Most}: each dataset of a cycle is open.");
        Check.AtLeast(1, block, "interleave");
        return Then("interleave", from => new InterleaveCursor<T, TResult>(this, function, cycle, block, from),
            () => _examples().SelectMany(element => function(element)._examples()));
    }

    /// <summary>Each element with its number from 0 on, an i64. Source: tf.data.Dataset.enumerate.</summary>
    public Dataset<(Tensor Index, T Element)> Enumerate() =>
        Then<(Tensor, T)>("enumerate", from => new EnumerateCursor<T>(Open(from), from), () => _examples().Select(element => ((Tensor)0L, element)));

    /// <summary>
    /// The elements as they were in the first iteration that came to its end: later ones neither read nor compute again what comes ahead of this
    /// step. Shuffle after it. Errors: while it is enumerated, TG1006 when the file can't be written, or is not such a cache of the same steps and
    /// shards; TG2002 when elements for a file are not tensors. Source: tf.data.Dataset.cache.
    /// </summary>
    /// <param name="path">
    /// A file that keeps the elements, also for other processes that read the same; null keeps them in memory. Delete the file when the data or the
    /// functions of steps change.
    /// </param>
    public Dataset<T> Cache(string? path = null)
    {
        CacheStore<T> store = path is null ? new MemoryStore<T>() : new FileStore<T>(path, Steps + Parts);
        return Then("cache", from => new CacheCursor<T>(this, store, from), store);
    }

    /// <summary>
    /// Computes the elements ahead of the consumer, on a thread of its own that waits while <paramref name="capacity"/> elements are ready. What a
    /// step throws reaches the consumer in its place. Disposing of the iteration waits for the thread, which ends after the element that it works
    /// on. Errors: TG2004 a capacity below 1. Source: tf.data.Dataset.prefetch.
    /// </summary>
    /// <param name="capacity">Elements to hold ready.</param>
    public Dataset<T> Prefetch(int capacity = 2)
    {
        Check.AtLeast(1, capacity, "prefetch");
        return Then("prefetch", from => new PrefetchCursor<T>(this, capacity, from));
    }
}
