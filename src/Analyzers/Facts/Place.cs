using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace TensorGraph.Analyzers;

/// <summary>
/// How a place is reached: the object of the method, a variable (local or parameter), an object that is made there, something that has no name; a
/// static member; a member of another place, or an element of it.
/// </summary>
internal enum PlaceKind { This, Variable, New, Unknown, Static, Member, Element }

/// <summary>
/// A place that keeps a value. A chain: <c>cells[2].State</c> is the member <c>State</c> of an element of the variable <c>cells</c>. The symbol of an
/// element is the indexer, null for an array.
/// </summary>
internal sealed record Place(PlaceKind Kind, ISymbol? Symbol = null, Place? Owner = null)
{
    public static readonly Place This = new(PlaceKind.This), New = new(PlaceKind.New), Unknown = new(PlaceKind.Unknown);

    /// <summary>The expression that makes a new object, where it shows what the object holds.</summary>
    public SyntaxNode? Made { get; init; }

    /// <summary>True for what the object of the method keeps itself, and for static members.</summary>
    public bool IsOwn => Kind == PlaceKind.Static || Owner?.Kind == PlaceKind.This;

    /// <summary>The place that the chain begins with.</summary>
    public Place Root => Owner?.Root ?? this;

    /// <summary>The type of a variable or member.</summary>
    public ITypeSymbol? Type => TypeOf(Symbol);

    /// <summary>The place that holds the value: a member of a struct in a member is a part of that one.</summary>
    public Place Holder =>
        this is { Kind: PlaceKind.Member, Symbol.ContainingType.IsValueType: true, Owner: { Kind: PlaceKind.Member or PlaceKind.Static } owner }
            ? owner.Holder
            : this;

    /// <summary>The local or parameter that the place is a part of: a field or property of a struct that the variable holds by value.</summary>
    public ISymbol? Variable
    {
        get
        {
            Place place = this;
            while (place is { Kind: PlaceKind.Member, Owner: { } owner, Symbol.ContainingType.IsValueType: true }
                and not { Symbol: IPropertySymbol { ReturnsByRef: true } })
                place = owner;
            return place.Kind == PlaceKind.Variable ? place.Symbol : null;
        }
    }

    /// <summary>The type of what a symbol names; null if it names no value.</summary>
    public static ITypeSymbol? TypeOf(ISymbol? symbol) => symbol switch
    {
        IFieldSymbol kept => kept.Type,
        IPropertySymbol property => property.Type,
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        _ => null,
    };

    /// <summary>A symbol's name as code writes it.</summary>
    public static string Identifier(ISymbol symbol) => SyntaxFacts.GetKeywordKind(symbol.Name) != SyntaxKind.None ? "@" + symbol.Name : symbol.Name;

    /// <summary>The place that an expression names, or the one whose object it gives.</summary>
    public static Place Of(IOperation? operation) => operation switch
    {
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } => This,
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } => New,
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.PatternInput } input => Of(MatchedBy(input)),
        ILocalReferenceOperation local => new(PlaceKind.Variable, local.Local),
        IParameterReferenceOperation parameter => new(PlaceKind.Variable, parameter.Parameter),
        IFieldReferenceOperation field => OfMember(field.Field, field.Instance),
        IEventReferenceOperation happening => OfMember(happening.Event, happening.Instance),
        IPropertyReferenceOperation property when property.Property.Has(ApiTraits.IsView) => Of(property.Instance),
        IPropertyReferenceOperation { Property.IsIndexer: true } element => new(PlaceKind.Element, element.Property, Of(element.Instance)),
        IPropertyReferenceOperation property => OfMember(property.Property, property.Instance),
        IArrayElementReferenceOperation element => new(PlaceKind.Element, null, Of(element.ArrayReference)),
        IImplicitIndexerReferenceOperation element => new(PlaceKind.Element, element.IndexerSymbol, Of(element.Instance)),
        IConditionalAccessOperation access => Of(access.WhenNotNull),
        IConditionalAccessInstanceOperation instance => Of(ReceiverOf(instance)),
        IParenthesizedOperation inner => Of(inner.Operand),
        IDeclarationExpressionOperation declared => Of(declared.Expression),
        IConversionOperation conversion when conversion.OperatorMethod.Has(ApiTraits.IsView)
            || (conversion.OperatorMethod is null && (conversion.IsImplicit || conversion.Conversion.IsReference)) => Of(conversion.Operand),
        IInvocationOperation call => OfResult(call),
        IObjectCreationOperation or IArrayCreationOperation or ICollectionExpressionOperation or IAnonymousObjectCreationOperation
            or ITypeParameterObjectCreationOperation
            or IWithOperation or IArrayInitializerOperation => New with { Made = operation.Syntax },
        _ => Unknown,
    };

    private static Place OfMember(ISymbol member, IOperation? instance) =>
        member.IsStatic ? new(PlaceKind.Static, member) : new(PlaceKind.Member, member, Of(instance));

    private static Place OfResult(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        if (method.Has(ApiTraits.IsNew))
            return New;
        if (method.Has(ApiTraits.IsView))
            return Of(call.Instance ?? call.Arguments.FirstOrDefault()?.Value);
        // new StringBuilder().Append(x)
        if (call.Instance is { } builder && SymbolEqualityComparer.Default.Equals(method.ReturnType, method.ContainingType)
            && Of(builder).Kind == PlaceKind.New)
            return New;
        // lists.First(), queue.Peek()
        return (call.Instance ?? call.Arguments.FirstOrDefault()?.Value) is { } collection && GivesElement(method, collection.Type)
            ? new(PlaceKind.Element, null, Of(collection))
            : new(PlaceKind.Unknown, method);
    }

    private static bool GivesElement(IMethodSymbol method, ITypeSymbol? collection) => method.ReturnType.IsReferenceType
        && method.ContainingNamespace?.ToDisplayString() is { } space
        && (space == "System.Linq" || space.StartsWith("System.Collections", StringComparison.Ordinal))
        && (collection is IArrayTypeSymbol array ? [array.ElementType] : (collection as INamedTypeSymbol)?.TypeArguments ?? [])
            .Contains(method.ReturnType, SymbolEqualityComparer.Default);

    /// <summary>The value of <c>a</c> in <c>a?.B</c>.</summary>
    private static IOperation? ReceiverOf(IOperation instance)
    {
        for (IOperation? inner = instance, outer = instance.Parent; outer is not null; inner = outer, outer = outer.Parent)
        {
            if (outer is IConditionalAccessOperation access && access.WhenNotNull == inner)
                return access.Operation;
        }
        return null;
    }

    /// <summary>The value that a pattern, or the pattern around a property in it, looks at.</summary>
    public static IOperation? MatchedBy(IOperation input)
    {
        IOperation? pattern = input;
        if (input is not IPatternOperation)
        {
            while (pattern is not (null or IPropertySubpatternOperation))
                pattern = pattern.Parent;
            pattern = pattern?.Parent;
        }
        while (pattern?.Parent is INegatedPatternOperation or IBinaryPatternOperation)
            pattern = pattern.Parent;
        return pattern?.Parent switch
        {
            IIsPatternOperation match => match.Value,
            ISwitchExpressionArmOperation { Parent: ISwitchExpressionOperation match } => match.Value,
            IPatternCaseClauseOperation { Parent.Parent: ISwitchOperation match } => match.Value,
            IPropertySubpatternOperation outer => outer.Member,
            _ => null,
        };
    }
}
