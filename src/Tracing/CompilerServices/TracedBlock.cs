using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>A function that is traced as the one region of a node, such as <c>on_device</c> and <c>checkpoint</c>.</summary>
internal static class TracedBlock
{
    /// <summary>Traces the function; its result, as the node gives it.</summary>
    public static T Record<T>(TraceContext trace, RegionKind kind, OpDef op, Attrs attrs, Func<T> body) =>
        trace.InRegion(op.Name, () => Recorded(trace, kind, op, attrs, body));

    private static T Recorded<T>(TraceContext trace, RegionKind kind, OpDef op, Attrs attrs, Func<T> body)
    {
        var scope = ControlScope.Open(trace, kind);
        var result = body();
        var parts = Structure.Flatten(result, op.Name, "the result");
        var end = BranchEnd.Of(trace, scope, [.. parts.Select(part => part.Value)], [.. parts.Select(part => part.Name)]);
        var leaves = Enumerable.Range(0, parts.Length + end.Arrays.Values.Sum(array => array.State.Leaves.Length));
        var (region, captures) = end.Region.With(leaves.Select(leaf => (leaf, end.Region.TypeOf(leaf))));
        var node = trace.Builder.Emit(op, attrs, captures.AsSpan(), [region]);
        foreach (var (array, changed) in end.Arrays)
            array.State = changed.State.With([.. changed.State.Leaves.Select((_, i) => trace.TensorOf(node[changed.First + i]))]);
        return Structure.Restore(result, parts.Select((_, i) => TracedRegion.Entering(trace, trace.TensorOf(node[i]), end.HasAnyLength[i])));
    }
}
