using System.Collections.Immutable;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Tests;

/// <summary>Makes a graph that shows a fault smaller, as long as it shows the fault.</summary>
public static class Shrink
{
    private const int MostAttempts = 400;

    /// <summary>The smallest graph found for which <paramref name="fails"/> is still true.</summary>
    public static Graph Minimal(Graph graph, Func<Graph, bool> fails)
    {
        int attempts = 0;
        while (attempts < MostAttempts)
        {
            var smaller = Candidates(graph).TakeWhile(_ => attempts++ < MostAttempts)
                .FirstOrDefault(candidate => Size(candidate) < Size(graph) && fails(candidate));
            if (smaller is null)
                break;
            graph = smaller;
        }

        return graph;
    }

    private static IEnumerable<Graph> Candidates(Graph graph)
    {
        for (int i = 0; graph.Entry.Results.Length > 1 && i < graph.Entry.Results.Length; i++)
            yield return graph with { Entry = graph.Entry with { Results = [graph.Entry.Results[i]] } };
        yield return DeadCode.Pass.Apply(graph);
        foreach (var node in graph.Entry.AllNodes().Reverse().Where(node => !IsFiller(node)))
            yield return DeadCode.Pass.Apply(new Without(node).Map(graph));
    }

    private static int Size(Graph graph) => graph.Entry.Results.Length + graph.Entry.AllNodes().Sum(node => IsFiller(node) ? 1 : 3);

    private static bool IsFiller(Node node) => node.Op == OpDefs.Constant || (node.Op == OpDefs.BroadcastTo && node.Inputs[0].Node.Op == OpDefs.Constant);

    // Zeros take the place of one node.
    private sealed class Without(Node target) : Rewriter
    {
        protected override ImmutableArray<Value>? Replace(Node node) =>
            ReferenceEquals(node, target) ? [.. node.Types.Select(Builder.Zeros)] : null;
    }
}
