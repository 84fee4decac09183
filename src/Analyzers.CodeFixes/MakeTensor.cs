using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers.CodeFixes;

/// <summary>Declares a number or bool that changes under a tensor condition as a Tensor.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class MakeTensor : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.HostVariableChanged, DiagnosticIds.EffectInLoopHead];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null || model.GetSymbolInfo(root.FindNode(context.Span), context.CancellationToken).Symbol is not ILocalSymbol { Type: { } type } local)
            return;
        // Only numbers and bools convert to tensors, and one declaration of several variables is left to its author.
        bool converts = type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_Double;
        SyntaxNode? declarator = root.FindNode(local.Locations[0].SourceSpan);
        if (!converts || declarator?.Parent is not VariableDeclarationSyntax { Variables.Count: 1 } declaration)
            return;
        TypeSyntax tensor = SyntaxFactory.IdentifierName("Tensor").WithTriviaFrom(declaration.Type);
        context.RegisterCodeFix(
            CodeAction.Create($"Make '{local.Name}' a Tensor", _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(declaration.Type, tensor))), nameof(MakeTensor)),
            context.Diagnostics);
    }
}
