using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Expressions that read no variable of TensorGraph for certain: all of their values are tensors, numbers, text and exceptions of the framework, and
/// all of their calls are the framework's or ops.
/// </summary>
internal static class PlainExpression
{
    private static readonly string[] s_library = ["Tensor", "Ops", "Shape", "Dim", "DType", "TensorType"];

    public static bool Is(ExpressionSyntax expression, SemanticModel model)
    {
        foreach (SyntaxNode node in expression.DescendantNodesAndSelf())
        {
            if (node is AnonymousFunctionExpressionSyntax or QueryExpressionSyntax or AwaitExpressionSyntax)
                return false;
            ISymbol? symbol = model.GetSymbolInfo(node).Symbol;
            if (symbol is IMethodSymbol or IPropertySymbol && !IsPlain(symbol.ContainingType))
                return false;
            if (symbol is INamespaceOrTypeSymbol || node is not ExpressionSyntax)
                continue;
            TypeInfo type = model.GetTypeInfo(node);
            if (type.Type is { SpecialType: not SpecialType.System_Void } value && !IsPlain(value))
                return false;
            // A user-defined conversion is a call.
            if (model.GetConversion(node) is { MethodSymbol.ContainingType: { } converter } && !IsPlain(converter))
                return false;
        }
        return true;
    }

    private static bool IsPlain(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => IsPlain(array.ElementType),
        { SpecialType: SpecialType.System_Object } => false,
        { TypeKind: TypeKind.Enum } => true,
        { TypeKind: TypeKind.Interface or TypeKind.Delegate or TypeKind.Dynamic } => false,
        INamedTypeSymbol named when named.IsOfLibrary() => named.IsTensor() || s_library.Contains(named.Name),
        INamedTypeSymbol named => IsOfFramework(named) && named.TypeArguments.All(IsPlain),
        _ => false,
    };

    // What is lazy or of another thread may call anything.
    private static bool IsOfFramework(INamedTypeSymbol type)
    {
        if (type is { Name: "Lazy", IsReferenceType: true })
            return false;
        INamespaceSymbol space = type.ContainingNamespace;
        if (space is { Name: "Threading" or "Tasks" })
            return false;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space is { Name: "System", ContainingNamespace.IsGlobalNamespace: true };
    }
}
