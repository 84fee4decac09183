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
    private readonly TensorType[][] _types;
    private readonly ConcurrentDictionary<long, Enumeration> _running = [];
    private readonly Tensor _handle;
    private long _started;

    /// <param name="dataset">The dataset of the loop.</param>
    /// <param name="types">
    /// Types of the tensors of an element, and those of elements of other sizes: an axis that differs has a size that each iteration finds out.
    /// </param>
    public DatasetIterator(Dataset<T> dataset, TensorType[][] types)
    {
        for (int i = 0; i < types[0].Length; i++)
        {
            foreach (var other in types)
            {
                if (types[0][i].As(Shape.Scalar) != other[i].As(Shape.Scalar) || types[0][i].Rank != other[i].Rank)
                    Throw.Shape("foreach", $"the elements of the dataset are {types[0][i]}, but after a batch of another size {other[i]}: dtype or number of axes differ", "Let Map give the same dtype and number of axes for any batch.");
            }
        }

        _dataset = dataset;
        _types = types;
        _handle = Ops.HostCall(_ => [Start()], [new(DType.I64, Shape.Scalar)])[0];
    }

    public T Current
    {
        get
        {
            // Axes that differ alike are one size, since they most likely are the batch.
            Dictionary<string, Dim> sizes = [];
            TensorType[] types = [.. _types[0].Select((type, leaf) =>
                type.As(new Shape([.. type.Shape.Dims.Select((_, axis) => SizeOf(leaf, axis, sizes))])))];
            return Structure.Restore<T>(Ops.HostCall(inputs => Structure.Flatten(_running[inputs[0].Item<long>()].Elements.Current), types, _handle));
        }
    }

    public Tensor MoveNext() => Ops.HostCall(inputs => [Move(inputs[0].Item<long>())], [new(DType.Bool, Shape.Scalar)], _handle)[0];

    public void End() => Ops.HostCall(handle => Close(handle.Item<long>()), _handle);

    private Dim SizeOf(int leaf, int axis, Dictionary<string, Dim> sizes)
    {
        Dim[] variants = [.. _types.Select(types => types[leaf].Shape[axis])];
        if (variants.All(variant => variant == variants[0]))
            return variants[0];
        string key = string.Join(',', variants);
        if (!sizes.TryGetValue(key, out Dim size))
        {
            var count = Ops.HostCall(inputs => [Structure.Flatten(_running[inputs[0].Item<long>()].Elements.Current)[leaf].Shape[axis].Value],
                [new(DType.I64, Shape.Scalar)], _handle)[0];
            sizes[key] = size = GraphControl.Size(count);
        }

        return size;
    }

    private Tensor Start()
    {
        long started = Interlocked.Increment(ref _started);
        // A loop that fails never comes to its end.
        GraphControl.Opened(_running[started] = new Enumeration(this, started, _dataset.GetEnumerator()));
        return started;
    }

    private Tensor Move(long handle)
    {
        bool moved = false;
        try
        {
            moved = _running[handle].Elements.MoveNext();
        }
        finally
        {
            // At the end, and when a step throws.
            if (!moved)
                Close(handle);
        }

        return moved;
    }

    private void Close(long handle)
    {
        if (_running.TryRemove(handle, out var enumeration))
        {
            GraphControl.Closed(enumeration);
            enumeration.Elements.Dispose();
        }
    }

    private sealed record Enumeration(DatasetIterator<T> Iterator, long Handle, DatasetEnumerator<T> Elements) : IDisposable
    {
        public void Dispose() => Iterator.Close(Handle);
    }
}
