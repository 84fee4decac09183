using System.Collections.Immutable;
using TensorGraph.Backends.Commands;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// Sizes that are only known when a region runs: it is cut behind the <c>bind_size</c>, and the rest is lowered when the size is there.
/// </summary>
internal static class LateSizes
{
    /// <summary>The region as two in one; null when all its sizes are known.</summary>
    public static LoweredRegion? Split(Region region, SizeBindings sizes, ForkOptions forks)
    {
        int at = 0;
        while (at < region.Body.Length && region.Body[at].Op != OpDefs.BindSize) at++;
        if (at == region.Body.Length) return null;

        Node binding = region.Body[at];
        ImmutableArray<Node> before = region.Body[..at], after = region.Body[(at + 1)..];
        HashSet<Node> early = new(before, ReferenceEqualityComparer.Instance);
        early.UnionWith(region.Parameters);
        Value[] crossing = [.. after.SelectMany(node => node.Inputs).Concat(region.Results).Where(value => early.Contains(value.Node)).Distinct()];
        LoweredRegion first = RegionBuilder.Lower(region with { Body = before, Results = [binding.Inputs[0], .. crossing] }, sizes, forks);
        Region rest = Rest(region, after, crossing);
        LoweredRegion LowerRest(long size) => RegionBuilder.Lower(rest, sizes.With(binding.Attrs.Get<Dim>("dim"), size), forks);

        var slots = new List<Slot>();
        TensorLayout[] layouts = [.. region.Parameters.Select(parameter => LayoutOf(parameter.Types[0], sizes))];
        int[] inputs = [.. layouts.Select(layout => Add(slots, SlotKind.Input, layout))];
        // The tensors that are handed in say their sizes.
        int[] outputs = [.. region.Results.Select(result => Add(slots, SlotKind.External, TensorLayout.Of(result.Type.As(Shape.Scalar))))];
        return new LoweredRegion(
            [.. slots], [new SizedCommand(first, LowerRest, inputs, layouts, outputs)], Schedule.InOrder, inputs,
            [.. outputs.Select(output => (output, (TensorLayout?)null))], ArenaBytes: 0, first.Time);
    }

    // The nodes behind the binding, over what they take from before it.
    private static Region Rest(Region region, ImmutableArray<Node> after, Value[] crossing)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        var map = new RegionMapper(build);
        foreach (Value value in crossing) map[value] = build.Parameter(value.Type);
        foreach (Node node in after) map.Copy(node);
        return build.Finish("", [.. region.Results.Select(result => map[result])]).Entry;
    }

    private static TensorLayout LayoutOf(TensorType type, SizeBindings sizes) => TensorLayout.Of(type.As(type.Shape.Bind(sizes.SizeOf)));

    private static int Add(List<Slot> slots, SlotKind kind, TensorLayout layout)
    {
        slots.Add(new Slot(kind, layout));
        return slots.Count - 1;
    }
}
