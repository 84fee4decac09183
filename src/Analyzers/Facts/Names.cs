using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Names in code and their symbols. Conversion asks about each name several times, and about the name of a method the compiler answers slowly.
/// </summary>
internal static class Names
{
    private static readonly ConditionalWeakTable<SemanticModel, Meanings> s_meanings = new();

    public static ISymbol? SymbolOf(SimpleNameSyntax name, SemanticModel model) =>
        s_meanings.GetOrCreateValue(model).GetOrAdd(name, static (n, m) => Find(n, m), model);

    /// <summary>The member access that ends in a name, or the name itself.</summary>
    public static ExpressionSyntax AccessOf(SimpleNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;

    /// <summary>The name of a member where it is used or called; what is used itself if it has none.</summary>
    public static SyntaxNode Of(SyntaxNode use) => use switch
    {
        InvocationExpressionSyntax call => Of(call.Expression),
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        _ => use,
    };

    /// <summary>False where a name can only be a type, a label or the name of an argument.</summary>
    public static bool MayBeMember(SimpleNameSyntax name) =>
        name.Parent is not (NameColonSyntax or TypeArgumentListSyntax or QualifiedNameSyntax or VariableDeclarationSyntax or ParameterSyntax
        or BaseTypeSyntax
            or GotoStatementSyntax or TypeConstraintSyntax or NullableTypeSyntax or ArrayTypeSyntax or TupleElementSyntax)
        && !(name.Parent is CastExpressionSyntax cast && cast.Type == name);

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
