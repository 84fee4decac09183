using System.Collections;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>
/// A sequence of elements, described by steps that run anew, element by element, in every <c>foreach</c>. Each step gives another dataset. In a
/// graph function <c>foreach</c> over a dataset becomes one loop of the graph. Source: tf.data.Dataset.
/// </summary>
/// <typeparam name="T">Element: a tensor or a tuple of tensors.</typeparam>
public sealed class Dataset<T> : IEnumerable<T>, IGraphSequence<T>
{
    private readonly IEnumerable<T> _elements;
    private readonly Func<T> _example;
    private readonly Func<T>? _smaller;

    /// <summary>A step.</summary>
    /// <param name="elements">The elements, enumerated anew each time.</param>
    /// <param name="example">An element of the type that all have, found without touching the state of a shuffle.</param>
    /// <param name="smaller">An element as the last batch may be; null when all are alike.</param>
    internal Dataset(IEnumerable<T> elements, Func<T> example, Func<T>? smaller = null)
    {
        _elements = elements;
        _example = example;
        _smaller = smaller;
    }

    /// <summary>f(element), for each element.</summary>
    /// <typeparam name="TResult">New element.</typeparam>
    /// <param name="function">Ordinary C#, also where the loop is in a graph. Errors: TG1002 null.</param>
    public Dataset<TResult> Map<TResult>(Func<T, TResult> function)
    {
        Check.NotNull(function);
        return new(_elements.Select(function), () => function(_example()), _smaller is null ? null : () => function(_smaller()));
    }

    /// <summary>
    /// The elements in random order: each is drawn from the next <paramref name="bufferSize"/> ones, so that a buffer as large as the dataset
    /// shuffles all of it. Errors: TG2004 a buffer below 1.
    /// </summary>
    /// <param name="bufferSize">Elements to draw from.</param>
    /// <param name="seed">Gives the same orders in every program run; null leaves them to chance.</param>
    /// <param name="reshuffle">True gives each enumeration, each epoch, its own order.</param>
    public Dataset<T> Shuffle(int bufferSize, int? seed = null, bool reshuffle = true)
    {
        Check.AtLeast(1, bufferSize, "shuffle");
        int first = seed ?? Random.Shared.Next();
        var seeds = new Random(first);
        return new(Steps.Shuffled(_elements, bufferSize, () => new Random(reshuffle ? Next() : first)), _example, _smaller);

        int Next()
        {
            lock (seeds)
                return seeds.Next();
        }
    }

    /// <summary>
    /// Elements stacked along a new first axis. Errors: TG2001 when shapes differ, TG2002 when dtypes differ or the elements are not tensors,
    /// TG2004 a size below 1.
    /// </summary>
    /// <param name="size">Elements of a batch.</param>
    /// <param name="dropRemainder">
    /// True leaves out a last batch that is smaller, so that all have one shape. In a loop of a graph that is faster: every size that occurs is
    /// compiled for itself, and the size of the batch is asked for at each turn.
    /// </param>
    public Dataset<T> Batch(int size, bool dropRemainder = false)
    {
        Check.AtLeast(1, size, "batch");
        return new(Steps.Batched(_elements, size, dropRemainder), () => Of(_example, size), Smaller());

        static T Of(Func<T> element, int count) => Rows.Stack([.. Enumerable.Repeat(element(), count)]);

        // A batch of batches has no type that all share unless the inner ones do.
        Func<T>? Smaller() => _smaller is not null ? () => Of(_smaller, size) : dropRemainder || size == 1 ? null : () => Of(_example, size - 1);
    }

    /// <summary>The dataset again and again, endlessly when <paramref name="count"/> is null. Errors: TG2004 a negative count.</summary>
    /// <param name="count">How many times.</param>
    public Dataset<T> Repeat(int? count = null)
    {
        Check.AtLeast(0, count ?? 0, "repeat", nameof(count));
        return new(Steps.Repeated(_elements, count), _example, _smaller);
    }

    /// <summary>The first elements. Errors: TG2004 a negative count.</summary>
    /// <param name="count">How many at most.</param>
    public Dataset<T> Take(int count) => new(_elements.Take(Check.AtLeast(0, count, "take")), _example, _smaller);

    /// <summary>
    /// Computes the elements ahead of the consumer, on a thread of its own that waits while <paramref name="capacity"/> elements are ready. What a
    /// step throws reaches the consumer in its place. Errors: TG2004 a capacity below 1.
    /// </summary>
    /// <param name="capacity">Elements to hold ready.</param>
    public Dataset<T> Prefetch(int capacity = 2) => new(Steps.Prefetched(_elements, Check.AtLeast(1, capacity, "prefetch")), _example, _smaller);

    /// <summary>Enumerates the elements.</summary>
    public IEnumerator<T> GetEnumerator() => _elements.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>What a converted <c>foreach</c> calls.</summary>
    [System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
    public IGraphIterator<T> GetGraphIterator() => new DatasetIterator<T>(this, Types(_example()), Types((_smaller ?? _example)()));

    private static TensorType[] Types(T element) => [.. Structure.Flatten(element).Select(tensor => tensor.Type)];
}
