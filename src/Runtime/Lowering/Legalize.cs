using System.Collections.Immutable;
using TensorGraph.Passes;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// The passes that lowering relies on: called graphs are inlined, composites are expanded, what nothing needs is dropped. They return a graph that
/// went through the pipeline as it is; a graph that comes as it was written, and one of a single op, get their form here.
/// </summary>
internal static class Legalize
{
    private static readonly ImmutableArray<Pass> Passes = [Inline.Pass, ExpandComposites.Pass(static _ => false), DeadCode.Pass];

    public static Ir.Graph Run(Ir.Graph graph)
    {
        // A call may be inside of another one. A call whose sizes can't fit stays, and fails when it runs.
        while (true)
        {
            Ir.Graph before = graph;
            foreach (Pass pass in Passes) graph = pass.Apply(graph);
            if (ReferenceEquals(before, graph)) return graph;
        }
    }
}
