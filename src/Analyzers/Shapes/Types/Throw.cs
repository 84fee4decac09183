using System.Diagnostics.CodeAnalysis;

namespace TensorGraph.Ir;

/// <summary>An error that a shared type rule finds, with the run time's ID and words.</summary>
internal sealed class ShapeError(string id, string problem, string remedy) : Exception(problem)
{
    public string Id { get; } = id;

    public string Problem { get; } = problem;

    public string Remedy { get; } = remedy;
}

/// <summary>The errors of the shared type rules, as the run time's class of this name.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void Shape(string op, string problem, string remedy) => Raise(DiagnosticIds.ShapeMismatch, op, problem, remedy);

    [DoesNotReturn]
    public static void DType(string op, string problem, string remedy) => Raise(DiagnosticIds.DTypeMismatch, op, problem, remedy);

    [DoesNotReturn]
    public static void Rank(string op, string problem, string remedy) => Raise(DiagnosticIds.RankMismatch, op, problem, remedy);

    [DoesNotReturn]
    public static void Range(string op, string problem, string remedy) => Raise(DiagnosticIds.OutOfRange, op, problem, remedy);

    [DoesNotReturn]
    public static void Internal(string problem) => throw new InvalidOperationException(problem);

    [DoesNotReturn]
    private static void Raise(string id, string op, string problem, string remedy) => throw new ShapeError(id, op + ": " + problem, remedy);
}
