using System.Collections.Immutable;
using System.Text;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>The passes in their order. The list is gone through until a whole round changes nothing.</summary>
public static class Pipeline
{
    // Each round makes the graph smaller or simpler; a graph that is still changing then is correct as it is.
    private const int MostRounds = 10;

    /// <summary>The passes for a back end that claims no composite.</summary>
    public static ImmutableArray<Pass> Default { get; } = For(_ => false);

    /// <summary>The list for a back end that has kernels of its own for some composites.</summary>
    /// <param name="claims">True for a composite node that is to stay whole.</param>
    public static ImmutableArray<Pass> For(Func<Node, bool> claims) =>
    [
        Inline.Pass,
        ExpandComposites.Pass(claims),
        Canonicalize.Pass,
        FoldConstants.Pass,
        Algebra.Pass,
        SimplifyControl.Pass,
        Unroll.Pass,
        Hoist.Pass,
        CommonSubexpressions.Pass,
        DeadCode.Pass,
    ];

    /// <summary>Runs the default list, less the passes that flag <c>PASSES</c> takes out.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="onPass">Gets each run of a pass, with the graph that came of it.</param>
    /// <exception cref="GraphException">TG9001 when a pass breaks the graph and flag <c>VERIFY</c> looks.</exception>
    public static PipelineResult Run(Graph graph, Action<PassReport, Graph>? onPass = null) => Run(graph, Default, Flags.Verify, onPass);

    /// <summary>Runs a list of passes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="passes">The passes.</param>
    /// <param name="verify">0: not; 1: before and after; 2: after each pass.</param>
    /// <param name="onPass">Gets each run of a pass, with the graph that came of it.</param>
    /// <exception cref="GraphException">TG9001 when a pass breaks the graph.</exception>
    public static PipelineResult Run(Graph graph, ImmutableArray<Pass> passes, int verify, Action<PassReport, Graph>? onPass = null)
    {
        passes = Without(passes, Flags.Passes);
        var reports = ImmutableArray.CreateBuilder<PassReport>();
        if (verify > 0)
            Verifier.Verify(graph, "trace");
        bool settled = false;
        for (int round = 1; round <= MostRounds && !settled; round++)
        {
            var start = graph;
            foreach (var pass in passes)
            {
                var before = graph;
                graph = RuleRewriter.Run(pass, before, out var fired);
                bool changed = !ReferenceEquals(before, graph);
                reports.Add(new(pass.Name, round, before.NodeCount, graph.NodeCount, changed) { Rules = fired });
                onPass?.Invoke(reports[^1], graph);
                if (changed && verify > 1)
                    Verifier.Verify(graph, pass.Name);
            }

            settled = ReferenceEquals(start, graph);
        }

        if (verify == 1)
            Verifier.Verify(graph, "pipeline");
        return new(graph, reports.ToImmutable());
    }

    /// <summary>The page <c>docs/passes.md</c>.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder(
            """
            # Passes

            Every traced graph goes through this list until a round changes nothing. Made from `src/Graph/Passes` by `./generate`.
            `TENSORGRAPH_PASSES=-name` leaves a pass out; a [recording](tgraph.md) keeps the graph after each pass that changed it.

            | pass | what it does |
            |---|---|

            """);
        foreach (var pass in Default)
            text.Append($"| `{pass.Name}` | {pass.Meaning} |\n");
        text.Append("\nSteps between a graph and its kernels, which the same flag leaves out. `-all` leaves out all of them, and all passes.\n\n| step | effect |\n|---|---|\n");
        foreach (var step in LoweringStep.All)
            text.Append($"| `{step.Name}` | {step.Meaning} |\n");
        text.Append("\nRules of `canonicalize` and `algebra`, in the order in which they are tried:\n\n");
        foreach (var rule in Canonicalize.Rules.Concat(Algebra.Rules).DistinctBy(rule => rule.Name))
            text.Append($"- `{rule.Name}`: {rule.Equation}\n");
        return text.ToString();
    }

    private static ImmutableArray<Pass> Without(ImmutableArray<Pass> passes, IReadOnlyList<string> flags)
    {
        if (flags.Contains(LoweringStep.Everything))
            return [];
        foreach (string flag in flags)
        {
            string[] names = [.. Default.Select(pass => pass.Name), .. LoweringStep.All.Select(step => step.Name), LoweringStep.Everything[1..]];
            if (!flag.StartsWith('-') || !names.Contains(flag[1..]))
                throw new ArgumentException($"TENSORGRAPH_PASSES: '{flag}' is not '-' and one of {string.Join(", ", names)}", nameof(flags));
        }

        return passes.RemoveAll(pass => flags.Contains("-" + pass.Name));
    }
}
