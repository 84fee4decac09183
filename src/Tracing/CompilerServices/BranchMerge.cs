using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>
/// Joins two finished branches in one <c>if</c> node. What both sides know under one type becomes one result; else each side's tensors become
/// results that hold zeros when the other side ran, and are joined after the node.
/// </summary>
internal sealed class BranchMerge(TraceContext trace, Tensor condition, TracedRegion left, TracedRegion right, SourceSpan source)
{
    // A result of the node: a leaf of each region, and the type for a side without a value.
    private readonly List<(int Left, int Right, TensorType Type)> _wanted = [];
    private readonly List<Tensor> _results = [];

    /// <summary>A leaf that both blocks have under one type.</summary>
    public Func<Tensor?> Same(int leaf, TensorType type) => Result(leaf, leaf, type);

    /// <summary>A leaf that has a size which only its branch knows, or any length: it came out as a list.</summary>
    public Func<Tensor?> Sized(int leaf, TensorType l, TensorType r, bool hasAnyLength)
    {
        bool both = l.IsList && r.IsList;
        if (both)
        {
            var same = Result(leaf, leaf, l);
            return () => TracedRegion.Entering(trace, same(), hasAnyLength);
        }

        Func<Tensor> one = Result(leaf, AddRight(GraphControl.Undefined), l), other = Result(AddLeft(GraphControl.Undefined), leaf, r);
        var list = Select(() => AsList(one()), () => AsList(other()));
        return () => TracedRegion.Entering(trace, list(), hasAnyLength);
    }

    /// <summary>An array's state after the node, given what each side made of it.</summary>
    public Func<ArrayState> Array(TensorArray array, BranchEnd.Changed? inLeft, BranchEnd.Changed? inRight)
    {
        var before = array.State;
        ArrayState a = inLeft?.State ?? before, b = inRight?.State ?? before;
        if (a is ArrayState.Listed && before is ArrayState.Items or ArrayState.Rows && inRight is null)
            b = before.ToList(array.ElementType!.Value);
        if (b is ArrayState.Listed && before is ArrayState.Items or ArrayState.Rows && inLeft is null)
            a = before.ToList(array.ElementType!.Value);
        if (a.GetType() == b.GetType() && a.Leaves.Length == b.Leaves.Length && a.Leaves.Zip(b.Leaves).All(pair => Fits(pair.First, pair.Second)))
        {
            var pairs = a.Leaves.Select((leaf, i) => Pair(leaf, inLeft?.First + i, b.Leaves[i], inRight?.First + i)).ToArray();
            bool full = a is not ArrayState.Rows rows || (rows.IsFull && ((ArrayState.Rows)b).IsFull);
            return () =>
            {
                var joined = a.With([.. pairs.Select(pair => pair())]);
                return joined is ArrayState.Rows result ? result with { IsFull = full } : joined;
            };
        }

        var element = array.ElementType!.Value;
        var one = OneSided(a, inLeft?.First, isLeft: true);
        var other = OneSided(b, inRight?.First, isLeft: false);
        if (a is ArrayState.Listed || b is ArrayState.Listed)
        {
            var list = Select(() => one().ToList(element).List, () => other().ToList(element).List);
            return () => new ArrayState.Listed(list());
        }

        return () =>
        {
            ArrayState.Rows l = one().ToRows(element), r = other().ToRows(element);
            var capacity = Dim.Max(l.Storage.GraphType.Shape[0], r.Storage.GraphType.Shape[0]);
            return new ArrayState.Rows(
                Ops.Where(condition, l.Padded(capacity).Storage, r.Padded(capacity).Storage),
                Ops.Where(condition, l.Number, r.Number), IsFull: false);
        };
    }

    public void MakeNode()
    {
        var before = trace.Builder.Source;
        trace.Builder.Source = source;
        var node = trace.Builder.Branch(
            OpDefs.If, trace.ValueOf(condition),
            left.With(_wanted.Select(want => (want.Left, want.Type))), right.With(_wanted.Select(want => (want.Right, want.Type))));
        trace.Builder.Source = before;
        _results.AddRange(_wanted.Select((_, i) => trace.TensorOf(node[i])));
    }

    private static Tensor AsList(Tensor value) => value.GraphType.IsList ? value : Ops.AsList(value);

    private static bool Fits(Tensor a, Tensor b) => a.GraphType == b.GraphType;

    private Func<Tensor> Result(int inLeft, int inRight, TensorType type)
    {
        _wanted.Add((inLeft, inRight, type));
        int result = _wanted.Count - 1;
        return () => _results[result];
    }

    private Func<Tensor> Pair(Tensor a, int? inLeft, Tensor b, int? inRight) =>
        ReferenceEquals(a, b) ? () => a : Result(inLeft ?? AddLeft(a), inRight ?? AddRight(b), a.GraphType);

    // The state of a side that does not match the other's: its tensors where this side ran, else zeros.
    private Func<ArrayState> OneSided(ArrayState state, int? first, bool isLeft)
    {
        if (first is null)
            return () => state;
        var leaves = state.Leaves.Select((leaf, i) => isLeft
            ? Result(first.Value + i, AddRight(GraphControl.Undefined), leaf.GraphType)
            : Result(AddLeft(GraphControl.Undefined), first.Value + i, leaf.GraphType)).ToArray();
        return () => state.With([.. leaves.Select(leaf => leaf())]);
    }

    private int AddLeft(Tensor leaf) => left.AddOuter(trace, leaf);

    private int AddRight(Tensor leaf) => right.AddOuter(trace, leaf);

    // One of two lists; `where` does not take lists, but a second `if` does.
    private Func<Tensor> Select(Func<Tensor> one, Func<Tensor> other) => () =>
    {
        var (first, second) = (Yield(one), Yield(other));
        var node = trace.Builder.Branch(
            OpDefs.If, trace.ValueOf(condition), first.With([(0, first.TypeOf(0))]), second.With([(0, second.TypeOf(0))]));
        return trace.TensorOf(node[0]);
    };

    private TracedRegion Yield(Func<Tensor> list)
    {
        trace.Builder.BeginRegion();
        return TracedRegion.Close(trace, trace.SetTapes([]), [list()]);
    }
}
