using TensorGraph;

namespace Retracing;

/// <summary>A further trace: which argument changed, from what to what, at which line, and the suggestion.</summary>
public sealed record Further(string Argument, string Old, string New, string CallSite, string Suggestion);

/// <summary>The retrace that a reason led to, and how many traces are left after its remedy.</summary>
public sealed record Finding(string Reason, IReadOnlyList<Further> Retraces, string Remedy, int TracesAfterRemedy, string? Rule)
{
    public static Finding Of(Reason reason)
    {
        var before = GraphFunction.Of(reason.Calls(new Before()));
        var after = GraphFunction.Of(reason.Remedied(new After()));
        return new(
            reason.Name,
            [.. before.Retraces.Select(retrace => new Further(
                retrace.Argument, retrace.Old, retrace.New, $"{Path.GetFileName(retrace.CallSite.File)}:{retrace.CallSite.Line}", retrace.Remedy))],
            reason.Remedy,
            after.TraceCount,
            reason.Rule);
    }

    public static IReadOnlyList<Finding> All() => [.. Reasons.All.Select(Of)];
}
