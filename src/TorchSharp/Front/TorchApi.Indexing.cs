namespace TensorGraph.Torch;

// Indices.
public static partial class TorchApi
{
    public static Tensor index(this Tensor x, params ReadOnlySpan<TensorIndex> indices) => x.Pick(Native(x, indices));

    /// <summary>The tensor with other elements at some indices: an assignment to a place.</summary>
    public static Tensor index_set(this Tensor x, Tensor value, params ReadOnlySpan<TensorIndex> indices)
    {
        TensorGraph.TensorIndex[] at = Native(x, indices);
        Tensor fitting = Ops.Cast(value, x.DType);
        foreach (TensorIndex index in indices)
        {
            if (index.IsSpread) return Spread(x, fitting, at);
        }
        return at is [{ Positions: { DType: DType.Bool } mask }] ? Ops.Where(Like(mask, x), fitting, x) : x.At(at[0], at[1..]).Set(fitting);
    }

    public static Tensor index_set(this Tensor x, Scalar value, params ReadOnlySpan<TensorIndex> indices) =>
        index_set(x, Promotion.Number(value, x.DType), indices);

    public static Tensor gather(this Tensor x, long dim, Tensor index) => Ops.TakeAlongAxis(x, index, Axis(x, dim));

    public static Tensor index_select(this Tensor x, long dim, Tensor index) => Ops.Gather(x, index, Axis(x, dim));

    public static Tensor take_along_dim(this Tensor x, Tensor index, long dim) => gather(x, dim, index);

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

        /// <summary>True where entries have others between them.</summary>
        internal bool IsSpread => _kind == Kind.Slice && _step != 1;

        internal bool IsEllipsis => _kind == Kind.Ellipsis;

        internal int Axes => _kind is Kind.Ellipsis or Kind.None ? 0 : _tensor is { DType: DType.Bool } mask ? mask.Rank : 1;

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
                    return _tensor!;
            }
            if (_start is null && _stop is null) return _step == 1 ? Range.All : (Range.All, (int)_step);
            long size = x.Shape[axis].Value, start = Within(_start ?? 0, size), stop = Math.Max(start, Within(_stop ?? size, size));
            return _step == 1 ? new Range((int)start, (int)stop) : (new Range((int)start, (int)stop), (int)_step);
        }
    }

    private static TensorGraph.TensorIndex[] Native(Tensor x, ReadOnlySpan<TensorIndex> indices)
    {
        int named = 0, axis = 0;
        foreach (TensorIndex index in indices) named += index.Axes;
        List<TensorGraph.TensorIndex> found = [];
        foreach (TensorIndex index in indices)
        {
            if (index.IsEllipsis)
            {
                for (int between = x.Rank - named; between > 0; between--, axis++) found.Add(Range.All);
                continue;
            }
            found.Add(index.On(x, axis));
            axis += index.Axes;
        }
        return [.. found];
    }

    // Each element of the result is one of the value, if its place is among those that the indices pick, else it stays.
    private static Tensor Spread(Tensor x, Tensor value, TensorGraph.TensorIndex[] at)
    {
        long all = x.Shape.ElementCount.Value;
        Tensor places = Ops.Reshape(Ops.Arange(all, dtype: DType.I64), [.. x.Shape.Dims]).Pick(at);
        long some = places.Shape.ElementCount.Value;
        if (some == 0) return x;
        Tensor values = Ops.Reshape(Ops.BroadcastTo(value, places.Shape), [some]);
        Tensor none = Ops.Full(Shape.Create([all]), 0, DType.I64), numbers = Ops.Arange(1, some + 1, dtype: DType.I64);
        Tensor number = Ops.Reshape(Ops.ScatterAdd(none, Ops.Reshape(places, [some]), numbers), [.. x.Shape.Dims]);
        return Ops.Where(Ops.Greater(number, 0L), Ops.Gather(values, Ops.Max(Ops.Sub(number, 1L), 0L)), x);
    }

    // A mask of the first axes for all elements.
    private static Tensor Like(Tensor mask, Tensor x) =>
        Ops.BroadcastTo(Ops.Reshape(mask, [.. mask.Shape.Dims, .. Enumerable.Repeat((Dim)1, x.Rank - mask.Rank)]), x.Shape);
}
