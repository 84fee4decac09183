using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>The errors of ops and graphs. Each finds the user's line itself where none is given.</summary>
[StackTraceHidden]
public static class Throw
{
    /// <summary>TG2001.</summary>
    [DoesNotReturn]
    public static void Shape(string op, string problem, string remedy) => Raise(DiagnosticIds.ShapeMismatch, op, problem, remedy);

    /// <summary>TG2002.</summary>
    [DoesNotReturn]
    public static void DType(string op, string problem, string remedy) => Raise(DiagnosticIds.DTypeMismatch, op, problem, remedy);

    /// <summary>TG2003.</summary>
    [DoesNotReturn]
    public static void Rank(string op, string problem, string remedy) => Raise(DiagnosticIds.RankMismatch, op, problem, remedy);

    /// <summary>TG2004.</summary>
    [DoesNotReturn]
    public static void Range(string op, string problem, string remedy) => Raise(DiagnosticIds.OutOfRange, op, problem, remedy);

    /// <summary>TG9001: an invariant of ours does not hold.</summary>
    [DoesNotReturn]
    public static void Internal(string problem) => throw new GraphException(
        DiagnosticIds.Internal, problem, "This is a bug in TensorGraph; please report it with the graph that shows it.", SourceSpan.Capture());

    /// <summary>Any ID.</summary>
    [DoesNotReturn]
    public static void Raise(string id, string op, string problem, string remedy) =>
        throw new GraphException(id, $"{op}: {problem}", remedy, SourceSpan.Capture());
}
