namespace TensorGraph.Backends;

/// <summary>Graph in, plan out.</summary>
public static class Compiler
{
    /// <summary>A plan for all sizes of the graph's symbolic dims. Passes that optimise are the caller's.</summary>
    public static Plan Compile(Ir.Graph graph) => new(Lowering.Legalize.Run(graph));
}
