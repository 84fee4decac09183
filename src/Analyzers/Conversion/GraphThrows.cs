using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Finds where the graph may throw: at a throw that a tensor decides, also one in a method or local function that is called.</summary>
internal static class GraphThrows
{
    private static readonly ConditionalWeakTable<CallGraph, ConcurrentDictionary<IMethodSymbol, bool>> s_methods = new();

    /// <summary>True if the graph may throw in a function or in what it calls.</summary>
    public static bool MayBeIn(FunctionScope scope) => scope.HasThrow || InCalls(scope.Function, scope);

    /// <summary>True if the graph may throw in a statement or in what it calls.</summary>
    public static bool In(SyntaxNode code, Position position, FunctionScope scope) =>
        Staging.InSameFunction(code).Any(n => IsThrow(n) && (position.ThrowsFromGraph || IsDecidedByTensor(n, code, scope.Model)))
        || InCalls(code, scope);

    private static bool InCalls(SyntaxNode code, FunctionScope scope) =>
        scope.Context.Changes.RunBy(code.Span).Any(f => IsIn(f, scope.Model))
        || scope.Context.Effects.In(code.Span)
        .Any(e => e is { Kind: EffectKind.Call, IsOnHost: false, Form: not CallForm.Callback, Callee: { } method }
        && IsReachedBy(method, scope.Context.Calls));

    private static bool IsReachedBy(IMethodSymbol method, CallGraph calls) => !calls.IsForeign(method) && s_methods.GetOrCreateValue(calls)
        .GetOrAdd(CallGraph.Definition(method), m => calls.ReachedFrom(m)
        .Any(r => calls.Declaration(r) is { } declaration && IsIn(declaration, calls.Model(declaration.SyntaxTree))));

    /// <summary>True if a function has a throw that a tensor decides, or one after a jump that a tensor decides.</summary>
    private static bool IsIn(SyntaxNode function, SemanticModel model)
    {
        bool mayBeLeft = false;
        foreach (SyntaxNode node in Staging.InSameFunction(function))
        {
            mayBeLeft |= node is ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax
                && Staging.StagedAncestor(node, function, model);
            if (IsThrow(node) && (mayBeLeft || IsDecidedByTensor(node, function, model)))
                return true;
        }
        return false;
    }

    private static bool IsThrow(SyntaxNode node) => node is ThrowStatementSyntax or ThrowExpressionSyntax;

    private static bool IsDecidedByTensor(SyntaxNode node, SyntaxNode end, SemanticModel model) =>
        node.Ancestors().TakeWhile(a => a != end.Parent).Any(a => Staging.IsStaged(a, model));
}
