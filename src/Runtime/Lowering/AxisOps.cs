using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>Ops along one axis in which an element depends on those before it.</summary>
internal static class AxisOps
{
    public static bool ArgMax(RegionBuilder lowered, BoundNode bound) => Arg(lowered, bound, largest: true);

    public static bool ArgMin(RegionBuilder lowered, BoundNode bound) => Arg(lowered, bound, largest: false);

    public static bool CumSum(RegionBuilder lowered, BoundNode bound)
    {
        DType compute = LoopOps.Accumulator(bound.Layouts[0].Type.DType);
        View x = lowered.ContiguousIn(bound.Inputs[0], compute);
        int sums = lowered.ResultIn(bound, compute, out Action finish);
        var attrs = bound.Node.Attrs;
        lowered.Add(new CumSumCommand(LineSpace.Of(x.Sizes, (int)attrs.Get<long>("axis")), x, sums, attrs.Get("reverse", false),
            attrs.Get("exclusive", false)));
        finish();
        return true;
    }

    public static bool Sort(RegionBuilder lowered, BoundNode bound)
    {
        DType compute = LoopOps.Accumulator(bound.Layouts[0].Type.DType);
        CheckPlaces(bound, Array.MaxLength);
        View x = lowered.ContiguousIn(bound.Inputs[0], compute);
        int sorted = lowered.ResultIn(bound, compute, out Action finish);
        var attrs = bound.Node.Attrs;
        int axis = (int)attrs.Get<long>("axis");
        lowered.Add(new SortCommand(LineSpace.Of(x.Sizes, axis), x, sorted, lowered.Result(bound, 1), attrs.Get("count", x.Sizes[axis]),
            attrs.Get("descending", false)));
        finish();
        return true;
    }

    private static bool Arg(RegionBuilder lowered, BoundNode bound, bool largest)
    {
        CheckPlaces(bound, int.MaxValue);
        DType compute = LoopOps.Accumulator(bound.Inputs[0].Layout.Type.DType);
        View x = lowered.ContiguousIn(bound.Inputs[0], compute);
        lowered.Add(new ArgCommand(LineSpace.Of(x.Sizes, (int)bound.Node.Attrs.Get<long>("axis")), x, lowered.Result(bound), largest));
        return true;
    }

    // The result holds places along the axis as i32.
    private static void CheckPlaces(BoundNode bound, long limit)
    {
        TensorLayout x = bound.Inputs[0].Layout;
        long axis = bound.Node.Attrs.Get<long>("axis");
        if (x.Sizes[axis] <= limit) return;
        throw new GraphException(
            DiagnosticIds.TooManyElements, $"{bound.Op.Name}: axis {axis} of {x.Type} has more than {limit} elements, and places are i32",
            "Reshape it to two axes.", bound.Node.Source.OrCaller());
    }
}
