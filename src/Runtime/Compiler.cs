namespace TensorGraph.Backends;

/// <summary>Graph in, plan out.</summary>
public static class Compiler
{
    /// <summary>A plan for all sizes of the graph's symbolic dims. Passes are the caller's; composites that are left are expanded here.</summary>
    public static Plan Compile(Ir.Graph graph) => new(graph);
}
