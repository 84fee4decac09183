using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>How often a <c>while</c> runs, where the graph tells: its counter goes up by one from a constant to a constant.</summary>
public static class TripCount
{
    /// <summary>The assumption of estimates where only the run can tell.</summary>
    public const long Guess = 16;

    /// <summary>The number of iterations of a <c>while</c>; null when it is not known.</summary>
    public static long? Of(Node loop)
    {
        var (condition, body) = (Throw.IfNull(loop).Regions[0], loop.Regions[1]);
        var holds = condition.Results[0].Node;
        if (holds.Op != OpDefs.Less || CarriedBy(condition, holds.Inputs[0]) is not { } counter || counter >= body.Results.Length)
            return null;
        var next = body.Results[counter].Node;
        bool goesUpByOne = next.Op == OpDefs.Add && next.Inputs.Any(input => CarriedBy(body, input) == counter)
            && next.Inputs.Any(input => Number(input) == 1);
        var end = holds.Inputs[1];
        if (CarriedBy(condition, end) is { } capture)
            end = capture < body.Results.Length ? holds.Inputs[0] : loop.Inputs[capture];
        if (!goesUpByOne || Number(loop.Inputs[counter]) is not { } from || Number(end) is not { } to)
            return null;
        // More than 2⁶³ − 1 iterations have no number.
        return to <= from ? 0 : unchecked(to - from) is > 0 and var trips ? trips : null;
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
