using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>How often a <c>while</c> runs, where the graph tells: its counter goes up by one from a constant to a constant.</summary>
internal static class TripCount
{
    /// <summary>The assumption of estimates where only the run can tell.</summary>
    public const long Guess = 16;

    /// <summary>The number of iterations; null when it is not known.</summary>
    public static long? Of(Node loop)
    {
        (Region condition, Region body) = (loop.Regions[0], loop.Regions[1]);
        Node holds = condition.Results[0].Node;
        if (holds.Op != OpDefs.Less || CarriedBy(condition, holds.Inputs[0]) is not { } counter || counter >= body.Results.Length) return null;
        Node next = body.Results[counter].Node;
        bool goesUpByOne = next.Op == OpDefs.Add && next.Inputs.Any(input => CarriedBy(body, input) == counter)
            && next.Inputs.Any(input => Number(input) == 1);
        Value end = holds.Inputs[1];
        if (CarriedBy(condition, end) is { } capture) end = capture < body.Results.Length ? holds.Inputs[0] : loop.Inputs[capture];
        return goesUpByOne && Number(loop.Inputs[counter]) is { } from && Number(end) is { } to ? Math.Max(0, to - from) : null;
    }

    private static int? CarriedBy(Region region, Value value)
    {
        for (int i = 0; i < region.Parameters.Length; i++)
        {
            if (value.Node == region.Parameters[i]) return i;
        }
        return null;
    }

    private static long? Number(Value value) =>
        value.Node.Op == OpDefs.Constant && value.Type is { Rank: 0 } && value.Type.DType.IsInteger() ? value.Node.Attrs.Get<Literal>("value").GetLong(0) : null;
}
