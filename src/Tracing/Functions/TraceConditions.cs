using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>The conditions, beside the signature, under which a trace serves a call: C# state, and tensors that tapes tell apart.</summary>
internal sealed class TraceConditions
{
    private readonly bool _servesOneCall;
    private readonly bool _isDifferentiated;
    private readonly Tensor[] _captures;
    private readonly StateGuard[] _guards;
    private readonly ConditionalWeakTable<Tensor, object?> _constants = [];

    public TraceConditions(TraceContext trace)
    {
        // A call after one that made variables would make them again.
        _servesOneCall = trace.ServesOneCall || trace.Created.Count > 0;
        _isDifferentiated = trace.IsDifferentiated;
        _captures = [.. trace.Captures];
        _guards = [.. trace.Guards];
        foreach (var tensor in trace.Constants)
            _constants.Add(tensor, null);
    }

    /// <summary>True when no call can be served any more.</summary>
    public bool IsDead => _servesOneCall || _guards.Any(guard => guard.IsDead);

    /// <summary>True if the trace changed C# state that it read, other than to fill what was null.</summary>
    public bool OverwroteState => Array.Exists(_guards, guard => guard.IsOverwritten);

    /// <summary>The C# state, with its values.</summary>
    public IReadOnlyList<string> State => [.. _guards.SelectMany(guard => guard.Describe())];

    /// <summary>True when a call whose arguments fit can be served.</summary>
    public bool Fit(GraphCall call) =>
        !_servesOneCall && (_guards.Length == 0 || FitState()) && FitTapes() && (!_isDifferentiated || FitOwnTapes(call));

    /// <summary>True when the C# state is as it was.</summary>
    public bool FitState()
    {
        foreach (var guard in _guards)
        {
            if (!guard.Holds())
                return false;
        }

        return true;
    }

    /// <summary>The first C# value that differs.</summary>
    public (string Name, string Old, string New)? Difference() =>
        _guards.Select(guard => guard.Difference()).FirstOrDefault(found => found is not null);

    // An argument must not be a tensor that the trace took from elsewhere.
    private bool FitOwnTapes(GraphCall call)
    {
        foreach (var leaf in call.Leaves)
        {
            if (leaf.Tensor is { } tensor && (_constants.TryGetValue(tensor, out _)
                || Array.Exists(_captures, captured => ReferenceEquals(captured, tensor))))
                return false;
        }

        return true;
    }

    // A constant has no gradient: what a tape watches must be an argument.
    private bool FitTapes()
    {
        var context = ExecutionContext.Current;
        if (context.Tapes.IsEmpty && !context.Notes)
            return true;
        foreach (var watched in context.WatchedTensors)
        {
            if (_constants.TryGetValue(watched, out _))
                return false;
        }

        return true;
    }
}
