using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Watches how large and how frequent the traces of one graph function are, and warns once of each loop, and once of too many traces.
/// </summary>
internal sealed class TracingWatch(GraphFunctionDefinition function)
{
    // TensorFlow's measure: so many traces in so many calls.
    private const int ManyTraces = 5;
    private const int FewCalls = 10;

    private readonly Lock _gate = new();
    private readonly HashSet<SourceSpan> _loops = [];
    private readonly Queue<(long Call, Retrace? Why)> _traces = [];
    private bool _hasWarned;
    private long _calls;

    /// <summary>A call that is not part of a trace. Not exact when threads call at the same moment, which does not matter here.</summary>
    public void OnCall() => _calls++;

    public void OnTraced(TraceContext trace)
    {
        int limit = TensorGraphOptions.Current.UnrollLimit;
        foreach (var (loop, nodes) in trace.LoopSizes)
        {
            if (limit > 0 && nodes > limit)
                Warn(loop, string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"a C# loop was unrolled into {nodes:n0} nodes while tracing"));
        }
    }

    /// <summary>A loop that may never end: nothing else would say so.</summary>
    public void OnLoopGrows(SourceSpan loop, int nodes) =>
        Warn(loop, string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"a C# loop has been unrolled into {nodes:n0} nodes while tracing, and goes on"));

    private void Warn(SourceSpan loop, string problem)
    {
        if (IsNew(loop))
            GraphFunctions.Warn(new(
                DiagnosticIds.LoopUnrolls, function.Name, problem,
                "Make it a loop of the graph: count with a Tensor, or walk over Ops.Range, a tensor or a Dataset. TENSORGRAPH_UNROLL sets the limit.", loop));
    }

    /// <summary>A call that had to be traced; <paramref name="why"/> is null for the first one of an instance.</summary>
    public void OnTracedForCall(Retrace? why)
    {
        (long Call, Retrace? Why)[] last;
        lock (_gate)
        {
            _traces.Enqueue((_calls, why));
            if (_traces.Count > ManyTraces)
                _traces.Dequeue();
            if (_hasWarned || _traces.Count < ManyTraces || _calls - _traces.Peek().Call >= FewCalls)
                return;
            _hasWarned = true;
            // Other instances are traced by other threads meanwhile.
            last = [.. _traces];
        }

        // The first trace of the first instance has no cause; that of a further instance is its own cause. Calls of several threads may have been
        // counted before the first of them was traced.
        long calls = Math.Max(ManyTraces, last[^1].Call - last[0].Call + 1);
        var causes = last.Skip(1).Select(entry => entry.Why is { } known ? known.What : "a new instance").Distinct();
        var remedies = last.Skip(1).Select(entry => entry.Why is { } known ? known.Remedy : "Call it on one instance.").Distinct();
        GraphFunctions.Warn(new(
            DiagnosticIds.TracesOften, function.Name, $"traced {ManyTraces} times in {calls} calls: {string.Join("; ", causes)}",
            string.Join(" ", remedies), why?.CallSite ?? SourceSpan.Capture()));
    }

    private bool IsNew(SourceSpan loop)
    {
        lock (_gate)
            return _loops.Add(loop);
    }
}
