using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>What names mean. Conversion asks about each name several times, and about the name of a method the compiler answers slowly.</summary>
internal static class Names
{
    private static readonly ConditionalWeakTable<SemanticModel, Meanings> s_meanings = new();

    public static ISymbol? SymbolOf(SimpleNameSyntax name, SemanticModel model) =>
        s_meanings.GetOrCreateValue(model).GetOrAdd(name, static (n, m) => Find(n, m), model);

    /// <summary>The member access that ends in a name, or the name itself.</summary>
    public static ExpressionSyntax AccessOf(SimpleNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;

    private static ISymbol? Find(SimpleNameSyntax name, SemanticModel model)
    {
        // Of the method that is called, the call knows which one of a group it is; the name alone makes the compiler look at all of them.
        ExpressionSyntax target = name.Parent is MemberBindingExpressionSyntax binding ? binding : AccessOf(name);
        if (target.Parent is InvocationExpressionSyntax call && call.Expression == target
            && model.GetSymbolInfo(call).Symbol is IMethodSymbol { MethodKind: not MethodKind.DelegateInvoke } called)
        {
            return called;
        }
        return model.GetSymbolInfo(name).Symbol;
    }

    private sealed class Meanings : ConcurrentDictionary<SimpleNameSyntax, ISymbol?>
    {
        public ISymbol? GetOrAdd(SimpleNameSyntax name, Func<SimpleNameSyntax, SemanticModel, ISymbol?> find, SemanticModel model) =>
            TryGetValue(name, out ISymbol? known) ? known : this[name] = find(name, model);
    }
}
