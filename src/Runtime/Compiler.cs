using TensorGraph.Passes;

namespace TensorGraph.Backends;

/// <summary>Graph in, plan out.</summary>
public static class Compiler
{
    /// <summary>Runs the passes and makes a plan for all sizes of the graph's symbolic dims.</summary>
    /// <exception cref="GraphException">TG9001 when a pass breaks the graph and flag <c>VERIFY</c> looks.</exception>
    public static Plan Compile(Ir.Graph graph) => new(graph, Pipeline.Run(graph));
}
