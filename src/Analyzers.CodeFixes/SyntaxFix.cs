using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace TensorGraph.Analyzers.CodeFixes;

/// <summary>A fix that changes the syntax of one file.</summary>
internal abstract class SyntaxFix(params string[] ids) : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [.. ids];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null || Find(root, root.FindNode(context.Span), model) is not { } fix)
            return;
        context.RegisterCodeFix(
            CodeAction.Create(fix.Title, _ => Task.FromResult(context.Document.WithSyntaxRoot(fix.Apply())), GetType().Name),
            context.Diagnostics);
    }

    /// <summary>The name of the fix and the new root that it makes; null if it does not fit here.</summary>
    protected abstract (string Title, Func<SyntaxNode> Apply)? Find(SyntaxNode root, SyntaxNode place, SemanticModel model);
}
