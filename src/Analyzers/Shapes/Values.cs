using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TensorGraph.Ir;

namespace TensorGraph.Analyzers;

/// <summary>
/// Values as the shape analysis knows them: a <see cref="TensorType"/> (also of a variable), a <see cref="Dim"/> for a C# integer or size, a
/// <see cref="Shape"/>, a <see cref="DType"/>, a bool, <see cref="Items"/> or <see cref="Sizes"/>; null is any value.
/// </summary>
internal static class Values
{
    /// <summary>The null of C#.</summary>
    public static readonly object Null = new();

    /// <summary>The result of what was reported: what is made of it is not looked at.</summary>
    public static readonly object Failed = new();

    /// <summary>The elements of a tuple, array or collection whose number is known.</summary>
    public sealed record Items(ImmutableArray<object?> Elements);

    /// <summary>An array of C# of which only the sizes are known.</summary>
    public sealed record Sizes(Shape Shape);

    /// <summary>True for a result of what was reported, and for a list with one in it.</summary>
    public static bool HasFailed(object? value) => value == Failed || (value is Items items && items.Elements.Any(HasFailed));

    /// <summary>The value of either of two paths.</summary>
    public static object? Join(object? a, object? b) => (a, b) switch
    {
        (TensorType x, TensorType y) => x.Rank == y.Rank
            ? new TensorType(x.DType.Equals(y.DType) ? x.DType : DType.Unknown, Join(x.Shape, y.Shape))
            : null,
        (Shape x, Shape y) => x.Rank == y.Rank ? Join(x, y) : null,
        (Sizes x, Sizes y) => x.Shape.Rank == y.Shape.Rank ? new Sizes(Join(x.Shape, y.Shape)) : null,
        (Items x, Items y) => x.Elements.Length == y.Elements.Length ? new Items([.. x.Elements.Zip(y.Elements, Join)]) : null,
        _ => Equals(a, b) ? a : null,
    };

    /// <summary>True when two values tell the same; unknown sizes are alike here.</summary>
    public static bool Alike(object? a, object? b) => (a, b) switch
    {
        (TensorType x, TensorType y) => x.DType.Equals(y.DType) && Alike(x.Shape, y.Shape),
        (Shape x, Shape y) => x.Rank == y.Rank && x.Dims.Zip(y.Dims, Alike).All(same => same),
        (Sizes x, Sizes y) => Alike(x.Shape, y.Shape),
        (Items x, Items y) => x.Elements.Length == y.Elements.Length && x.Elements.Zip(y.Elements, Alike).All(same => same),
        _ => Equals(a, b),
    };

    /// <summary>
    /// The part of a value that a variable keeps. Elements of an array may be changed through another reference, and a list may grow: of an array the
    /// length stays, of a list nothing.
    /// </summary>
    public static object? Stored(object? value, ITypeSymbol? type) => value is not Items items ? value
        : type is INamedTypeSymbol { IsTupleType: true } ? value
        : type is IArrayTypeSymbol { Rank: 1 } ? new Sizes(new([items.Elements.Length]))
        : null;

    private static Shape Join(Shape a, Shape b) => new([.. a.Dims.Zip(b.Dims, (x, y) => x == y ? x : Dim.Unknown())]);

    private static bool Alike(Dim a, Dim b) => a == b || (a.IsUnknown && b.IsUnknown);
}
