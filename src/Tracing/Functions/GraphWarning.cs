using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// A warning about code that works, but slower or larger than it need be: a loop that unrolls, a function that is traced again and again.
/// </summary>
/// <param name="Id">One of <see cref="DiagnosticIds"/>, TG6xxx; <c>docs/rules/ID.md</c> explains it.</param>
/// <param name="Function">Full name of the graph function.</param>
/// <param name="Problem">What happens and the facts.</param>
/// <param name="Remedy">What to do, a sentence.</param>
/// <param name="Source">The user's line.</param>
public sealed record GraphWarning(string Id, string Function, string Problem, string Remedy, SourceSpan Source)
{
    /// <summary>ID, function, problem, place and remedy.</summary>
    public override string ToString() => $"{Id}: {Function}: {Problem}{(Source.IsKnown ? $", at {Source}" : "")}. {Remedy}";
}
