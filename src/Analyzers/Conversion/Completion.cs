using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>The C# rules for the end point of a statement: can control reach it?</summary>
internal static class Completion
{
    public static bool IsPossible(StatementSyntax statement, FunctionScope scope)
    {
        switch (statement)
        {
            case ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or ThrowStatementSyntax or GotoStatementSyntax:
            case YieldStatementSyntax { RawKind: (int)SyntaxKind.YieldBreakStatement }:
                return false;
            case BlockSyntax block:
                return block.Statements.All(scope.CanComplete);
            case IfStatementSyntax branch:
                return Constant(branch.Condition) switch
                {
                    true => scope.CanComplete(branch.Statement),
                    false => branch.Else is not { } other || scope.CanComplete(other.Statement),
                    _ => branch.Else is not { } other || scope.CanComplete(branch.Statement) || scope.CanComplete(other.Statement),
                };
            case WhileStatementSyntax loop:
                return Constant(loop.Condition) != true || HasBreak(loop);
            case ForStatementSyntax loop:
                return (loop.Condition is { } condition && Constant(condition) != true) || HasBreak(loop);
            case DoStatementSyntax loop:
                return (Constant(loop.Condition) != true && (scope.CanComplete(loop.Statement) || HasJump<ContinueStatementSyntax>(loop)))
                    || HasBreak(loop);
            case SwitchStatementSyntax match:
                return HasBreak(match) || !match.Sections.Any(s => s.Labels.Any(l => l is DefaultSwitchLabelSyntax));
            case TryStatementSyntax attempt:
                return (scope.CanComplete(attempt.Block) || attempt.Catches.Any(c => scope.CanComplete(c.Block)))
                    && (attempt.Finally is not { } last || scope.CanComplete(last.Block));
            case UsingStatementSyntax use:
                return scope.CanComplete(use.Statement);
            case LockStatementSyntax held:
                return scope.CanComplete(held.Statement);
            case CheckedStatementSyntax check:
                return scope.CanComplete(check.Block);
            case UnsafeStatementSyntax code:
                return scope.CanComplete(code.Block);
            case FixedStatementSyntax pinned:
                return scope.CanComplete(pinned.Statement);
            case LabeledStatementSyntax labeled:
                return scope.CanComplete(labeled.Statement);
            default:
                return true;
        }

        bool? Constant(ExpressionSyntax condition) => scope.Model.GetConstantValue(condition) is { HasValue: true, Value: bool value } ? value : null;
    }

    private static bool HasBreak(StatementSyntax target) => HasJump<BreakStatementSyntax>(target);

    private static bool HasJump<TJump>(StatementSyntax target)
        where TJump : StatementSyntax =>
        Staging.InSameFunction(target).OfType<TJump>().Any(j => Staging.JumpTarget(j) == target);
}
