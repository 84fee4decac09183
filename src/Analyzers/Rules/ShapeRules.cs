using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace TensorGraph.Analyzers;

/// <summary>Reports of the shape analysis: the errors of the run time, in its words, where they are certain.</summary>
internal static class ShapeRules
{
    private const string Shapes = nameof(Shapes);

    public static readonly DiagnosticDescriptor SignatureMismatch = Of(DiagnosticIds.SignatureMismatch, "A tensor contradicts a declared shape");

    public static readonly DiagnosticDescriptor ShapeMismatch = Of(DiagnosticIds.ShapeMismatch, "Shapes do not fit");

    public static readonly DiagnosticDescriptor DTypeMismatch = Of(DiagnosticIds.DTypeMismatch, "Element types do not fit");

    public static readonly DiagnosticDescriptor RankMismatch = Of(DiagnosticIds.RankMismatch, "A tensor has too few or too many axes");

    public static readonly DiagnosticDescriptor OutOfRange = Of(DiagnosticIds.OutOfRange, "An axis, index or size is out of range");

    public static readonly DiagnosticDescriptor TextPlusTensor = Of(DiagnosticIds.TextPlusTensor, "C# text is added to a tensor");

    /// <summary>All errors of the walk, by ID.</summary>
    public static ImmutableDictionary<string, DiagnosticDescriptor> ById { get; } =
        new[] { SignatureMismatch, ShapeMismatch, DTypeMismatch, RankMismatch, OutOfRange, TextPlusTensor }.ToImmutableDictionary(rule => rule.Id);

    private static DiagnosticDescriptor Of(string id, string title) => new(id, title, "{0}. {1}", Shapes, Warning, true, helpLinkUri: Rules.Page(id));
}
