using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// The methods of this compilation that code of the framework may call of an object that it gets, such as <c>ToString</c> for text or
/// <c>CompareTo</c> to sort: all by which the object's type overrides or implements what is declared elsewhere.
/// </summary>
internal static class FrameworkCallbacks
{
    /// <summary>The callbacks of a type of this compilation, or of such types in a collection.</summary>
    public static IEnumerable<IMethodSymbol> Of(ITypeSymbol? type, IAssemblySymbol own) => type switch
    {
        IArrayTypeSymbol array => Of(array.ElementType, own),
        INamedTypeSymbol named when IsOf(named, own) =>
            named.TypeKind is TypeKind.Class or TypeKind.Struct ? ForeignMembers(named, own).Concat(Of(named.BaseType, own)) : [],
        INamedTypeSymbol { TypeKind: not TypeKind.Delegate } named => named.TypeArguments.SelectMany(t => Of(t, own)),
        _ => [],
    };

    private static IEnumerable<IMethodSymbol> ForeignMembers(INamedTypeSymbol type, IAssemblySymbol own) =>
        type.GetMembers().OfType<IMethodSymbol>().Where(m => m.IsOverride && !IsOf(Root(m), own))
            .Concat(type.AllInterfaces.Where(i => !IsOf(i, own)).SelectMany(i => i.GetMembers()).OfType<IMethodSymbol>()
                .Select(type.FindImplementationForInterfaceMember).OfType<IMethodSymbol>());

    private static bool IsOf(ISymbol symbol, IAssemblySymbol own) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, own);

    private static IMethodSymbol Root(IMethodSymbol method)
    {
        while (method.OverriddenMethod is { } overridden)
            method = overridden;
        return method;
    }
}
