using System.Collections;

namespace TensorGraph;

/// <summary>
/// The integers from <see cref="Start"/> up to, and without, <see cref="Limit"/>. A <c>foreach</c> over it in a graph function is one loop of the
/// graph, whose number of turns may be known only when the graph runs.
/// </summary>
public sealed class TensorRange : IEnumerable<Tensor>
{
    internal TensorRange(Tensor start, Tensor limit)
    {
        Start = start;
        Limit = limit;
    }

    /// <summary>The first integer.</summary>
    public Tensor Start { get; }

    /// <summary>One past the last integer.</summary>
    public Tensor Limit { get; }

    /// <inheritdoc/>
    public IEnumerator<Tensor> GetEnumerator()
    {
        long count = (long)(Limit - Start).ToDouble();
        for (long i = 0; i < count; i++)
            yield return Start + i;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
