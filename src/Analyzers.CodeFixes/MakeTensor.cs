using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers.CodeFixes;

/// <summary>Declares a number or bool that changes under a tensor condition as a Tensor.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class MakeTensor() : SyntaxFix(DiagnosticIds.HostVariableChanged, DiagnosticIds.EffectInLoopHead)
{
    protected override (string Title, Func<SyntaxNode> Apply)? Find(SyntaxNode root, SyntaxNode place, SemanticModel model)
    {
        if (model.GetSymbolInfo(place).Symbol is not ILocalSymbol { Type: { } type } local)
            return null;
        // Only numbers and bools convert to tensors, and one declaration of several variables is left to its author.
        bool converts = type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_Double;
        if (!converts || root.FindNode(local.Locations[0].SourceSpan).Parent is not VariableDeclarationSyntax { Variables.Count: 1 } declaration)
            return null;
        TypeSyntax tensor = SyntaxFactory.IdentifierName("Tensor").WithTriviaFrom(declaration.Type);
        return ($"Make '{local.Name}' a Tensor", () => root.ReplaceNode(declaration.Type, tensor));
    }
}
