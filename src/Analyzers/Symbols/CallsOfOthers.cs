using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// The methods of this compilation that a piece of code runs without a call of its own: what the compiler calls for a query, a pattern of a list,
/// an index from the end or <c>with</c>; and what code of the framework may call of an object that it gets, such as <c>ToString</c> for text or
/// <c>CompareTo</c> to sort: all by which the object's type overrides or implements what is declared elsewhere.
/// </summary>
internal static class CallsOfOthers
{
    public static IEnumerable<IMethodSymbol> Of(SyntaxNode node, SemanticModel model) => node switch
    {
        FromClauseSyntax source => Overridden(model.GetTypeInfo(source.Expression).Type, model).Concat(Methods(model.GetQueryClauseInfo(source).CastInfo.Symbol, model.GetQueryClauseInfo(source).OperationInfo.Symbol)),
        JoinClauseSyntax source => Overridden(model.GetTypeInfo(source.InExpression).Type, model).Concat(Methods(model.GetQueryClauseInfo(source).OperationInfo.Symbol)),
        QueryClauseSyntax clause => Methods(model.GetQueryClauseInfo(clause).CastInfo.Symbol, model.GetQueryClauseInfo(clause).OperationInfo.Symbol),
        SelectOrGroupClauseSyntax or OrderingSyntax => Methods(model.GetSymbolInfo(node).Symbol),
        ListPatternSyntax => Indexed(model.GetTypeInfo(node).Type ?? model.GetTypeInfo(node).ConvertedType),
        ElementAccessExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments } access when arguments[0].Expression is RangeExpressionSyntax or PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.IndexExpression } =>
            Indexed(model.GetTypeInfo(access.Expression).Type),
        WithExpressionSyntax copy => model.GetTypeInfo(copy).Type is INamedTypeSymbol { IsRecord: true } type ? type.InstanceConstructors.Where(c => IsCopy(c, type)) : [],
        InterpolationSyntax hole => Overridden(model.GetTypeInfo(hole.Expression).Type, model),
        SpreadElementSyntax spread => Overridden(model.GetTypeInfo(spread.Expression).Type, model),
        CommonForEachStatementSyntax loop => Enumerated(model.GetForEachStatementInfo(loop).GetEnumeratorMethod).Concat(Overridden(model.GetTypeInfo(loop.Expression).Type, model)),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum when model.GetTypeInfo(sum).Type?.SpecialType == SpecialType.System_String =>
            Overridden(model.GetTypeInfo(sum.Left).Type, model).Concat(Overridden(model.GetTypeInfo(sum.Right).Type, model)),
        InvocationExpressionSyntax call => Given(call, call.ArgumentList, model),
        BaseObjectCreationExpressionSyntax { ArgumentList: { } given } creation => Given(creation, given, model),
        _ => [],
    };

    private static IEnumerable<IMethodSymbol> Methods(params ISymbol?[] symbols) => symbols.OfType<IMethodSymbol>();

    private static bool IsCopy(IMethodSymbol constructor, ITypeSymbol type) =>
        constructor.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, type);

    // An interface of the framework stands for whatever implements it here.
    private static IEnumerable<IMethodSymbol> Enumerated(IMethodSymbol? method) => method is { ContainingType.TypeKind: TypeKind.Interface } ? [method] : [];

    private static IEnumerable<IMethodSymbol> Indexed(ITypeSymbol? type)
    {
        for (; type is not null && !type.DeclaringSyntaxReferences.IsEmpty; type = type.BaseType)
        {
            foreach (ISymbol member in type.GetMembers())
            {
                if (member is IPropertySymbol { GetMethod: { } getter } property && (property.IsIndexer || property.Name is "Length" or "Count"))
                    yield return getter;
                else if (member is IMethodSymbol { Name: "Slice" } slice)
                    yield return slice;
            }
        }
    }

    private static IEnumerable<IMethodSymbol> Given(SyntaxNode call, ArgumentListSyntax arguments, SemanticModel model)
    {
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol { ContainingAssembly: { } assembly } called || SymbolEqualityComparer.Default.Equals(assembly, model.Compilation.Assembly) || assembly.Name == "TensorGraph")
            return [];
        IEnumerable<ITypeSymbol?> types = arguments.Arguments.Select(a => model.GetTypeInfo(a.Expression).Type);
        if (call is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var receiver } } && !called.IsStatic)
            types = types.Append(model.GetTypeInfo(receiver).Type);
        return types.SelectMany(t => Overridden(t, model));
    }

    /// <summary>The members of a type of this compilation, or of such types in a collection, that those who do not know it can call.</summary>
    private static IEnumerable<IMethodSymbol> Overridden(ITypeSymbol? type, SemanticModel model) => type switch
    {
        IArrayTypeSymbol array => Overridden(array.ElementType, model),
        INamedTypeSymbol named when SymbolEqualityComparer.Default.Equals(named.ContainingAssembly, model.Compilation.Assembly) =>
            named.TypeKind is TypeKind.Class or TypeKind.Struct ? ForeignMembers(named, model.Compilation.Assembly).Concat(Overridden(named.BaseType, model)) : [],
        INamedTypeSymbol { TypeKind: not TypeKind.Delegate } named => named.TypeArguments.SelectMany(t => Overridden(t, model)),
        _ => [],
    };

    private static IEnumerable<IMethodSymbol> ForeignMembers(INamedTypeSymbol type, IAssemblySymbol own) =>
        type.GetMembers().OfType<IMethodSymbol>().Where(m => m.IsOverride && !IsOf(Root(m), own))
            .Concat(type.AllInterfaces.Where(i => !IsOf(i, own)).SelectMany(i => i.GetMembers()).OfType<IMethodSymbol>().Select(type.FindImplementationForInterfaceMember).OfType<IMethodSymbol>());

    private static bool IsOf(ISymbol symbol, IAssemblySymbol own) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, own);

    private static IMethodSymbol Root(IMethodSymbol method)
    {
        while (method.OverriddenMethod is { } overridden)
            method = overridden;
        return method;
    }
}
