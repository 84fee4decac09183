using TensorGraph.Backends.Commands;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Backends.Lowering;

/// <summary>Control flow: each region is lowered by itself, and runs on whole tensors.</summary>
internal static class Control
{
    public static bool Branch(RegionBuilder lowered, BoundNode bound)
    {
        LoweredRegion[] regions = [.. bound.Node.Regions.Select(region => lowered.Inner(region))];
        lowered.Add(new BranchCommand(regions, lowered.Wholes(bound), Layouts(bound), Outputs(lowered, bound)));
        return true;
    }

    /// <summary>A branch that is always taken.</summary>
    public static bool Checkpoint(RegionBuilder lowered, BoundNode bound)
    {
        Literal first = Literal.Scalar(DType.I32, 0);
        lowered.Add(new BranchCommand(
            [lowered.Inner(bound.Node.Regions[0])], [lowered.Constant(first), .. lowered.Wholes(bound)],
            [TensorLayout.Of(first.Type), .. Layouts(bound)], Outputs(lowered, bound)));
        return true;
    }

    public static bool While(RegionBuilder lowered, BoundNode bound)
    {
        int carried = (int)bound.Node.Attrs.Get<long>("carried");
        lowered.Add(new WhileCommand(
            lowered.Inner(bound.Node.Regions[0]), lowered.Inner(bound.Node.Regions[1]), carried, lowered.Wholes(bound), Layouts(bound),
            Outputs(lowered, bound), TripCount.Of(bound.Node)));
        return true;
    }

    public static bool Scan(RegionBuilder lowered, BoundNode bound)
    {
        if (bound.Inputs.Any(input => input.Layout.Type.DType == DType.String)
            || bound.Layouts.Any(layout => layout.Type.DType == DType.String)) return false;
        Attrs attrs = bound.Node.Attrs;
        long length = attrs.Get<Dim>("length").Evaluate(lowered.SizeOf);
        lowered.Add(new ScanCommand(
            lowered.Inner(bound.Node.Regions[0]), (int)attrs.Get<long>("carried"), (int)attrs.Get<long>("sequences"), length,
            attrs.Get("reverse", false),
            lowered.Wholes(bound), Layouts(bound), Outputs(lowered, bound), bound.Layouts));
        return true;
    }

    private static TensorLayout[] Layouts(BoundNode bound) => Array.ConvertAll(bound.Inputs, input => input.Layout);

    private static int[] Outputs(RegionBuilder lowered, BoundNode bound) =>
        [.. bound.Layouts.Select((_, i) => lowered.Bind(new BoundValue(bound, i), SlotKind.External))];
}
