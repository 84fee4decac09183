using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>The methods of one compilation that override a method or implement one of an interface.</summary>
internal sealed class Implementations
{
    private readonly ILookup<IMethodSymbol, IMethodSymbol> _overrides;
    private readonly ILookup<IMethodSymbol, IMethodSymbol> _ofInterfaces;

    public Implementations(Compilation compilation)
    {
        INamedTypeSymbol[] types = [.. Types(compilation.Assembly.GlobalNamespace)];
        _overrides = types.SelectMany(t => t.GetMembers()).OfType<IMethodSymbol>()
            .Where(m => m.ContainingType.TypeKind != TypeKind.Interface && (m.IsOverride || m.IsVirtual || m.IsAbstract))
            .ToLookup<IMethodSymbol, IMethodSymbol, IMethodSymbol>(RootOf, m => m, SymbolEqualityComparer.Default);
        _ofInterfaces = types.Where(t => t.TypeKind is TypeKind.Class or TypeKind.Struct)
            .SelectMany(t => t.AllInterfaces.SelectMany(i => i.GetMembers()).OfType<IMethodSymbol>()
            .Select(m => (Member: m, Body: t.FindImplementationForInterfaceMember(m) as IMethodSymbol)))
            .Where(pair => pair.Body is not null && pair.Body.ContainingType.TypeKind != TypeKind.Interface)
            .ToLookup<(IMethodSymbol Member, IMethodSymbol? Body), IMethodSymbol, IMethodSymbol>(
                pair => pair.Member.OriginalDefinition, pair => CallGraph.Definition(pair.Body!), SymbolEqualityComparer.Default);
    }

    /// <summary>Everything that a call of a virtual, abstract or interface method may run, as far as it is written in this compilation.</summary>
    public IEnumerable<IMethodSymbol> Of(IMethodSymbol method) =>
        method.ContainingType.TypeKind == TypeKind.Interface
            ? _ofInterfaces[method].SelectMany(body => _overrides[RootOf(body)].Append(body)).Distinct<IMethodSymbol>(SymbolEqualityComparer.Default)
            : _overrides[RootOf(method)];

    private static IMethodSymbol RootOf(IMethodSymbol method)
    {
        while (method.OverriddenMethod is { } overridden)
            method = overridden.OriginalDefinition;
        return method;
    }

    /// <summary>A namespace's types, with those in them.</summary>
    public static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol root)
    {
        var work = new Stack<INamespaceOrTypeSymbol>([root]);
        while (work.Count > 0)
        {
            INamespaceOrTypeSymbol next = work.Pop();
            if (next is INamedTypeSymbol type)
                yield return type;
            foreach (INamespaceOrTypeSymbol inner in next.GetMembers().OfType<INamespaceOrTypeSymbol>())
                work.Push(inner);
        }
    }
}
