using System.Collections.Immutable;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>
/// The elements of a <see cref="TensorArray"/> at one place of the program. Changing it gives another state, so that branches can start from the
/// same one.
/// </summary>
internal abstract record ArrayState
{
    public abstract Tensor Count { get; }

    /// <summary>Tensors that a branch yields for this state.</summary>
    public abstract ImmutableArray<Tensor> Leaves { get; }

    /// <summary>The same kind of state over other tensors.</summary>
    public abstract ArrayState With(ImmutableArray<Tensor> leaves);

    public abstract Tensor Get(Tensor index);

    public abstract ArrayState Set(Tensor index, Tensor element);

    public abstract ArrayState Add(Tensor element);

    /// <summary>The state of an array with one element less; it has at least one.</summary>
    public abstract ArrayState WithoutLast(TensorType element);

    public abstract Tensor Stack(TensorType element);

    /// <summary>As one value that loops can carry while it grows.</summary>
    public abstract Listed ToList(TensorType element);

    /// <summary>As the first rows of one tensor.</summary>
    public abstract Rows ToRows(TensorType element);

    private static Tensor First(Tensor rows, Dim count) => Ops.Slice(rows, new Shape(new long[rows.Rank]), rows.Shape.With(0, count));

    /// <summary>A known number of tensors.</summary>
    internal sealed record Items(ImmutableList<Tensor> Elements) : ArrayState
    {
        public override Tensor Count => (long)Elements.Count;

        public override ImmutableArray<Tensor> Leaves => [.. Elements];

        public override ArrayState With(ImmutableArray<Tensor> leaves) => new Items([.. leaves]);

        public override Tensor Get(Tensor index) => index.IsSymbolic ? ToRows(Elements[0].GraphType).Get(index) : Elements[(int)(long)index];

        public override ArrayState Set(Tensor index, Tensor element) =>
            index.IsSymbolic ? ToRows(element.GraphType).Set(index, element) : new Items(Elements.SetItem((int)(long)index, element));

        public override ArrayState Add(Tensor element) => new Items(Elements.Add(element));

        public override ArrayState WithoutLast(TensorType element) => new Items(Elements.RemoveAt(Elements.Count - 1));

        public override Tensor Stack(TensorType element) =>
            Elements.Count > 0 ? Ops.Stack([.. Elements]) : Ops.Zeros(element.As(new Shape(element.Shape.Dims.Insert(0, 0))));

        public override Listed ToList(TensorType element) => new(Ops.ListOf(Stack(element)));

        public override Rows ToRows(TensorType element) => new(Stack(element), Count, IsFull: true);
    }

    /// <summary>The first <paramref name="Number"/> rows of a tensor; all of them if <paramref name="IsFull"/>.</summary>
    internal sealed record Rows(Tensor Storage, Tensor Number, bool IsFull) : ArrayState
    {
        public override Tensor Count => Number;

        public override ImmutableArray<Tensor> Leaves => [Storage, Number];

        public override ArrayState With(ImmutableArray<Tensor> leaves) => new Rows(leaves[0], leaves[1], IsFull);

        public override Tensor Get(Tensor index) => Ops.Gather(Storage, index);

        public override ArrayState Set(Tensor index, Tensor element) => this with { Storage = Put(Storage, index, element) };

        public override ArrayState Add(Tensor element)
        {
            var row = Ops.ExpandDims(element, 0);
            if (IsFull)
            {
                var longer = Ops.Concat([Storage, row]);
                return new Rows(longer, Ops.Size(longer), IsFull: true);
            }

            return new Rows(Put(Padded(Storage.GraphType.Shape[0] + 1).Storage, Number, element), Number + 1, IsFull: false);
        }

        public override ArrayState WithoutLast(TensorType element) => IsFull
            ? new Rows(First(Storage, Storage.GraphType.Shape[0] - 1), Number - 1, IsFull: true)
            : this with { Number = Number - 1 };

        public override Tensor Stack(TensorType element)
        {
            if (IsFull)
                return Storage;
            return First(Storage, GraphControl.Size(Number));
        }

        public override Listed ToList(TensorType element) => new(Ops.ListOf(Stack(element)));

        public override Rows ToRows(TensorType element) => this;

        /// <summary>With room for more rows.</summary>
        public Rows Padded(Dim capacity)
        {
            if (Storage.GraphType.Shape[0] == capacity.InGraph)
                return this;
            Dim missing = capacity - Storage.Shape[0];
            var none = new Shape(new long[Storage.Rank]);
            var padded = Storage.DType == DType.String
                ? Ops.Concat([Storage, Ops.Zeros(Storage.GraphType.As(Storage.GraphType.Shape.With(0, missing)))])
                : Ops.Pad(Storage, none, none.With(0, missing));
            return new(padded, Number, IsFull: false);
        }

        private static Tensor Put(Tensor storage, Tensor index, Tensor element) =>
            Ops.DynamicUpdateSlice(storage, Ops.ExpandDims(element, 0), [index, .. Enumerable.Repeat((Tensor)0L, storage.Rank - 1)]);
    }

    /// <summary>A list of the graph, after a loop of the graph changed the array.</summary>
    internal sealed record Listed(Tensor List) : ArrayState
    {
        public override Tensor Count => Ops.ListCount(List);

        public override ImmutableArray<Tensor> Leaves => [List];

        public override ArrayState With(ImmutableArray<Tensor> leaves) => new Listed(leaves[0]);

        public override Tensor Get(Tensor index) => Ops.ListGet(List, index);

        public override ArrayState Set(Tensor index, Tensor element) => new Listed(Ops.ListSet(List, index, element));

        public override ArrayState Add(Tensor element) => new Listed(Ops.ListSet(List, Count, element));

        public override ArrayState WithoutLast(TensorType element) =>
            new Listed(Ops.ListOf(First(Stack(element), GraphControl.Size(Count - 1))));

        public override Tensor Stack(TensorType element) => Ops.ListStack(List, GraphControl.Size(Count));

        public override Listed ToList(TensorType element) => this;

        public override Rows ToRows(TensorType element) => new(Stack(element), Count, IsFull: true);
    }
}
