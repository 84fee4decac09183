using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers.CodeFixes;

/// <summary>Writes text beside a tensor as one interpolated string.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class InterpolateText() : SyntaxFix(DiagnosticIds.TextPlusTensor)
{
    protected override (string Title, Func<SyntaxNode> Apply)? Find(SyntaxNode root, SyntaxNode place, SemanticModel model)
    {
        var sum = place as BinaryExpressionSyntax ?? (place as ArgumentSyntax)?.Expression as BinaryExpressionSyntax;
        // Only plain literals: the text of others follows other rules.
        string? text = sum is null ? null : Part(sum.Left) is { } left && Part(sum.Right) is { } right ? left + right : null;
        return text is null ? null
            : ("Write an interpolated string", () => root.ReplaceNode(sum!, SyntaxFactory.ParseExpression($"$\"{text}\"").WithTriviaFrom(sum!)));
    }

    private static string? Part(ExpressionSyntax operand) => operand switch
    {
        LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.StringLiteralExpression) => Escaped(literal.Token.Text),
        _ when operand.ToString().Contains('"') => null,
        IdentifierNameSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax => $"{{{operand}}}",
        _ => $"{{({operand})}}",
    };

    private static string? Escaped(string token) => token[0] == '"' && !token.StartsWith("\"\"\"", StringComparison.Ordinal)
        ? token.Substring(1, token.Length - 2).Replace("{", "{{").Replace("}", "}}")
        : null;
}
