using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Reads of the value of a tensor by methods that certainly get a symbolic one: whatever the method is called with, it comes to the read. Methods
/// that may be overridden, and code that a C# condition or an earlier return could skip, are left alone.
/// </summary>
/// <param name="calls">The calls of the program.</param>
/// <param name="readBy">The tensor that a node reads, or null.</param>
/// <param name="mayRunOtherwise">True where a method expects the error, or asks how it runs.</param>
internal sealed class HelperReads(
    CallGraph calls, Func<SyntaxNode, SemanticModel, ExpressionSyntax?> readBy, Func<MethodDeclarationSyntax, SyntaxNode, bool> mayRunOtherwise)
{
    private readonly HashSet<SyntaxNode> _open = [];

    /// <summary>The read that a call comes to, or null. <paramref name="values"/> are those of the method with the call.</summary>
    public SyntaxNode? Find(InvocationExpressionSyntax call, SemanticModel model, SymbolicValues values)
    {
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ReducedExtension } method
            || method.GraphFunction() is not null
            || CallGraph.IsDispatched(method) || calls.Declaration(CallGraph.Definition(method)) is not MethodDeclarationSyntax declaration
            || !_open.Add(declaration))
            return null;
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (ArgumentSyntax argument in call.ArgumentList.Arguments)
        {
            if (values.IsSymbolic(argument.Expression) && NameOf(argument, call, method) is { } name)
                given.Add(name);
        }
        if (method.ReducedFrom is { } extension && call.Expression is MemberAccessExpressionSyntax access && values.IsSymbolic(access.Expression))
            given.Add(extension.Parameters[0].Name);
        return given.Count == 0 ? null : FindIn(declaration, given);
    }

    private SyntaxNode? FindIn(MethodDeclarationSyntax method, IReadOnlyCollection<string> given)
    {
        SemanticModel model = calls.Model(method.SyntaxTree);
        var values = new SymbolicValues(method, model, given);
        int firstExit = Staging.InSameFunction(method).Where(n => n is ReturnStatementSyntax or ThrowStatementSyntax or YieldStatementSyntax)
            .Select(n => n.Span.End).DefaultIfEmpty(int.MaxValue).Min();
        foreach (SyntaxNode node in Staging.InSameFunction(method).Where(n => n is InvocationExpressionSyntax or CastExpressionSyntax))
        {
            if (node.SpanStart > firstExit || MayBeSkipped(node, method) || mayRunOtherwise(method, node))
                continue;
            if (readBy(node, model) is { } tensor)
            {
                if (values.IsSymbolic(tensor))
                    return node;
            }
            else if (node is InvocationExpressionSyntax inner && Find(inner, model, values) is { } read)
            {
                return read;
            }
        }
        return null;
    }

    private static string? NameOf(ArgumentSyntax argument, InvocationExpressionSyntax call, IMethodSymbol method)
    {
        if (argument.NameColon is { } named)
            return named.Name.Identifier.ValueText;
        int i = call.ArgumentList.Arguments.IndexOf(argument);
        return i < method.Parameters.Length && !method.Parameters[i].IsParams ? method.Parameters[i].Name : null;
    }

    private static bool MayBeSkipped(SyntaxNode node, MethodDeclarationSyntax method)
    {
        for (SyntaxNode child = node; child != method; child = child.Parent!)
        {
            bool skipped = child.Parent switch
            {
                IfStatementSyntax branch => child != branch.Condition,
                ConditionalExpressionSyntax choice => child != choice.Condition,
                WhileStatementSyntax loop => child != loop.Condition,
                ForStatementSyntax or CatchClauseSyntax or SwitchSectionSyntax or SwitchExpressionArmSyntax
                    or ConditionalAccessExpressionSyntax => true,
                CommonForEachStatementSyntax loop => child != loop.Expression,
                BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression
                    or (int)SyntaxKind.CoalesceExpression } binary => child != binary.Left,
                AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceAssignmentExpression } => true,
                _ => false,
            };
            if (skipped)
                return true;
        }
        return false;
    }
}
