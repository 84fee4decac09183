using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// A delegate of the user's that a loop of the graph repeats. It is traced twice: if C# state that it changes makes a difference, as it would at
/// every entry of an imperative run, the two traces differ, and nothing is frozen silently.
/// </summary>
internal static class RepeatedStep
{
    /// <summary>The second trace.</summary>
    /// <exception cref="GraphException">TG3005 when it is not the same as the first one.</exception>
    public static T Trace<T>(string op, SourceSpan source, Func<T> step, Func<T, TracedRegion> blockOf)
    {
        T first = step(), second;
        try
        {
            second = step();
        }
        catch (GraphException leaked) when (leaked.Id == DiagnosticIds.EscapedTensor)
        {
            throw Changes(op, $"it keeps a tensor for its next call: {leaked.Message}", source);
        }

        return blockOf(second).IsSameAs(blockOf(first)) ? second : throw Changes(op, "it does something else when it is called again", source);
    }

    private static GraphException Changes(string op, string problem, SourceSpan source) => new(
        DiagnosticIds.StepChangesState, $"{op}: the function changes C# state: {problem}",
        "Carry what changes in the state, return what it makes, or write the loop with foreach.", source);
}
