using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>
/// How often a <c>while</c> runs, where the graph tells: its counter is an integer that goes in steps of a constant from a constant to one.
/// </summary>
public static class TripCount
{
    /// <summary>The assumption of estimates where only the run can tell.</summary>
    public const long Guess = 16;

    /// <summary>The number of iterations of a <c>while</c>; null when it is not known.</summary>
    public static long? Of(Node loop)
    {
        var (condition, body) = (Throw.IfNull(loop).Regions[0], loop.Regions[1]);
        var holds = condition.Results[0].Node;
        bool isUp = holds.Op == OpDefs.Less || holds.Op == OpDefs.LessEqual;
        bool includesEnd = holds.Op == OpDefs.LessEqual || holds.Op == OpDefs.GreaterEqual;
        if (!isUp && !includesEnd && holds.Op != OpDefs.Greater)
            return null;
        return Of(holds.Inputs[0], holds.Inputs[1], isUp) ?? Of(holds.Inputs[1], holds.Inputs[0], !isUp);

        long? Of(Value left, Value right, bool isUp)
        {
            if (CarriedBy(condition, left) is not { } counter || counter >= body.Results.Length || Step(body, counter) is not { } step)
                return null;
            if (CarriedBy(condition, right) is { } capture)
                right = capture < body.Results.Length ? left : loop.Inputs[capture];
            return Number(loop.Inputs[counter]) is { } from && Number(right) is { } to ? Count(from, to, step, isUp, includesEnd, left.DType) : null;
        }
    }

    private static long? Count(Int128 from, Int128 to, Int128 step, bool isUp, bool includesEnd, DType dtype)
    {
        Int128 way = (isUp ? to - from : from - to) + (includesEnd ? 1 : 0), along = isUp ? step : -step;
        if (way <= 0)
            return 0;
        if (along <= 0)
            return null;
        Int128 trips = (way + along - 1) / along, last = from + trips * step;
        int bits = 8 * dtype.Size();
        Int128 most = dtype == DType.U8 ? 255 : (Int128.One << (bits - 1)) - 1, least = dtype == DType.U8 ? 0 : -most - 1;
        // A counter that goes past its type begins at the other end of it. More than 2⁶³ − 1 iterations have no number.
        return last <= most && last >= least && trips <= long.MaxValue ? (long)trips : null;
    }

    private static long? Step(Region body, int counter)
    {
        var next = body.Results[counter].Node;
        if (next.Op == OpDefs.Add && CarriedBy(body, next.Inputs[1]) == counter)
            return Number(next.Inputs[0]);
        if (next.Op == OpDefs.Add && CarriedBy(body, next.Inputs[0]) == counter)
            return Number(next.Inputs[1]);
        return next.Op == OpDefs.Sub && CarriedBy(body, next.Inputs[0]) == counter ? -Number(next.Inputs[1]) : null;
    }

    private static int? CarriedBy(Region region, Value value)
    {
        for (int i = 0; i < region.Parameters.Length; i++)
        {
            if (value.Node == region.Parameters[i])
                return i;
        }

        return null;
    }

    private static long? Number(Value value) =>
        value.Node.Op == OpDefs.Constant && value.Type is { Rank: 0 } && value.Type.DType.IsInteger() ? value.Node.Attrs.Get<Literal>("value").GetLong(0) : null;
}
