using System.Collections;
using System.ComponentModel;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>
/// A sequence of elements, described by steps that run anew, element by element, in every <c>foreach</c>. Each step gives another dataset and
/// changes none. In a graph function <c>foreach</c> over a dataset becomes one loop of the graph. An iteration can be left and resumed elsewhere:
/// <see cref="DatasetEnumerator{T}.Position"/>. An exception of the caller's code in a step comes as it is; its <c>Data["TensorGraph"]</c> names the
/// step and the element. Source: tf.data.Dataset.
/// </summary>
/// <typeparam name="T">Element: a tensor or a tuple of tensors.</typeparam>
public sealed partial class Dataset<T> : IEnumerable<T>, IGraphSequence<T>
{
    private readonly Func<IEnumerable<T>> _examples;
    private readonly IReadOnlyList<IStepState> _states;

    /// <summary>A step.</summary>
    /// <param name="steps">Its name and those of the steps that it reads from.</param>
    /// <param name="open">Starts an iteration.</param>
    /// <param name="examples">An element of the type that all have, then some that differ from it in the sizes that are not fixed.</param>
    /// <param name="states">What this step and those that it reads from keep between iterations.</param>
    internal Dataset(string steps, OpenCursor<T> open, Func<IEnumerable<T>> examples, IReadOnlyList<IStepState> states)
    {
        (Steps, Open, _examples, _states) = (steps, open, examples, states);
    }

    internal string Steps { get; }

    /// <summary>The parts of shards, which positions do not tell apart.</summary>
    internal string Parts { get; private init; } = "";

    internal OpenCursor<T> Open { get; }

    /// <summary>Starts an iteration.</summary>
    public DatasetEnumerator<T> GetEnumerator() => new(this, null);

    /// <summary>
    /// Starts an iteration after a position: it gives the very elements that the iteration gave which saved the position, also after shuffles, and
    /// so do the passes that follow it. The steps and what they read must be the same; functions of steps must depend on nothing but their
    /// elements. Where a step does not hold its elements by number, those ahead of the position are read again. Errors: TG1002 null, TG1006 when the
    /// position is one of a dataset with other steps; the dataset is then as it was.
    /// </summary>
    /// <param name="position">What <see cref="DatasetEnumerator{T}.Position"/> gave.</param>
    public DatasetEnumerator<T> Resume(DatasetPosition position)
    {
        var from = Check.NotNull(position).Read(Steps);
        var putBack = Remember();
        try
        {
            return new(this, from);
        }
        catch
        {
            // Seeds and caches of other data.
            putBack();
            throw;
        }
    }

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The iterator of a converted <c>foreach</c>.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public IGraphIterator<T> GetGraphIterator() => new DatasetIterator<T>(this, GraphControl.OnHost(() => _examples().Select(Types).ToArray()));

    /// <summary>Remembers what the steps keep; the result gives it back.</summary>
    internal Action Remember()
    {
        Action[] all = [.. _states.Select(state => state.Remember())];
        return () => Array.ForEach(all, each => each());
    }

    internal void SaveStates(PositionWriter to)
    {
        foreach (var state in _states)
            state.Save(to);
    }

    internal void RestoreStates(PositionReader from, bool isEarlier = false)
    {
        foreach (var state in _states)
            state.Restore(from, isEarlier);
    }

    /// <summary>
    /// The position of an iteration, null at its end, and of the states; for a step that reads ahead or starts again from there, too.
    /// </summary>
    internal long[] Save(Cursor<T>? cursor)
    {
        // Some cursors move on to where they can say where they are, which changes states.
        var own = new PositionWriter();
        own.Add(cursor is null);
        cursor?.Save(own);
        var numbers = new PositionWriter();
        SaveStates(numbers);
        numbers.Add(own);
        return numbers.Numbers;
    }

    /// <summary>Starts an iteration at a position of this dataset.</summary>
    /// <param name="saved">What <see cref="Save"/> gave.</param>
    /// <param name="isEarlier">False where the consumer is, although the source was read further.</param>
    internal Cursor<T> OpenAt(long[] saved, bool isEarlier = true)
    {
        var from = new PositionReader(saved);
        RestoreStates(from, isEarlier);
        return from.Flag() ? throw new PositionException("position", "it is at the end of a step") : Open(from);
    }

    private static TensorType[] Types(T element) => [.. Structure.Flatten(element).Select(tensor => tensor.Type)];

    private Dataset<TResult> Then<TResult>(
        string step, OpenCursor<TResult> open, Func<IEnumerable<TResult>> examples, params ReadOnlySpan<IStepState> states) =>
        new($"{step}({Steps})", open, examples, [.. _states, .. states]) { Parts = Parts };

    private Dataset<T> Then(string step, OpenCursor<T> open, params ReadOnlySpan<IStepState> states) => Then(step, open, _examples, states);
}
