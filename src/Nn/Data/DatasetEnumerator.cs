using System.Collections;

namespace TensorGraph;

/// <summary>An iteration of a dataset, which can say where it is. Disposing of it ends threads and closes files.</summary>
/// <typeparam name="T">Element.</typeparam>
public sealed class DatasetEnumerator<T> : IEnumerator<T>
{
    private readonly Dataset<T> _dataset;
    private readonly Cursor<T>? _cursor;
    private State _state;

    internal DatasetEnumerator(Dataset<T> dataset, PositionReader? from)
    {
        _dataset = dataset;
        if (from is not null)
            dataset.RestoreStates(from);
        if (from is null || !from.Flag())
            _cursor = dataset.Open(from);
        else
            _state = State.Ended;
    }

    private enum State
    {
        Running,
        Ended,
        Failed,
    }

    /// <summary>The element that <see cref="MoveNext"/> moved to.</summary>
    public T Current { get; private set; } = default!;

    object? IEnumerator.Current => Current;

    /// <summary>True after the last element.</summary>
    internal bool IsEnded => _state == State.Ended;

    /// <summary>
    /// The place after <see cref="Current"/>; before the first element, or after the last one, also one. Errors: TG1006 after an error or after
    /// <see cref="Dispose"/>.
    /// </summary>
    public DatasetPosition Position
    {
        get
        {
            if (_state == State.Failed)
                Throw.Raise(DiagnosticIds.BadData, "dataset", "the iteration was left or has failed, so that it has no position",
                    "Read Position while the iteration is in use.");
            return new(_dataset.Steps, _dataset.Save(_state == State.Ended ? null : _cursor));
        }
    }

    /// <summary>Moves on to the next element; false at the end. What a step throws comes as it is, and ends the iteration.</summary>
    public bool MoveNext()
    {
        if (_state != State.Running)
            return false;
        // Should the next line throw.
        _state = State.Failed;
        bool moved = _cursor!.MoveNext();
        _state = moved ? State.Running : State.Ended;
        Current = moved ? _cursor.Current : default!;
        return moved;
    }

    /// <summary>Ends threads of this iteration and closes its files.</summary>
    public void Dispose()
    {
        if (_state == State.Running)
            _state = State.Failed;
        _cursor?.Dispose();
    }

    void IEnumerator.Reset() => throw new NotSupportedException("Enumerate the dataset again.");
}
