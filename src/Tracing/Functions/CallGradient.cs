using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>A call of a whole graph as one node that a tape outside of it can differentiate.</summary>
internal sealed class CallGradient(Ir.Graph graph)
{
    /// <summary>Variables that the graph reads.</summary>
    public IReadOnlyList<Resource> Variables { get; } =
        [.. graph.Entry.AllNodes().Where(node => node.Op == Op.ReadVariable).Select(node => node.Attrs.Get<Resource>("var")).Distinct()];

    /// <summary>Runs the graph and shows it to the tapes.</summary>
    public Tensor[] Run(ExecutionContext context, Tensor[] inputs)
    {
        var node = context.Build.Emit(Op.Call, Attrs.Empty, [.. inputs.Select(context.ValueOf)], [graph.Entry]);
        return [.. graph.Entry.Results.Select((_, i) => context.TensorOf(node[i]))];
    }
}
