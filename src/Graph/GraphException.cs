using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>An error with an ID from <see cref="DiagnosticIds"/>; <c>docs/rules/ID.md</c> explains it.</summary>
public class GraphException : Exception
{
    /// <summary>An error at a place in the user's code.</summary>
    /// <param name="id">One of <see cref="DiagnosticIds"/>.</param>
    /// <param name="problem">What is wrong and the facts, without a final period.</param>
    /// <param name="remedy">What to do, a sentence.</param>
    /// <param name="source">The user's line.</param>
    /// <param name="inner">Cause.</param>
    public GraphException(string id, string problem, string remedy, SourceSpan source = default, Exception? inner = null)
        : base($"{id}: {problem}{(source.IsKnown ? $", at {source}" : source.Scope.Length > 0 ? $", in {source}" : "")}. {remedy}", inner)
    {
        Id = id;
        Problem = problem;
        Remedy = remedy;
        Source = source;
        HelpLink = $"docs/rules/{id}.md";
    }

    /// <summary>The diagnostic's ID.</summary>
    public string Id { get; }

    /// <summary>The fault, without ID, place and remedy.</summary>
    public string Problem { get; }

    /// <summary>The remedy, a sentence.</summary>
    public string Remedy { get; }

    /// <summary>The user's line, when known.</summary>
    public new SourceSpan Source { get; }
}
