using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>Which symbols are TensorGraph's own. By name, since that needs no look-up in every compilation.</summary>
internal static class TensorGraphTypes
{
    public const string GraphFunctionAttribute = "TensorGraph.GraphFunctionAttribute";
    public const string Services = "TensorGraph.CompilerServices";

    /// <summary>The type of the first parameter of a constructor's twin.</summary>
    public const string TracedConstructor = "global::TensorGraph.CompilerServices.TracedConstructor";

    public const string GraphControl = "global::TensorGraph.CompilerServices.GraphControl";

    /// <summary>A tensor, or a class derived from it: a condition of this type becomes graph control flow.</summary>
    public static bool IsTensor(this ITypeSymbol? type)
    {
        for (; type is INamedTypeSymbol named; type = named.BaseType)
        {
            if (named.Is("Tensor"))
                return true;
        }
        return false;
    }

    /// <summary>A sequence whose elements a graph reaches by an index: a tensor's first axis, a tensor array, or a range.</summary>
    public static bool IsIndexed(this ITypeSymbol? type) =>
        type.IsTensor() || type.IsTensorArray() || (type is INamedTypeSymbol named && named.Is("TensorRange"));

    /// <summary>A C# number as an argument, which takes the dtype of the tensor that it comes with.</summary>
    public static bool IsScalar(this ITypeSymbol? type) => type is INamedTypeSymbol named && named.Is("Scalar");

    public static bool IsTensorArray(this ITypeSymbol? type) => type is INamedTypeSymbol named && named.Is("TensorArray");

    /// <summary>A token that stops a call, which is no part of what a graph is made for.</summary>
    public static bool IsCancellationToken(this ITypeSymbol type) =>
        type is { Name: "CancellationToken", ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" } };

    /// <summary>A sequence, such as a data set, that a graph can walk: it gives symbolic elements.</summary>
    public static INamedTypeSymbol? GraphSequence(this ITypeSymbol? type)
    {
        if (type is INamedTypeSymbol own && IsGraphSequence(own))
            return own;
        foreach (INamedTypeSymbol implemented in type?.AllInterfaces ?? [])
        {
            if (IsGraphSequence(implemented))
                return implemented;
        }
        return null;
    }

    public static AttributeData? GraphFunction(this IMethodSymbol method)
    {
        foreach (AttributeData attribute in method.GetAttributes())
        {
            if (attribute.AttributeClass is { } type && type.Is("GraphFunctionAttribute"))
                return attribute;
        }
        return null;
    }

    public static bool Is(this INamedTypeSymbol type, string name) =>
        string.Equals(type.Name, name, StringComparison.Ordinal) && type.IsOfLibrary();

    /// <summary>True in the namespace TensorGraph itself.</summary>
    public static bool IsOfLibrary(this ISymbol symbol) =>
        symbol.ContainingNamespace is { Name: "TensorGraph", ContainingNamespace.IsGlobalNamespace: true };

    private static bool IsGraphSequence(INamedTypeSymbol type) =>
        type is { Name: "IGraphSequence", Arity: 1, ContainingNamespace: { Name: "CompilerServices", ContainingNamespace: { Name: "TensorGraph", ContainingNamespace.IsGlobalNamespace: true } } };
}
