using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Which constructs are <em>staged</em>: decided by a tensor, hence recorded into the graph instead of run while tracing.
/// The static type of the condition decides; nothing else does.
/// </summary>
internal static class Staging
{
    private static readonly ConditionalWeakTable<SemanticModel, StagedStatements> s_staged = new();

    public static bool IsTensor(ExpressionSyntax expression, SemanticModel model) => model.GetTypeInfo(expression).Type.IsTensor();

    /// <summary>True if <paramref name="node"/> itself, not something inside it, is decided by a tensor.</summary>
    public static bool IsStaged(SyntaxNode node, SemanticModel model) => node switch
    {
        StatementSyntax statement => IsStagedStatement(statement, model),
        ConditionalExpressionSyntax conditional => IsTensor(conditional.Condition, model),
        BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.LogicalAndExpression)
            || binary.IsKind(SyntaxKind.LogicalOrExpression) => IsTensor(binary, model),
        SwitchExpressionSyntax match => match.Arms.Any(a => a.WhenClause is { } when && IsTensor(when.Condition, model)),
        _ => false,
    };

    public static bool IsStagedStatement(StatementSyntax statement, SemanticModel model) =>
        // The answer for a loop depends on the statements in it: without remembering, nesting would cost a power of its depth.
        statement is IfStatementSyntax or WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax
        or SwitchStatementSyntax
        && s_staged.GetOrCreateValue(model).GetOrAdd(statement, static (s, m) => Decide(s, m), model);

    private static bool Decide(StatementSyntax statement, SemanticModel model) => statement switch
    {
        IfStatementSyntax branch => IsTensor(branch.Condition, model),
        WhileStatementSyntax loop => IsTensor(loop.Condition, model)
            || (IsAlwaysTrue(loop.Condition, model) && HasStagedExit(loop, loop.Statement, model)),
        DoStatementSyntax loop => IsTensor(loop.Condition, model)
            || (IsAlwaysTrue(loop.Condition, model) && HasStagedExit(loop, loop.Statement, model)),
        ForStatementSyntax { Condition: { } condition } loop =>
            IsTensor(condition, model) || (IsAlwaysTrue(condition, model) && HasStagedExit(loop, loop.Statement, model)),
        ForStatementSyntax loop => HasStagedExit(loop, loop.Statement, model),
        CommonForEachStatementSyntax loop => IsStagedSequence(loop.Expression, model),
        SwitchStatementSyntax match => match.Sections.Any(s => s.Labels.Any(l =>
            l is CasePatternSwitchLabelSyntax { WhenClause: { } when } && IsTensor(when.Condition, model))),
        _ => false,
    };

    public static bool IsStagedSequence(ExpressionSyntax sequence, SemanticModel model) =>
        model.GetTypeInfo(sequence).Type is { } type && (type.IsIndexed() || type.GraphSequence() is not null);

    /// <summary>True if <paramref name="node"/> holds a staged statement outside of nested functions.</summary>
    public static bool HasStagedStatement(SyntaxNode node, SemanticModel model) =>
        InSameFunction(node).OfType<StatementSyntax>().Any(s => IsStagedStatement(s, model));

    /// <summary>True if a tensor decides whether <paramref name="body"/> leaves <paramref name="loop"/> by break or return.</summary>
    public static bool HasStagedExit(StatementSyntax loop, StatementSyntax body, SemanticModel model)
    {
        foreach (SyntaxNode node in InSameFunction(body))
        {
            bool exits = node is ReturnStatementSyntax || (node is BreakStatementSyntax && JumpTarget(node) == loop);
            if (exits && StagedAncestor(node, loop, model))
                return true;
        }
        return false;
    }

    /// <summary>True for a C# loop that may record nodes in each turn.</summary>
    public static bool Unrolls(SyntaxNode node, SemanticModel model)
    {
        if (node is not (WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax { AwaitKeyword.RawKind: 0 })
            || IsStagedStatement((StatementSyntax)node, model))
        {
            return false;
        }
        // A loop that is suspended gives no place where its nodes end.
        return !node.DescendantNodes().Any(n => n is YieldStatementSyntax or AwaitExpressionSyntax)
            && node.DescendantNodes().Any(n => Records(n, model));
    }

    /// <summary>True for what may record nodes: a call does if it takes or gives a tensor.</summary>
    public static bool Records(SyntaxNode node, SemanticModel model) => node switch
    {
        InvocationExpressionSyntax call => IsTensor(call, model) || call.ArgumentList.Arguments.Any(a => IsTensor(a.Expression, model)),
        BinaryExpressionSyntax or AssignmentExpressionSyntax => IsTensor((ExpressionSyntax)node, model),
        _ => false,
    };

    /// <summary>The loop or switch that a break or continue belongs to.</summary>
    public static SyntaxNode? JumpTarget(SyntaxNode jump)
    {
        for (SyntaxNode? node = jump.Parent; node is not null && !IsFunction(node); node = node.Parent)
        {
            if (node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax
                || (node is SwitchStatementSyntax && jump is BreakStatementSyntax))
            {
                return node;
            }
        }
        return null;
    }

    /// <summary>The node and what is inside it, without the bodies of lambdas and local functions.</summary>
    public static IEnumerable<SyntaxNode> InSameFunction(SyntaxNode node) =>
        node.DescendantNodesAndSelf(inner => inner == node || !IsFunction(inner)).Where(inner => inner == node || !IsFunction(inner));

    public static bool IsFunction(SyntaxNode node) =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax;

    public static StatementSyntax BodyOf(StatementSyntax loop) => loop switch
    {
        WhileStatementSyntax l => l.Statement,
        DoStatementSyntax l => l.Statement,
        ForStatementSyntax l => l.Statement,
        _ => ((CommonForEachStatementSyntax)loop).Statement,
    };

    public static bool IsAlwaysTrue(ExpressionSyntax condition, SemanticModel model) =>
        model.GetConstantValue(condition) is { HasValue: true, Value: true };

    private sealed class StagedStatements : ConcurrentDictionary<StatementSyntax, bool>
    {
        public bool GetOrAdd(StatementSyntax statement, Func<StatementSyntax, SemanticModel, bool> decide, SemanticModel model) =>
            TryGetValue(statement, out bool known) ? known : this[statement] = decide(statement, model);
    }

    /// <summary>True if a tensor decides whether <paramref name="node"/> is reached within <paramref name="end"/>.</summary>
    public static bool StagedAncestor(SyntaxNode node, SyntaxNode end, SemanticModel model)
    {
        for (SyntaxNode? outer = node.Parent; outer is not null && outer != end; outer = outer.Parent)
        {
            if (outer is StatementSyntax statement && IsStagedStatement(statement, model))
                return true;
        }
        return false;
    }
}
