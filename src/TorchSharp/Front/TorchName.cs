namespace TensorGraph.Torch;

/// <summary>
/// Another name of a parameter, buffer or gradient, or a view of it: <c>Tensor w = layer.weight</c>, <c>w.t()</c>, <c>var g = w.grad</c>. It has
/// what is assigned there later, as in TorchSharp, where both are one memory.
/// </summary>
internal sealed class TorchName : TensorName
{
    private readonly Func<Tensor> _read;
    private readonly Func<int> _changes;
    private readonly bool _isContiguous;
    private readonly bool _mayBeCopy;
    private readonly int _changesBefore;

    private TorchName(Func<Tensor> read, Func<int> changes, bool isContiguous, bool mayBeCopy)
    {
        (_read, _changes, _isContiguous, _mayBeCopy) = (read, changes, isContiguous, mayBeCopy);
        _changesBefore = changes();
    }

    /// <summary>A name.</summary>
    /// <param name="read">Reads what it names.</param>
    /// <param name="changes">How often that has changed until now.</param>
    public static Tensor Of(Func<Tensor> read, Func<int> changes) => As(read(), new TorchName(read, changes, isContiguous: true, mayBeCopy: false));

    /// <summary>A view of a tensor: of a name it is another name.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="view">The view.</param>
    /// <param name="keepsOrder">True where the elements of a contiguous tensor are contiguous in the view.</param>
    /// <param name="mayCopy">True where TorchSharp copies some tensors that are not contiguous.</param>
    public static Tensor View(Tensor x, Func<Tensor, Tensor> view, bool keepsOrder = true, bool mayCopy = false)
    {
        if (x.Named is not TorchName name) return view(x);
        bool stops = x.Trace!.StopsGradients;
        Tensor Read()
        {
            Tensor seen = view(name.Read());
            return stops ? Ops.StopGradient(seen) : seen;
        }

        return As(view(name.Read()), new TorchName(
            Read, name._changes, name._isContiguous && keepsOrder, name._mayBeCopy || (mayCopy && !name._isContiguous)));
    }

    /// <summary>The tensor itself if it is contiguous, else a copy.</summary>
    public static Tensor Contiguous(Tensor x) => x.Named is TorchName { _isContiguous: false } name ? name.Read() : x;

    public override Tensor Read()
    {
        if (_mayBeCopy && _changes() != _changesBefore)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "reshape", "a tensor is used after what it was made of has changed, and may be a view or a copy of that",
                "Make it again where it is used, or copy it before the change: clone().");
        }
        return _read();
    }

    private static Tensor As(Tensor now, TorchName name) => new(now.Value, now.Trace!) { Named = name };
}
