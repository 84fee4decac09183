using System.Collections.Concurrent;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>
/// A <c>foreach</c> over a dataset inside a graph. The graph asks the host for each element. A handle, made when the loop starts, says which
/// enumeration is meant, so that runs of one graph at the same time do not take each other's elements.
/// </summary>
internal sealed class DatasetIterator<T> : IGraphIterator<T>
{
    private readonly Dataset<T> _dataset;
    private readonly TensorType[] _types;
    private readonly ConcurrentDictionary<long, (IEnumerator<T> Elements, int Thread)> _running = [];
    private readonly Tensor _handle;
    private long _started;

    public DatasetIterator(Dataset<T> dataset, TensorType[] types)
    {
        if (!dataset.IsUniform)
        {
            Throw.Shape(
                "foreach", "the last batch of the dataset may be smaller, but all elements of a loop in a graph have one type",
                "Write Batch(size, dropRemainder: true), or loop over it outside of the graph function.");
        }

        _dataset = dataset;
        _types = types;
        _handle = Ops.HostCall(_ => [Start()], [new(DType.I64, Shape.Scalar)])[0];
    }

    public T Current => Structure.Restore<T>(Ops.HostCall(inputs => Structure.Flatten(_running[inputs[0].Item<long>()].Elements.Current), _types, _handle));

    public Tensor MoveNext() => Ops.HostCall(inputs => [Move(inputs[0].Item<long>())], [new(DType.Bool, Shape.Scalar)], _handle)[0];

    private Tensor Start()
    {
        // A loop that was left early never comes to its end. The next start of the same loop on the same thread shows that it is over.
        int thread = Environment.CurrentManagedThreadId;
        foreach (var (handle, enumeration) in _running)
        {
            if (enumeration.Thread == thread)
                Close(handle);
        }

        long started = Interlocked.Increment(ref _started);
        _running[started] = (_dataset.GetEnumerator(), thread);
        return started;
    }

    private Tensor Move(long handle)
    {
        bool moved = _running[handle].Elements.MoveNext();
        if (!moved)
            Close(handle);
        return moved;
    }

    private void Close(long handle)
    {
        if (_running.TryRemove(handle, out var enumeration))
            enumeration.Elements.Dispose();
    }
}
