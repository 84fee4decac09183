namespace TensorGraph.Backends;

/// <summary>A graph made ready to run.</summary>
public sealed class Plan
{
    internal Plan(Ir.Graph graph) => Graph = graph;

    /// <summary>What it computes.</summary>
    public Ir.Graph Graph { get; }

    /// <summary>Runs it.</summary>
    public TensorData[] Run(ReadOnlySpan<TensorData> inputs, CancellationToken cancellation = default)
    {
        var arguments = new Literal[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
            arguments[i] = inputs[i].ToLiteral();
        var results = new Interpreter { Output = HostOutput.Writer, Cancellation = cancellation }.Run(Graph, arguments);
        return [.. results.Select(TensorData.From)];
    }
}

/// <summary>Makes plans.</summary>
public static class Compiler
{
    /// <summary>A plan for all sizes of the graph's symbolic dims.</summary>
    public static Plan Compile(Ir.Graph graph) => new(graph);
}
