using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using TensorGraph.Ir;

namespace TensorGraph;

// Each finds the user's line itself.
[StackTraceHidden]
public static partial class Throw
{
    /// <summary>TG9001: an invariant of ours does not hold.</summary>
    [DoesNotReturn]
    public static void Internal(string problem) => throw new GraphException(
        DiagnosticIds.Internal, problem, "This is a bug in TensorGraph; please report it with the graph that shows it.", SourceSpan.Capture());

    /// <summary>TG1002 when an argument is null.</summary>
    public static T IfNull<T>(
        [System.Diagnostics.CodeAnalysis.NotNull] T? value,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string name = "")
        where T : class
    {
        if (value is null)
            throw new GraphException(DiagnosticIds.NullArgument, $"argument '{name}' is null", "Pass a value.", SourceSpan.Capture());
        return value;
    }

    /// <summary>TG5003: more elements than can be counted.</summary>
    [DoesNotReturn]
    public static void TooMany(string op, string problem, string what, long limit, string remedy) =>
        Raise(DiagnosticIds.TooManyElements, op, $"{problem}; {what} has at most {limit}", remedy);

    /// <summary>Any ID.</summary>
    [DoesNotReturn]
    public static void Raise(string id, string op, string problem, string remedy) =>
        throw new GraphException(id, $"{op}: {problem}", remedy, SourceSpan.Capture());
}
