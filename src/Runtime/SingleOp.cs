using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>An op that runs by itself, as a graph.</summary>
internal static class SingleOp
{
    /// <summary>A graph of one node over arguments like these.</summary>
    public static Ir.Graph Graph(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        var parameters = new Value[inputs.Length];
        for (int i = 0; i < parameters.Length; i++) parameters[i] = build.Parameter(inputs[i].Type);
        Node node = build.Emit(op, attrs, parameters);
        return build.Finish(op.Name, [.. node.Types.Select((_, i) => node[i])]);
    }
}
