using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>A step of the pipeline. It keeps the meaning of the graph, and returns the very same graph when it has nothing to do.</summary>
/// <param name="Name">Name in dumps, flags and tests.</param>
/// <param name="Meaning">What it does, for <c>docs/passes.md</c>.</param>
/// <param name="Apply">Graph to graph.</param>
public sealed record Pass(string Name, string Meaning, Func<Graph, Graph> Apply);

/// <summary>The outcome of one run of a pass.</summary>
/// <param name="Pass">Name of the pass.</param>
/// <param name="Round">Which round through the list, from 1.</param>
/// <param name="Before">Nodes before.</param>
/// <param name="After">Nodes after.</param>
/// <param name="Changed">Whether the graph is another one.</param>
public sealed record PassReport(string Pass, int Round, int Before, int After, bool Changed)
{
    /// <summary>The rewrite rules that fired, by the user's line.</summary>
    public ImmutableArray<RuleUse> Rules { get; init; } = [];
}

/// <summary>How often a rewrite rule fired for nodes of one line.</summary>
/// <param name="Rule">Name of the rule; <c>docs/passes.md</c> lists them.</param>
/// <param name="Source">The user's line.</param>
/// <param name="Times">How often.</param>
public sealed record RuleUse(string Rule, SourceSpan Source, int Times);

/// <summary>An optimised graph and how it came about.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Passes">One row for each run of a pass, in order.</param>
public sealed record PipelineResult(Graph Graph, ImmutableArray<PassReport> Passes);
