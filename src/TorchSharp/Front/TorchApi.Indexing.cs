namespace TensorGraph.Torch;

// Indices.
public static partial class TorchApi
{
    public static Tensor index(this Tensor x, params ReadOnlySpan<TensorIndex> indices)
    {
        TensorIndex[] all = Complete(x, indices);
        if (Array.Exists(all, index => index.IsAdvanced)) return Picked(x, all);
        TensorGraph.TensorIndex[] native = Native(x, all);
        bool isInOrder = all.Skip(1).All(index => index.IsAll) && all is not [{ IsSpread: true }, ..];
        return TorchName.View(x, whole => whole.Pick(native), keepsOrder: isInOrder);
    }

    /// <summary>The tensor with other elements at some indices: an assignment to a place.</summary>
    public static Tensor index_set(this Tensor x, Tensor value, params ReadOnlySpan<TensorIndex> indices)
    {
        TensorIndex[] all = Complete(x, indices);
        Tensor fitting = Ops.Cast(value, x.DType);
        if (all is [{ Mask: { } mask }, ..] && Array.TrueForAll(all[1..], index => index.IsAll)) return Filled(x, mask, fitting);
        if (Array.Exists(all, index => index.IsAdvanced || index.IsSpread)) return Scattered(x, fitting, all);
        TensorGraph.TensorIndex[] at = Native(x, all);
        return x.At(at[0], at[1..]).Set(fitting);
    }

    public static Tensor index_set(this Tensor x, Scalar value, params ReadOnlySpan<TensorIndex> indices) =>
        index_set(x, Promotion.Number(value, x.DType), indices);

    public static Tensor gather(this Tensor x, long dim, Tensor index)
    {
        int along = Axis(x, dim);
        if (x.Rank != index.Rank) Throw.Rank("gather", $"{x.Type} and the positions {index.Type}", "Both have the same number of axes.");
        // Of the other axes the positions may cover a part.
        for (int axis = 0; axis < x.Rank; axis++)
        {
            if (axis == along || index.Shape[axis] == x.Shape[axis]) continue;
            long part = index.Shape[axis].Value;
            if (part < x.Shape[axis].Value) x = Part(x, axis, 0, part, 1);
        }
        return Ops.TakeAlongAxis(x, index, along);
    }

    public static Tensor index_select(this Tensor x, long dim, Tensor index) => Ops.Gather(x, index, Axis(x, dim));

    public static Tensor take_along_dim(this Tensor x, Tensor index, long dim)
    {
        int along = Axis(x, dim);
        // All other axes broadcast.
        Dim[] places = [.. index.Shape.Dims], sizes = [.. x.Shape.Dims];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (axis == along) continue;
            if (places[axis].Is(1)) places[axis] = sizes[axis];
            else if (sizes[axis].Is(1)) sizes[axis] = places[axis];
        }
        Tensor wide = Ops.BroadcastTo(index, Shape.Create(places)), whole = Ops.BroadcastTo(x, Shape.Create(sizes));
        return Ops.TakeAlongAxis(whole, wide, along);
    }

    public static Tensor nonzero(this Tensor x) => Ops.Cast(Ops.NonZero(x), DType.I64);

    /// <summary>An index of torch: a number, a range, all (<c>Colon</c>), a new axis (<c>None</c>), the axes between (<c>Ellipsis</c>), a
    /// tensor.</summary>
    public readonly struct TensorIndex
    {
        private readonly Kind _kind;
        private readonly long? _start;
        private readonly long? _stop;
        private readonly long _step;
        private readonly TensorGraph.Tensor? _tensor;

        private TensorIndex(Kind kind, long? start = null, long? stop = null, long step = 1, TensorGraph.Tensor? tensor = null) =>
            (_kind, _start, _stop, _step, _tensor) = (kind, start, stop, step, tensor);

        private enum Kind
        {
            Slice,
            Single,
            Ellipsis,
            None,
            Tensor,
        }

        public static TensorIndex Colon => new(Kind.Slice);

        public static TensorIndex Ellipsis => new(Kind.Ellipsis);

        public static TensorIndex None => new(Kind.None);

        public static TensorIndex Null => new(Kind.None);

        /// <summary>True for a tensor of positions, or a mask. One position alone is like a number.</summary>
        internal bool IsAdvanced => _tensor is { } tensor && (tensor.Rank > 0 || Mask is not null);

        /// <summary>A tensor that says of each entry whether it is meant.</summary>
        internal Tensor? Mask => _tensor is { DType: DType.Bool or DType.U8 } ? Bool(_tensor) : null;

        internal Tensor? Positions => Mask is null ? _tensor : null;

        internal bool IsNone => _kind == Kind.None;

        internal bool IsSingle => _kind == Kind.Single || (_tensor is not null && !IsAdvanced);

        internal bool IsAll => _kind == Kind.Slice && _start is null && _stop is null && _step == 1;

        /// <summary>True where entries have others between them.</summary>
        internal bool IsSpread => _kind == Kind.Slice && _step != 1;

        internal bool IsEllipsis => _kind == Kind.Ellipsis;

        internal int Axes => _kind is Kind.Ellipsis or Kind.None ? 0 : Mask is { } mask ? mask.Rank : 1;

        public static TensorIndex Single(long? index) => new(Kind.Single, index);

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kind.Slice, start, stop, step ?? 1);

        public static TensorIndex Slice(Range range) => range;

        public static TensorIndex Tensor(TensorGraph.Tensor tensor) => new(Kind.Tensor, tensor: tensor);

        public static implicit operator TensorIndex(long index) => Single(index);

        public static implicit operator TensorIndex(int index) => Single(index);

        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        public static implicit operator TensorIndex(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            range.End is { IsFromEnd: true, Value: 0 } ? null : range.End.IsFromEnd ? -range.End.Value : range.End.Value);

        public static implicit operator TensorIndex(TensorGraph.Tensor tensor) => Tensor(tensor);

        internal TensorGraph.TensorIndex On(Tensor x, int axis)
        {
            switch (_kind)
            {
                case Kind.Single:
                    return (int)_start!.Value;
                case Kind.None:
                    return TensorGraph.Tensor.NewAxis;
                case Kind.Tensor:
                    return FromStart(_tensor!, x.Shape[axis]);
            }
            if (_start is null && _stop is null) return _step == 1 ? Range.All : (Range.All, (int)_step);
            long size = x.Shape[axis].Value, start = Within(_start ?? 0, size), stop = Math.Max(start, Within(_stop ?? size, size));
            return _step == 1 ? new Range((int)start, (int)stop) : (new Range((int)start, (int)stop), (int)_step);
        }
    }

    // One index for each axis, and those that make axes.
    private static TensorIndex[] Complete(Tensor x, ReadOnlySpan<TensorIndex> indices)
    {
        int named = 0;
        foreach (TensorIndex index in indices) named += index.Axes;
        List<TensorIndex> all = [];
        bool isOpen = true;
        foreach (TensorIndex index in indices)
        {
            if (index.IsEllipsis) all.AddRange(Enumerable.Repeat(TensorIndex.Colon, Math.Max(x.Rank - named, 0)));
            else all.Add(index);
            isOpen &= !index.IsEllipsis;
        }
        if (isOpen) all.AddRange(Enumerable.Repeat(TensorIndex.Colon, Math.Max(x.Rank - named, 0)));
        return [.. all];
    }

    private static TensorGraph.TensorIndex[] Native(Tensor x, TensorIndex[] indices)
    {
        int axis = 0;
        var found = new TensorGraph.TensorIndex[indices.Length];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = indices[i].On(x, axis);
            axis += indices[i].Axes;
        }
        return found;
    }

    // Negative positions count from the end.
    private static Tensor FromStart(Tensor positions, Dim size)
    {
        Tensor wide = Ops.Cast(positions, DType.I64);
        return Ops.Where(Ops.Less(wide, 0L), Ops.Add(wide, Ops.SizeOf(size)), wide);
    }
}
