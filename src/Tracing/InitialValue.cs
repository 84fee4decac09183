using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// The value a variable starts with when a graph function creates it. A symbolic initial value is computed now, by a graph cut out of the
/// trace: the nodes it depends on and the effects on the state they read (random generators). The first trace is thrown away afterwards and
/// the function traced again without creating anything, so these effects happen once.
/// </summary>
internal static class InitialValue
{
    public static Tensor Lift(Tensor initial, TraceContext trace)
    {
        if (!initial.IsSymbolic)
            return initial;
        if (initial.Trace != trace)
            throw EscapedTensorException.For(initial);

        HashSet<Node> needed = new(ReferenceEqualityComparer.Instance);
        HashSet<Resource> state = [];
        Need(initial.Value, needed, state, trace);
        var build = new Build();
        var map = new RegionMapper(build);
        var body = trace.Build.Body;
        for (int i = body.Count - 1; i >= 0; i--)
        {
            if (body[i].Effects.Any(effect => effect.IsWrite && state.Contains(effect.Resource)))
                Need(body[i], needed, state, trace);
        }

        foreach (var node in body.Where(needed.Contains))
            map.Copy(node);
        var plan = Compiler.Compile(build.Finish("initial_value", [map[initial.Value]]));
        return new Tensor(plan.Run([])[0]);
    }

    private static void Need(Value value, HashSet<Node> needed, HashSet<Resource> state, TraceContext trace) => Need(value.Node, needed, state, trace);

    private static void Need(Node node, HashSet<Node> needed, HashSet<Resource> state, TraceContext trace)
    {
        if (node.Op == Op.Parameter)
        {
            throw new VariableCreationException(
                $"variable: its initial value depends on '{node.Attrs.Get("name", "an argument")}' of '{trace.Name}'",
                "An initial value must not depend on an argument: make it from constants or random numbers.");
        }

        if (!needed.Add(node))
            return;
        state.UnionWith(node.Effects.Select(effect => effect.Resource));
        foreach (var input in node.Inputs)
            Need(input, needed, state, trace);
    }
}
