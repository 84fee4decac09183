using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Calls of a whole graph as one node that a tape outside of it can differentiate. The forward part keeps what the backward part needs, so that
/// neither random numbers nor prints nor assignments of the graph happen twice.
/// </summary>
internal sealed class CallGradient(Ir.Graph graph)
{
    private readonly Lazy<(ForwardBackwardPair Split, Attrs Attrs)> _first = new(() => Prepare(graph, higher: false));
    private readonly Lazy<(ForwardBackwardPair Split, Attrs Attrs)> _higher = new(() => Prepare(graph, higher: true));

    /// <summary>Variables that the graph reads.</summary>
    public IReadOnlyList<Resource> Variables { get; } = [.. graph.Entry.VariablesRead];

    /// <summary>Runs the forward part and shows it to the tapes.</summary>
    public Tensor[] Run(ExecutionContext context, Tensor[] inputs)
    {
        using var values = context.KeepValues();
        // A persistent tape goes on while it gives a gradient, so that this one can be differentiated too.
        bool higher = context.Tapes.Length > 1 || context.Tapes.Any(static tape => tape.IsPersistent);
        var (split, attrs) = higher ? _higher.Value : _first.Value;
        var node = context.Builder.Emit(OpDefs.Call, attrs, [.. inputs.Select(context.ValueOf)], [split.Forward.Entry]);
        return [.. graph.Entry.Results.Select((_, i) => context.TensorOf(node[i]))];
    }

    /// <summary>Runs a graph that was made for one call of it.</summary>
    public static Tensor[] Once(ExecutionContext context, Ir.Graph graph, Tensor[] inputs)
    {
        // A checkpointed block computes again what has no effects, and needs to know what the variables were.
        if (context.Notes && graph.Entry.Body.Any(node => !node.IsPure))
        {
            var results = new Tensor[graph.Entry.Results.Length];
            FunctionCompiler.Compile(graph, Device.Current, record: null).Run(inputs, results);
            return results;
        }

        if (!context.Tapes.IsEmpty || context.Notes)
            return new CallGradient(graph).Run(context, inputs);
        using var values = context.KeepValues();
        var node = context.Builder.Emit(OpDefs.Call, Attrs.Empty, [.. inputs.Select(context.ValueOf)], [graph.Entry]);
        return [.. graph.Entry.Results.Select((_, i) => context.TensorOf(node[i]))];
    }

    private static (ForwardBackwardPair Split, Attrs Attrs) Prepare(Ir.Graph graph, bool higher)
    {
        var split = ForwardBackwardPair.Of(graph, higher);
        return (split, Attrs.Of("gradient", new CustomGradient(graph.Name, split.Pull)));
    }
}
