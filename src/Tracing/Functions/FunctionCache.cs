using System.Collections.Immutable;
using System.Diagnostics;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>The concrete functions of one graph function and one instance, most recently used first.</summary>
internal sealed class FunctionCache(object owner)
{
    // A function that is traced at each call must not keep a record of each.
    private const int KeptRetraces = 256;

    private readonly WeakReference<object> _owner = new(owner);
    private readonly Lock _gate = new();
    private volatile ConcreteFunction[] _functions = [];

    // A trace made variables, and no second one has shown that it would not make them again.
    private bool _mayMakeAgain;

    public IReadOnlyList<ConcreteFunction> Functions => _functions;

    public int TraceCount { get; private set; }

    public ImmutableArray<Retrace> Retraces { get; private set; } = [];

    public int DroppedRetraces { get; private set; }

    public bool IsOwnedBy(object candidate) => _owner.TryGetTarget(out object? target) && ReferenceEquals(target, candidate);

    /// <summary>The concrete function for a call, traced now when there is none.</summary>
    public ConcreteFunction For(GraphFunctionDefinition function, GraphCall call)
    {
        function.Watch.OnCall();
        var functions = _functions;
        return functions.Length > 0 && functions[0].Fits(call) ? functions[0] : FindOrTrace(function, call);
    }

    // Apart from the way that a warm call takes.
    private ConcreteFunction FindOrTrace(GraphFunctionDefinition function, GraphCall call)
    {
        lock (_gate)
        {
            if (Find(call) is { } found)
                return found;
            int before = Retraces.Length + DroppedRetraces;
            var traced = Recorded(function, call);
            function.Watch.OnTracedForCall(Retraces.Length + DroppedRetraces > before ? Retraces[^1] : null);
            return traced;
        }
    }

    /// <summary>The concrete function for explicit specs, traced now when there is none.</summary>
    public ConcreteFunction For(GraphFunctionDefinition function, GraphCall call, TensorSpecs specs)
    {
        lock (_gate)
        {
            string wanted = Signature.Of(call, specs.Invoke).Describe();
            return _functions.FirstOrDefault(known =>
                    known.SignatureText == wanted && known.IsForSpecs && known.Signature.HasValuesOf(call) && known.FitsState())
                ?? Trace(function, call, new(specs, IsForSpecs: true));
        }
    }

    private ConcreteFunction? Find(GraphCall call)
    {
        for (int i = 0; i < _functions.Length; i++)
        {
            if (_functions[i].Fits(call))
            {
                var found = _functions[i];
                _functions = [found, .. _functions.Where(known => known != found)];
                return found;
            }
        }

        return null;
    }

    private ConcreteFunction Recorded(GraphFunctionDefinition function, GraphCall call)
    {
        try
        {
            return TraceFor(function, call);
        }
        catch (Exception fault) when (GraphRecorder.Current is not null)
        {
            GraphRecorder.Current?.OnFailed(function.Name, fault);
            throw;
        }
    }

    private ConcreteFunction TraceFor(GraphFunctionDefinition function, GraphCall call)
    {
        if (function.InputSignature is not null)
            return Trace(function, call, new(SpecRules.Declared(function, call)));
        // A trace with open sizes may fail and be made again: a collection that the method changes would change twice.
        if (function is { ReduceRetracing: true, ChangesCollections: false }
            && _functions.FirstOrDefault(known => !known.IsDead && known.FitsState() && known.Signature.DiffersOnlyInSizes(call)) is { } near)
        {
            // Relaxing must never make a call fail that its own sizes would let through: not a method that needs to know a size, nor sizes
            // (1 beside n, which broadcasts) that break what the relaxed trace took to be equal.
            try
            {
                var relaxed = Trace(function, call, new(SpecRules.Relaxed(near.Signature, call)));
                if (relaxed.FitsSizes(call))
                    return relaxed;
            }
            catch (GraphException)
            {
                // The trace with the call's own sizes below throws it again if it is not about symbolic sizes.
            }
        }

        return Trace(function, call, new(static (_, type) => type));
    }

    private ConcreteFunction Trace(GraphFunctionDefinition function, GraphCall call, TraceRequest request)
    {
        var why = _functions.Length == 0 ? null : Retrace.Of(_functions[0], call);
        var concrete = TraceOnce(function, call, request, why, allowVariables: !_mayMakeAgain);
        // A trace that made variables is right for its own call. The next one is made now, which shows whether it would make variables again; but not
        // where it would change C# state a second time, ahead of the call that it is for.
        bool isTracedAgain = request.IsForSpecs || !(function.ChangesCollections || concrete.OverwroteState);
        var next = concrete.MadeVariables && isTracedAgain ? TraceOnce(function, call, request, why, allowVariables: false) : concrete;
        _mayMakeAgain |= concrete.MadeVariables && !isTracedAgain;
        TraceCount++;
        if (why is not null)
        {
            int dropped = Retraces.Length == KeptRetraces ? 1 : 0;
            Retraces = [.. Retraces.Skip(dropped), why];
            DroppedRetraces += dropped;
            GraphEvents.Retraced(function.Name, why);
        }

        var live = _functions.Where(known => !known.IsDead).Take(Math.Max(0, GraphFunctions.ConcreteFunctionLimit - 1));
        _functions = [next, .. live];
        return request.IsForSpecs ? next : concrete;
    }

    private static ConcreteFunction TraceOnce(
        GraphFunctionDefinition function, GraphCall call, TraceRequest request, Retrace? why, bool allowVariables)
    {
        var recorder = GraphRecorder.Current;
        long start = Stopwatch.GetTimestamp();
        // A trace may change its arguments, and what counts is what it found.
        using var work = GraphEvents.Trace(function.Name);
        var signature = Signature.Of(call, request.Specs.Invoke);
        var (graph, result, trace) = function.TraceCall(call, request, allowVariables);
        signature.Settle(call, trace.Kept!.Holds);
        function.Watch.OnTraced(trace);
        if (work is not null)
            GraphEvents.Traced(work, function.Name, signature.Describe(), graph.NodeCount);
        var record = recorder?.OnTraced(function.Name, signature.Describe(), why, graph, trace, Stopwatch.GetElapsedTime(start));
        return new ConcreteFunction(function, signature, FunctionCompiler.Compile(graph, Device.Current, record), result, trace, request.IsForSpecs);
    }
}
