using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers.CodeFixes;

/// <summary>Adds <c>partial</c> to the class of a graph function and to all classes around it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class AddPartial : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.TypeIsNotPartial];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type)
            return;
        context.RegisterCodeFix(
            CodeAction.Create("Add 'partial'", _ => Task.FromResult(context.Document.WithSyntaxRoot(Fix(root, type))), nameof(AddPartial)),
            context.Diagnostics);
    }

    private static SyntaxNode Fix(SyntaxNode root, TypeDeclarationSyntax type)
    {
        IEnumerable<TypeDeclarationSyntax> types = type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Where(t => !t.Modifiers.Any(SyntaxKind.PartialKeyword));
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
