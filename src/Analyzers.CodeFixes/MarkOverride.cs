using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace TensorGraph.Analyzers.CodeFixes;

/// <summary>Adds [GraphFunction] to an override.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class MarkOverride : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.OverrideIsNotMarked];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method)
            return;
        context.RegisterCodeFix(
            CodeAction.Create("Add [GraphFunction]", _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(method, Mark(method)))), nameof(MarkOverride)),
            context.Diagnostics);
    }

    private static MethodDeclarationSyntax Mark(MethodDeclarationSyntax method)
    {
        AttributeListSyntax attribute = SyntaxFactory.AttributeList([SyntaxFactory.Attribute(SyntaxFactory.ParseName("GraphFunction"))])
            .WithLeadingTrivia(method.GetLeadingTrivia())
            .WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed);
        return method.WithLeadingTrivia(method.GetLeadingTrivia().Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia)))
            .WithAttributeLists(method.AttributeLists.Insert(0, attribute)).WithAdditionalAnnotations(Formatter.Annotation);
    }
}
