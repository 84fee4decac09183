namespace TensorGraph.Backends;

/// <summary>Graph in, plan out.</summary>
public static class Compiler
{
    /// <summary>Compiles. The graph's passes have run; composites are expanded here.</summary>
    public static Plan Compile(Ir.Graph graph) => new(graph);
}
