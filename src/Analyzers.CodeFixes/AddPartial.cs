using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers.CodeFixes;

/// <summary>Adds <c>partial</c> to the class of a graph function and to all classes around it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class AddPartial() : SyntaxFix(DiagnosticIds.TypeIsNotPartial)
{
    protected override (string Title, Func<SyntaxNode> Apply)? Find(SyntaxNode root, SyntaxNode place, SemanticModel model) =>
        place.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type ? ("Add 'partial'", () => Fix(root, type)) : null;

    private static SyntaxNode Fix(SyntaxNode root, TypeDeclarationSyntax type)
    {
        IEnumerable<TypeDeclarationSyntax> types = type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>()
            .Where(t => !t.Modifiers.Any(SyntaxKind.PartialKeyword));
        return root.ReplaceNodes(types, (_, t) => AddTo(t));
    }

    private static TypeDeclarationSyntax AddTo(TypeDeclarationSyntax type)
    {
        SyntaxToken partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        if (type.Modifiers.Count > 0)
            return type.AddModifiers(partial);
        // The first token carries the comments and the indentation above it.
        return type.WithKeyword(type.Keyword.WithLeadingTrivia()).AddModifiers(partial.WithLeadingTrivia(type.Keyword.LeadingTrivia));
    }
}
