using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// The op that does for all entries of a batch what another one does for one, as data: which of its attributes change, and how. Batched inputs have
/// the batch as their first axis.
/// </summary>
internal static class BatchRules
{
    private enum Change
    {
        /// <summary>An axis, or each of several, is one further behind.</summary>
        Behind,

        /// <summary>The list of axes has 0 in front: the batch stays where it is.</summary>
        Front,

        /// <summary>The shape has the size of the batch in front.</summary>
        Size,

        /// <summary>The list of numbers, one for each axis, has 0 in front.</summary>
        Zero,

        /// <summary>The list of numbers, one for each axis, has 1 in front.</summary>
        One,
    }

    private static readonly (string, Change)[] s_axis = [("axis", Change.Behind)], s_axes = [("axes", Change.Behind)], s_none = [];

    private static readonly (string, Change)[] s_window =
        [("window", Change.One), ("stride", Change.One), ("dilation", Change.One), ("low", Change.Zero), ("high", Change.Zero)];

    private static readonly Dictionary<OpDef, (string Attr, Change Change)[]> s_changes = new()
    {
        [OpDefs.Cast] = s_none,
        [OpDefs.Bitcast] = s_none,
        [OpDefs.Cholesky] = s_none,
        [OpDefs.Solve] = s_none,
        [OpDefs.Qr] = s_none,
        [OpDefs.Svd] = s_none,
        [OpDefs.Fft] = s_none,
        [OpDefs.ReduceSum] = s_axes,
        [OpDefs.ReduceProd] = s_axes,
        [OpDefs.ReduceMax] = s_axes,
        [OpDefs.ReduceMin] = s_axes,
        [OpDefs.ReduceAny] = s_axes,
        [OpDefs.ReduceAll] = s_axes,
        [OpDefs.Reverse] = s_axes,
        [OpDefs.ArgMax] = s_axis,
        [OpDefs.ArgMin] = s_axis,
        [OpDefs.CumSum] = s_axis,
        [OpDefs.Sort] = s_axis,
        [OpDefs.Concat] = s_axis,
        [OpDefs.Reshape] = [("shape", Change.Size)],
        [OpDefs.BroadcastTo] = [("shape", Change.Size)],
        [OpDefs.Transpose] = [("permutation", Change.Front)],
        [OpDefs.Slice] = [("start", Change.Zero), ("stop", Change.Size), ("step", Change.One)],
        [OpDefs.Pad] = [("low", Change.Zero), ("high", Change.Zero), ("interior", Change.Zero)],
        [OpDefs.WindowSum] = s_window,
        [OpDefs.WindowMax] = s_window,
        [OpDefs.WindowArgMax] = s_window,
    };

    /// <summary>The attributes of the op for all entries; null for an op without a rule of this kind.</summary>
    public static Attrs? Lifted(Node node, Dim size)
    {
        if (!s_changes.TryGetValue(node.Op, out var changes))
            return null;
        var attrs = node.Attrs;
        foreach (var (name, change) in changes)
            attrs = attrs.With(name, Changed(attrs.Find(name)!, change, size));
        return attrs;
    }

    private static object Changed(object value, Change change, Dim size) => (value, change) switch
    {
        (long axis, Change.Behind) => axis + 1,
        (ImmutableArray<long> axes, Change.Behind) => axes.Select(axis => axis + 1).ToImmutableArray(),
        (ImmutableArray<long> axes, Change.Front) => axes.Select(axis => axis + 1).ToImmutableArray().Insert(0, 0),
        (ImmutableArray<long> numbers, _) => numbers.Insert(0, change == Change.One ? 1 : 0),
        (Shape shape, Change.Size) => new Shape(shape.Dims.Insert(0, size)),
        (Shape shape, _) => new Shape(shape.Dims.Insert(0, change == Change.One ? 1 : 0)),
        _ => throw new InvalidOperationException($"no batching of {value}"),
    };
}
