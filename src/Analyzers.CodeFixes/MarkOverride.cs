using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace TensorGraph.Analyzers.CodeFixes;

/// <summary>Adds [GraphFunction] to an override.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class MarkOverride() : SyntaxFix(DiagnosticIds.OverrideIsNotMarked)
{
    protected override (string Title, Func<SyntaxNode> Apply)? Find(SyntaxNode root, SyntaxNode place, SemanticModel model) =>
        place.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method
        ? ("Add [GraphFunction]", () => root.ReplaceNode(method, Mark(method)))
        : null;

    private static MethodDeclarationSyntax Mark(MethodDeclarationSyntax method)
    {
        AttributeListSyntax attribute = SyntaxFactory.AttributeList([SyntaxFactory.Attribute(SyntaxFactory.ParseName("GraphFunction"))])
            .WithLeadingTrivia(method.GetLeadingTrivia())
            .WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed);
        return method.WithLeadingTrivia(method.GetLeadingTrivia().Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia)))
            .WithAttributeLists(method.AttributeLists.Insert(0, attribute)).WithAdditionalAnnotations(Formatter.Annotation);
    }
}
