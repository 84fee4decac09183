using System.Diagnostics.CodeAnalysis;

namespace TensorGraph;

/// <summary>The errors of ops and graphs.</summary>
#if TENSORGRAPH_ANALYZERS
internal
#else
public
#endif
static partial class Throw
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
}
