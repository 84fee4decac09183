using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Which symbols are TorchSharp's, and what stands for them in a twin. By name, since that needs no look-up in every compilation.</summary>
internal static class TorchSymbols
{
    /// <summary>The namespace of the shadow API.</summary>
    public const string Shadow = "global::TensorGraph.Torch.";

    /// <summary>The class that stands for <c>torch</c>.</summary>
    public const string Api = "TorchApi";

    /// <summary>Functions that only generated code calls.</summary>
    public const string Front = "global::TensorGraph.CompilerServices.TorchFront";

    private const string Package = "TensorGraph.TorchSharp";

    /// <summary>True where the package with the shadow API is referenced, and says that it has one.</summary>
    public static bool IsTorchOn(this IModuleSymbol module) =>
        module.ReferencedAssemblies.Any(a => a.Name == Package)
        && module.ReferencedAssemblySymbols.First(a => a.Name == Package).GetAttributes().Any(a => a.AttributeClass?.Name == "TorchFrontAttribute");

    /// <summary>
    /// True for a graph function on tensors of TorchSharp: those of its signature, or, where that has no tensors, what it calls.
    /// </summary>
    public static bool IsTorchFunction(this IMethodSymbol method, Compilation compilation)
    {
        if (IsShadow(method) || method.ContainingModule?.IsTorchOn() != true)
            return false;
        ITypeSymbol[] types = [.. method.Parameters.Select(p => p.Type), method.ReturnType];
        return types.Any(HoldsTorchTensor) || (!types.Any(t => Structure.Of(t).HoldsTensor) && TorchBodies.Of(compilation).CallTorch(method));
    }

    public static bool IsTorch(this ISymbol? symbol) => symbol?.ContainingAssembly?.Name == "TorchSharp";

    /// <summary>A tensor of TorchSharp, a parameter included.</summary>
    public static bool IsTorchTensor(this ITypeSymbol? type)
    {
        for (; type is INamedTypeSymbol named; type = named.BaseType)
        {
            if (named.Name == "Tensor" && named.IsTorch() && named.ContainingType?.Name == "torch")
                return true;
        }
        return false;
    }

    public static bool IsTorchParameter(this ITypeSymbol? type) => type is { Name: "Parameter" } && type.IsTorchTensor();

    public static bool IsTorchModule(this ITypeSymbol? type)
    {
        for (; type is INamedTypeSymbol named; type = named.BaseType)
        {
            if (named is { Name: "Module", ContainingType.Name: "nn" } && named.IsTorch())
                return true;
        }
        return false;
    }

    /// <summary>The forward method of the program that <c>call</c> runs on a module; null for modules of TorchSharp.</summary>
    public static IMethodSymbol? OwnForward(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model)
    {
        if (method is not { Name: "call", IsStatic: false } || !method.IsTorch() || !method.ContainingType.IsTorchModule())
            return null;
        ITypeSymbol? type = call.Expression is MemberAccessExpressionSyntax access
            ? model.GetTypeInfo(access.Expression).Type
            : model.GetEnclosingSymbol(call.SpanStart)?.ContainingType;
        for (; type is INamedTypeSymbol named && !named.IsTorch(); type = named.BaseType)
        {
            if (named.GetMembers("forward").OfType<IMethodSymbol>().FirstOrDefault(m => m.IsOverride && m.Parameters.Length == method.Parameters.Length)
                is { } own)
                return own.OriginalDefinition;
        }
        return null;
    }

    /// <summary>True for a tensor of TorchSharp, and for arrays, tuples and generic types of the framework with one.</summary>
    public static bool HoldsTorchTensor(this ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => array.ElementType.HoldsTorchTensor(),
        _ when type.IsTorchTensor() => true,
        INamedTypeSymbol named when !named.IsTorch() => named.TypeArguments.Any(HoldsTorchTensor),
        _ => false,
    };

    /// <summary>The type of the shadow API under the same name.</summary>
    public static string ShadowOf(INamedTypeSymbol type)
    {
        string name = "";
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
            name = $".{(outer.Name == "torch" ? Api : outer.Name)}{name}";
        return Shadow + name.Substring(1);
    }

    /// <summary>The name of a method's form on our tensors.</summary>
    public static string ShadowName(string method) => $"__{method}_Torch";

    /// <summary>True for the form of a method on our tensors. Its parameters may still be TorchSharp's: a Parameter is one in a twin too.</summary>
    public static bool IsShadow(this IMethodSymbol method) =>
        method.Name.StartsWith("__", StringComparison.Ordinal) && method.Name.EndsWith("_Torch", StringComparison.Ordinal);

    /// <summary>True for a type of arguments that the entry of a graph function hands on.</summary>
    public static bool IsArgument(this ITypeSymbol type) => !type.HoldsTorchTensor() || type.IsTorchTensor() || type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => IsPlainTensor(array.ElementType),
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.All(e => e.Type.IsArgument()),
        INamedTypeSymbol { Name: "List" or "IList" or "ICollection" or "IEnumerable" or "IReadOnlyList" or "IReadOnlyCollection" } list =>
            IsPlainTensor(list.TypeArguments[0]),
        INamedTypeSymbol { Name: "Dictionary" or "IReadOnlyDictionary" or "IDictionary" } map =>
            map.TypeArguments[0].SpecialType == SpecialType.System_String && IsPlainTensor(map.TypeArguments[1]),
        _ => false,
    };

    /// <summary>True for a type of results that the entry of a graph function gives.</summary>
    public static bool IsResult(this ITypeSymbol type) => !type.HoldsTorchTensor() || IsPlainTensor(type) || type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => IsPlainTensor(array.ElementType),
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.All(e => e.Type.IsResult()),
        INamedTypeSymbol { Name: "List" } list => IsPlainTensor(list.TypeArguments[0]),
        _ => false,
    };

    private static bool IsPlainTensor(ITypeSymbol type) => type.IsTorchTensor() && !type.IsTorchParameter();
}
