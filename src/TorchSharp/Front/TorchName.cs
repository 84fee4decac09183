namespace TensorGraph.Torch;

/// <summary>
/// Another name of a parameter, buffer or gradient, or a view of it: <c>Tensor w = layer.weight</c>, <c>w.t()</c>, <c>var g = w.grad</c>. It has
/// what is assigned there later, as in TorchSharp, where both are one memory.
/// </summary>
internal sealed class TorchName : TensorName
{
    private readonly Func<Tensor> _read;
    private readonly bool _isContiguous;
    private readonly bool _mayBeCopy;
    private readonly int _changesBefore;
    // What an unsure one may be besides.
    private TensorName? _inner;
    private readonly object[] _loops = [.. NamedMemory.OpenLoops];

    private TorchName(NamedMemory memory, Func<Tensor> read, bool isWhole = false, bool isContiguous = false, bool mayBeCopy = false)
    {
        (Memory, _read, IsWhole, _isContiguous, _mayBeCopy) = (memory, read, isWhole, isContiguous, mayBeCopy);
        _changesBefore = memory.Changes;
    }

    /// <summary>The memory that it names.</summary>
    public NamedMemory Memory { get; }

    /// <summary>True for all of that, as it is there.</summary>
    public bool IsWhole { get; }

    /// <summary>True where another branch, or more iterations, give another tensor.</summary>
    public bool IsUnsure { get; private init; }

    /// <summary>A name.</summary>
    /// <param name="memory">What it names.</param>
    /// <param name="read">Reads that.</param>
    public static Tensor Of(NamedMemory memory, Func<Tensor> read) =>
        As(read(), new TorchName(memory, read, isWhole: true, isContiguous: true));

    /// <summary>A view of a tensor: of a name it is another name.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="view">The view.</param>
    /// <param name="keepsOrder">True where the elements of a contiguous tensor are contiguous in the view.</param>
    /// <param name="mayCopy">True where TorchSharp copies some tensors that are not contiguous.</param>
    /// <param name="isWhole">True where all elements are where they are in the tensor.</param>
    public static Tensor View(Tensor x, Func<Tensor, Tensor> view, bool keepsOrder = true, bool mayCopy = false, bool isWhole = false)
    {
        if (x.Named is CarriedName carried) return carried.Maybe(view(x));
        if (x.Named is not TorchName name) return view(x);
        bool stops = x.Trace!.StopsGradients;
        Tensor Read()
        {
            Tensor seen = view(name.Read());
            return stops ? Ops.StopGradient(seen) : seen;
        }

        return As(view(name.Read()), new TorchName(
            name.Memory, Read, name.IsWhole && isWhole, name._isContiguous && keepsOrder, name._mayBeCopy || (mayCopy && !name._isContiguous))
        {
            IsUnsure = name.IsUnsure,
            _inner = name._inner,
        });
    }

    /// <summary>Several views of a tensor.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="views">The views.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="keepsOrder">True where the elements of a contiguous tensor are contiguous in a view.</param>
    public static Tensor[] Views(Tensor x, Func<Tensor, Tensor[]> views, long count, bool keepsOrder) => x.Named switch
    {
        TorchName => [.. Enumerable.Range(0, checked((int)count)).Select(i => View(x, whole => views(whole)[i], keepsOrder))],
        { } carried => [.. views(x).Select(carried.Maybe)],
        null => views(x),
    };

    /// <summary>The tensor itself if it is contiguous, else a copy.</summary>
    public static Tensor Contiguous(Tensor x) => x.Named is TorchName { _isContiguous: false } name ? name.Read() : x;

    public override Tensor Read()
    {
        if (_mayBeCopy && Memory.Changes != _changesBefore) throw NamedMemory.OfUnsure();
        Memory.Read(NamedMemory.OpenLoops.Except(_loops), _mayBeCopy);
        return _read();
    }

    public override Tensor Maybe(Tensor value) =>
        As(value, new TorchName(Memory, () => value.Unnamed, IsWhole && value.Named is null, _isContiguous, mayBeCopy: true)
        {
            IsUnsure = true,
            _inner = value.Named,
        });

    public override void CheckCarried(CarriedName start)
    {
        if (start.IsReadBehind(Memory.Times)) throw NamedMemory.OfUnsure();
        _inner?.CheckCarried(start);
    }

    private static Tensor As(Tensor now, TorchName name) => new(now.Value, now.Trace!) { Named = name };
}
