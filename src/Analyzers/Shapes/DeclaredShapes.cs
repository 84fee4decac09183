using System.Globalization;
using Microsoft.CodeAnalysis;
using TensorGraph.Ir;

namespace TensorGraph.Analyzers;

/// <summary>
/// Shapes that a program declares: <c>[Shape]</c> on parameters, fields, properties and results, and the input signature of a graph function.
/// </summary>
internal static class DeclaredShapes
{
    /// <summary>The declared type of a tensor; null without a declaration.</summary>
    public static TensorType? Of(ISymbol symbol)
    {
        if (symbol is IParameterSymbol { ContainingSymbol: IMethodSymbol method } parameter)
            return OfShape(parameter.OriginalDefinition.GetAttributes()) ?? OfSignature(method.OriginalDefinition, parameter.Ordinal);
        return symbol is IFieldSymbol or IPropertySymbol ? OfShape(symbol.OriginalDefinition.GetAttributes()) : null;
    }

    /// <summary>The declared type of a method's result.</summary>
    public static TensorType? OfResult(IMethodSymbol method) => OfShape(method.OriginalDefinition.GetReturnTypeAttributes());

    /// <summary>The sizes of a [Shape] attribute; <paramref name="error"/> says what is wrong with its text.</summary>
    public static Shape? Read(AttributeData attribute, out string? error)
    {
        error = null;
        if (attribute.AttributeClass is not { } type || !type.Is("ShapeAttribute") || attribute.ConstructorArguments.Length != 1
            || attribute.ConstructorArguments[0].Value is not string text)
            return null;
        string[] sizes = SpecSyntax.SplitSizes(text, out error);
        return error is null ? ToShape(sizes) : null;
    }

    /// <summary>The text of a [Shape] that can be read.</summary>
    public static string? Text(IEnumerable<AttributeData> attributes) =>
        attributes.FirstOrDefault(attribute => Read(attribute, out _) is not null)?.ConstructorArguments[0].Value as string;

    private static TensorType? OfShape(IEnumerable<AttributeData> attributes) =>
        attributes.Select(attribute => Read(attribute, out _)).FirstOrDefault(shape => shape is not null) is { } shape
        ? new TensorType(DType.Unknown, shape)
        : null;

    // Where all tensors of the parameters are parameters themselves, the specs go by their order.
    private static TensorType? OfSignature(IMethodSymbol method, int parameter)
    {
        if (method.GraphFunction() is not { } attribute)
            return null;
        int position = 0;
        for (int i = 0; i < method.Parameters.Length; i++)
        {
            bool isTensor = method.Parameters[i].Type.IsTensor();
            if (!isTensor && Structure.Of(method.Parameters[i].Type).Kind != StructureKind.Static)
                return null;
            position += isTensor && i < parameter ? 1 : 0;
        }
        if (!method.Parameters[parameter].Type.IsTensor())
            return null;
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key != "InputSignature" || argument.Value.IsNull || argument.Value.Values.Length <= position
                || argument.Value.Values[position].Value is not string text)
                continue;
            var (dtype, sizes) = SpecSyntax.Split(text, out string? error);
            return error is null ? new TensorType(DType.Of(dtype), ToShape(sizes)) : null;
        }
        return null;
    }

    private static Shape ToShape(string[] sizes) =>
        new([.. sizes.Select(size => long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? number
        : Dim.Symbol(size))]);
}
