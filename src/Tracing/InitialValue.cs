using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// The value a variable starts with when a graph function creates it. A symbolic initial value is computed now, by a graph cut out of the
/// trace: the nodes it depends on and the effects on the state they read (random generators). The trace keeps the results of these effects as
/// constants (<see cref="TraceContext.Done"/>), so that they happen once.
/// </summary>
internal sealed class InitialValue
{
    private readonly HashSet<Node> _needed = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Resource> _state = [];
    private readonly HashSet<Resource> _written = [];
    private readonly TraceContext _trace;

    private InitialValue(TraceContext trace) => _trace = trace;

    public static Tensor Lift(Tensor initial, TraceContext trace)
    {
        if (!initial.IsSymbolic)
            return initial;
        if (initial.Trace != trace)
            throw EscapedTensorException.For(initial);
        return new InitialValue(trace).Lift(initial.Value);
    }

    private Tensor Lift(Value initial)
    {
        Need(initial.Node);
        var body = _trace.Builder.Body;
        for (int i = body.Count - 1; i >= 0; i--)
        {
            // What a variable held ahead of a write that happens now can't be read later.
            if (body[i].Effects.Any(effect => effect.IsWrite ? _state.Contains(effect.Resource) : _written.Contains(effect.Resource)))
                Need(body[i]);
        }

        var build = new GraphBuilder();
        var map = new WithoutDone(build, _trace);
        Node[] nodes = [.. body.Where(node => _needed.Contains(node) || _trace.Done.ContainsKey(node))];
        foreach (var node in nodes)
            map.Add(node);
        nodes = [.. nodes.Where(_needed.Contains)];
        Node[] done = [.. nodes.Where(node => !node.IsPure && !node.Types.Any(type => type.IsList))];
        var plan = Device.Current.Compile(build.Finish("initial_value", [map[initial], .. done.SelectMany(ResultsOf).Select(value => map[value])]));
        var values = new Queue<TensorData>(plan.Call([]));
        var start = new Tensor(values.Dequeue());
        foreach (var node in done)
            _trace.Done[node] = [.. node.Types.Select(_ => values.Dequeue().ToLiteral())];
        return start;
    }

    private void Need(Node node)
    {
        if (node.Op == OpDefs.Parameter)
        {
            throw new VariableCreationException(
                $"variable: its initial value depends on '{node.Attrs.Get("name", "an argument")}' of '{_trace.Name}'",
                "An initial value must not depend on an argument: make it from constants or random numbers.");
        }

        if (_trace.Done.ContainsKey(node) || !_needed.Add(node))
            return;
        _state.UnionWith(node.Effects.Select(effect => effect.Resource));
        _written.UnionWith(node.Effects.Where(effect => effect.IsWrite).Select(effect => effect.Resource));
        foreach (var input in node.Inputs)
            Need(input.Node);
    }

    /// <summary>The graph of a trace without what was done while it was traced: the results stand in place of these nodes.</summary>
    public static Ir.Graph Rest(Ir.Graph graph, TraceContext trace) => new WithoutDone(new GraphBuilder(), trace).Map(graph);

    private static IEnumerable<Value> ResultsOf(Node node) => node.Types.Select((_, i) => node[i]);

    private sealed class WithoutDone(GraphBuilder build, TraceContext trace) : RegionMapper(build)
    {
        public void Add(Node node) => Visit(node);

        protected override void Visit(Node node)
        {
            if (!trace.Done.TryGetValue(node, out var results))
            {
                Keep(node, [.. node.Regions.Select(Map)]);
                return;
            }

            foreach (var (value, result) in ResultsOf(node).Zip(results))
                this[value] = Builder.Constant(result);
        }
    }
}
