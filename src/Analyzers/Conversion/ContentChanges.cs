using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Finds the collections whose elements a method changes although it did not make them.</summary>
internal static class ContentChanges
{
    public static IEnumerable<WrittenMember> In(SyntaxNode declaration, SemanticModel model)
    {
        foreach (SimpleNameSyntax name in MethodFacts.WhileTracing(declaration).OfType<SimpleNameSyntax>())
        {
            ExpressionSyntax access = Names.AccessOf(name);
            if (!IsChanged(access) && !IsFilled(access, model))
                continue;
            ISymbol? holder = Names.SymbolOf(name, model);
            if (IsHolder(holder) && model.GetTypeInfo(access).Type is { } type && ElementOf(type) is { } element && MethodFacts.IsState(element))
                yield return new WrittenMember(holder!, holder!.IsStatic || (holder is IFieldSymbol or IPropertySymbol && MethodFacts.IsOnThis(access)), Content: true);
        }
    }

    private static bool IsHolder(ISymbol? symbol) => symbol switch
    {
        ILocalSymbol local => !StagedMembers.StartsNew(local),
        IParameterSymbol or IFieldSymbol or IPropertySymbol => true,
        _ => false,
    };

    // Elements of elements count as well.
    private static bool IsChanged(ExpressionSyntax collection)
    {
        while (!StateWrites.IsContentChanged(collection))
        {
            if (collection.Parent is not ElementAccessExpressionSyntax element || element.Expression != collection)
                return false;
            collection = element;
        }
        return true;
    }

    // Array.Fill(collection, …), collection.CopyTo(…)
    private static bool IsFilled(ExpressionSyntax collection, SemanticModel model)
    {
        ExpressionSyntax value = collection.Parent is MemberAccessExpressionSyntax { Name.Identifier.Text: "AsSpan", Parent: InvocationExpressionSyntax span } of && of.Expression == collection ? span : collection;
        SimpleNameSyntax? method = value.Parent switch
        {
            ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax call } } => call.Name,
            MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax } call when call.Expression == value => call.Name,
            _ => null,
        };
        return method is not null && ArrayCalls.ChangedBy(method, model) == collection;
    }

    private static ITypeSymbol? ElementOf(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { TypeArguments: { Length: > 0 } arguments } named when !named.IsTensor() => arguments[arguments.Length - 1],
        _ => null,
    };
}
