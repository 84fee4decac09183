using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Methods that call each other in a circle.</summary>
internal static class Recursion
{
    /// <summary>
    /// True if a call in <paramref name="caller"/> comes back to it and C# decides nothing on the way: only a tensor could end that. Where C# decides
    /// something, the run time counts how deep it goes.
    /// </summary>
    public static bool IsEndless(IMethodSymbol callee, IMethodSymbol caller, CallGraph calls)
    {
        if (!calls.Calls(callee, caller))
            return false;
        IEnumerable<IMethodSymbol> circle = calls.ReachedFrom(CallGraph.Definition(callee)).Where(m => calls.Calls(m, caller))
            .Append(CallGraph.Definition(caller));
        return !circle.Any(m => CallGraph.IsDispatched(m)
            || (calls.Declaration(m) is { } declaration && DecidesInHost(declaration, calls.Model(declaration.SyntaxTree))));
    }

    private static bool DecidesInHost(SyntaxNode declaration, SemanticModel model) => declaration.DescendantNodes().Any(n => n switch
    {
        IfStatementSyntax or SwitchStatementSyntax or WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax
            or CommonForEachStatementSyntax => !Staging.IsStaged(n, model),
        ConditionalExpressionSyntax or SwitchExpressionSyntax => !Staging.IsStaged(n, model),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both =>
            !Staging.IsTensor(both.Left, model) || !Staging.IsTensor(both.Right, model),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } or ConditionalAccessExpressionSyntax => true,
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceAssignmentExpression } => true,
        _ => false,
    });
}
