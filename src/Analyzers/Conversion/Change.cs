using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// Something that others can see and that evaluating an expression changes: its name, the place in the expression, and the local or parameter that
/// changes or through which alone the changed object is known.
/// </summary>
internal readonly record struct Change(string Name, SyntaxNode Place, ISymbol? Variable)
{
    /// <summary>True for a write of the expression's own to the variable itself.</summary>
    public bool IsOfVariable { get; init; }
}
