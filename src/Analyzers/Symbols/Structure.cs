using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

internal enum StructureKind { Tensor, TensorArray, Tuple, Record, Struct, Array, List, Dictionary, Cancellation, Static }

/// <summary>
/// How the tensors inside a value are reached, and how the value is put together again: the shape of arguments,
/// results and carried variables. A part that holds no tensor is <see cref="StructureKind.Static"/>.
/// </summary>
internal sealed record Structure(StructureKind Kind, ITypeSymbol Type, ImmutableArray<(string Name, Structure Part)> Parts)
{
    private static readonly SymbolDisplayFormat s_typeFormat =
        SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public string TypeName => Type.ToDisplayString(s_typeFormat);

    /// <summary>The type without the <c>?</c> of a nullable reference.</summary>
    public string BareTypeName => Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString(s_typeFormat);

    public bool IsNullable => Type.NullableAnnotation == NullableAnnotation.Annotated && Type.IsReferenceType;

    public bool HoldsTensor => Kind switch
    {
        StructureKind.Tensor or StructureKind.TensorArray => true,
        StructureKind.Static or StructureKind.Cancellation => false,
        _ => Parts.Any(p => p.Part.HoldsTensor),
    };

    /// <summary>True if types alone give the number of tensors and there is nothing but tensors: such a value can be carried.</summary>
    public bool IsFixed => Kind switch
    {
        StructureKind.Tensor => true,
        StructureKind.Tuple or StructureKind.Record or StructureKind.Struct => Parts.All(p => p.Part.IsFixed),
        _ => false,
    };

    /// <summary>The elements of a collection, or of the collections in it.</summary>
    public Structure Element => Kind is StructureKind.Array or StructureKind.List or StructureKind.Dictionary ? Parts[0].Part.Element : this;

    /// <summary>True for tensors, and arrays and lists of them: while a method is traced, they are so many tensors.</summary>
    public bool IsCarried => Kind switch
    {
        StructureKind.Tensor => true,
        StructureKind.Array => Parts[0].Part.Kind == StructureKind.Tensor,
        StructureKind.List => Parts[0].Part.Kind == StructureKind.Tensor && Type.Name is "List" or "IReadOnlyList",
        StructureKind.Tuple or StructureKind.Record or StructureKind.Struct => Parts.All(p => p.Part.IsCarried),
        _ => false,
    };

    /// <summary>The value of a variable that has none yet.</summary>
    public string NoValue => Kind switch
    {
        StructureKind.Array => $"{TensorGraphTypes.GraphControl}.NoArray",
        StructureKind.List => $"{TensorGraphTypes.GraphControl}.NoList",
        _ => Put(part => part.NoValue, $"{TensorGraphTypes.GraphControl}.Undefined"),
    };

    public static Structure Of(ITypeSymbol type) => Of(type, null);

    private static Structure Of(ITypeSymbol type, Around? around)
    {
        if (type.IsTensor())
            return new Structure(StructureKind.Tensor, type, []);
        if (type.IsTensorArray())
            return new Structure(StructureKind.TensorArray, type, []);
        // A type inside of itself has no fixed number of parts: there it is one host value.
        if (around?.Ends(type) == true)
            return new Structure(StructureKind.Static, type, []);
        var inside = new Around(type, around);
        if (type is IArrayTypeSymbol { Rank: 1 } array)
            return Of(StructureKind.Array, type, [("", Of(array.ElementType, inside))]);
        if (type is not INamedTypeSymbol named)
            return new Structure(StructureKind.Static, type, []);
        if (named.IsTupleType)
            return Of(StructureKind.Tuple, type, [.. named.TupleElements.Select(e => (e.Name, Of(e.Type, inside)))]);
        if (PositionalProperties(named) is { Length: > 0 } properties)
            return Of(StructureKind.Record, type, [.. properties.Select(p => (p.Name, Of(p.Type, inside)))]);
        if (SettableMembers(named) is { Length: > 0 } members)
            return Of(StructureKind.Struct, type,
                [.. members.Select(m => (m.Name, Of(m is IFieldSymbol field ? field.Type : ((IPropertySymbol)m).Type, inside)))]);
        return (named.ContainingNamespace?.ToDisplayString(), named.Name, named.TypeArguments.Length) switch
        {
            ("System.Collections.Generic", "List" or "IList" or "ICollection" or "IReadOnlyList" or "IReadOnlyCollection" or "IEnumerable", 1) =>
                Of(StructureKind.List, type, [("", Of(named.TypeArguments[0], inside))]),
            ("System.Collections.Generic", "Dictionary" or "IDictionary" or "IReadOnlyDictionary", 2) =>
                Of(StructureKind.Dictionary, type, [("", Of(named.TypeArguments[1], inside))]),
            _ => new Structure(StructureKind.Static, type, []),
        };
    }

    /// <summary>The types around a part.</summary>
    private sealed record Around(ITypeSymbol Type, Around? Outer)
    {
        // A generic type may hold ever larger ones.
        private const int Deepest = 20;

        private readonly int _depth = Outer is null ? 0 : Outer._depth + 1;

        public bool Ends(ITypeSymbol part) => _depth > Deepest || Is(part);

        private bool Is(ITypeSymbol part) => SymbolEqualityComparer.Default.Equals(Type, part) || Outer?.Is(part) == true;
    }

    /// <summary>The structure of an argument: a span of tensors is one too, since the signature keeps a copy of it.</summary>
    public static Structure OfParameter(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "ReadOnlySpan", Arity: 1, ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } span
            ? Of(StructureKind.Array, type, [("", Of(span.TypeArguments[0]))])
            : type.IsCancellationToken() ? new Structure(StructureKind.Cancellation, type, []) : Of(type);

    /// <summary>The type of the array that an array or span is rebuilt as.</summary>
    public string ArrayTypeName =>
        Type is IArrayTypeSymbol ? BareTypeName : $"{((INamedTypeSymbol)Type).TypeArguments[0].ToDisplayString(s_typeFormat)}[]";

    /// <summary>The class that a list or dictionary is rebuilt as: behind an interface it is the usual one.</summary>
    public string BuiltTypeName
    {
        get
        {
            string name = BareTypeName;
            return Type.TypeKind != TypeKind.Interface ? name : $"global::System.Collections.Generic.{Kind}{name.Substring(name.IndexOf('<'))}";
        }
    }

    /// <summary>The expressions of all tensors of a fixed structure, with the names that errors use for them.</summary>
    public IEnumerable<(string Name, string Expression)> Leaves(string name, string expression)
    {
        if (Kind == StructureKind.Tensor)
            return [(name, expression)];
        return Parts.SelectMany(p => p.Part.Leaves($"{name}.{p.Name}", $"{expression}.{p.Name}"));
    }

    /// <summary>
    /// Conditions that hold where a value has no tensors to take since a record or collection is null; each is asked if none before holds.
    /// </summary>
    public IEnumerable<string> Absent(string expression)
    {
        if (Kind == StructureKind.Tensor)
            return [];
        IEnumerable<string> own = Type.IsReferenceType ? [$"{expression} is null"] : [];
        return Element != this ? own : own.Concat(Parts.SelectMany(p => p.Part.Absent($"{expression}.{p.Name}")));
    }

    /// <summary>An expression that makes the value of a fixed structure from its tensors, taken in order.</summary>
    public string Build(Func<string> nextLeaf) => Kind == StructureKind.Tensor ? nextLeaf() : Put(part => part.Build(nextLeaf), "");

    private string Put(Func<Structure, string> part, string tensor) => Kind switch
    {
        StructureKind.Tensor => tensor,
        StructureKind.Tuple => $"({string.Join(", ", Parts.Select(p => part(p.Part)))})",
        StructureKind.Struct => BuildStruct(Parts.Select(p => part(p.Part))),
        _ => $"new {BareTypeName}({string.Join(", ", Parts.Select(p => part(p.Part)))})",
    };

    /// <summary>An expression that makes a struct from its parts, without running a constructor.</summary>
    public string BuildStruct(IEnumerable<string> parts) =>
        $"default({BareTypeName}) with {{ {string.Join(", ", Parts.Zip(parts, (p, value) => $"{p.Name} = {value}"))} }}";

    private static Structure Of(StructureKind kind, ITypeSymbol type, ImmutableArray<(string Name, Structure Part)> parts)
    {
        var structure = new Structure(kind, type, parts);
        // A container without a tensor is one host value.
        return structure.HoldsTensor ? structure : new Structure(StructureKind.Static, type, []);
    }

    /// <summary>The properties of a positional record's parameters; nothing if the record has other state, which could not be rebuilt.</summary>
    private static ImmutableArray<IPropertySymbol> PositionalProperties(INamedTypeSymbol type)
    {
        if (!type.IsRecord || type.IsAbstract || type.BaseType is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) })
            return [];
        foreach (IMethodSymbol constructor in type.InstanceConstructors)
        {
            ImmutableArray<IPropertySymbol> properties = [.. constructor.Parameters.Select(p => Property(type, p)).OfType<IPropertySymbol>()];
            int fields = type.GetMembers().OfType<IFieldSymbol>().Count(f => !f.IsStatic);
            if (properties.Length > 0 && properties.Length == constructor.Parameters.Length && fields == properties.Length)
                return properties;
        }
        return [];
    }

    /// <summary>The fields and properties of a struct that generated code can set; nothing if it has other state, which would be lost.</summary>
    private static ImmutableArray<ISymbol> SettableMembers(INamedTypeSymbol type)
    {
        if (type is not { TypeKind: TypeKind.Struct, IsRefLikeType: false, SpecialType: SpecialType.None }
            || type.ContainingNamespace?.ToDisplayString() == "System")
            return [];
        var members = ImmutableArray.CreateBuilder<ISymbol>();
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic))
        {
            if (field.AssociatedSymbol is IPropertySymbol { SetMethod: { } setter } property && IsVisible(setter) && IsVisible(property))
                members.Add(property);
            else if (field is { IsReadOnly: false, AssociatedSymbol: null } && IsVisible(field))
                members.Add(field);
            else
                return [];
        }
        return members.ToImmutable();
    }

    private static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal;

    private static IPropertySymbol? Property(INamedTypeSymbol type, IParameterSymbol parameter)
    {
        foreach (ISymbol member in type.GetMembers(parameter.Name))
        {
            if (member is IPropertySymbol property && SymbolEqualityComparer.Default.Equals(property.Type, parameter.Type))
                return property;
        }
        return null;
    }
}
