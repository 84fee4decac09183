using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TensorGraph.Analyzers;

/// <content>What code writes.</content>
internal sealed partial class EffectWalker
{
    /// <summary>The reads and calls that finding the place of a target makes: none of the value that is written.</summary>
    private void VisitTarget(IOperation? target)
    {
        switch (target)
        {
            case ILocalReferenceOperation or IParameterReferenceOperation or IDiscardOperation or IDeclarationExpressionOperation:
                break;
            case ITupleOperation tuple:
                foreach (IOperation element in tuple.Elements)
                    VisitTarget(element);
                break;
            case IConversionOperation conversion:
                VisitTarget(conversion.Operand);
                break;
            case IFieldReferenceOperation field:
                VisitOwner(field.Instance);
                break;
            case IPropertyReferenceOperation { Property.ReturnsByRef: false } property:
                VisitOwner(property.Instance);
                foreach (IArgumentOperation argument in property.Arguments)
                    Visit(argument);
                break;
            case IArrayElementReferenceOperation element:
                Visit(element.ArrayReference);
                foreach (IOperation index in element.Indices)
                    Visit(index);
                break;
            default:
                Visit(target);
                break;
        }
    }

    // A struct is a part of the place that holds it.
    private void VisitOwner(IOperation? owner)
    {
        if (owner is { Type.IsValueType: true } and (ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation
            or IPropertyReferenceOperation or IArrayElementReferenceOperation))
            VisitTarget(owner);
        else
            Visit(owner);
    }

    private void Write(IOperation target, bool isCertain = true, ImmutableArray<Place> origins = default)
    {
        switch (target)
        {
            case ITupleOperation tuple:
                foreach (IOperation element in tuple.Elements)
                    Write(element, isCertain, origins);
                return;
            case IDeclarationExpressionOperation declaration:
                Write(declaration.Expression, isCertain, origins);
                return;
            case IConversionOperation conversion:
                Write(conversion.Operand, isCertain, origins);
                return;
            case IParenthesizedOperation inner:
                Write(inner.Operand, isCertain, origins);
                return;
            case IConditionalOperation { IsRef: true, WhenFalse: { } other } choice:
                Write(choice.WhenTrue, isCertain: false);
                Write(other, isCertain: false);
                return;
            case IDiscardOperation:
                return;
        }
        var place = Place.Of(target);
        if (place.Kind is PlaceKind.Unknown or PlaceKind.New or PlaceKind.This)
            return;
        Add(new(EffectKind.Write, place, target.Syntax) { Origins = place.Kind == PlaceKind.Variable ? origins : default }, isCertain);
        if (target is IPropertyReferenceOperation { Property: { ReturnsByRef: false, SetMethod: { } setter } } property)
            Call(setter, property.Instance, Names.Of(property.Syntax));
        // A struct in a collection is a part of it.
        IOperation held = target;
        while (held is IMemberReferenceOperation { Member: not IPropertySymbol { IsIndexer: true }, Instance: { Type.IsValueType: true } owner })
            held = owner;
        if (Place.Of(held).Kind == PlaceKind.Element)
            Fill(CollectionOf(held), null);
    }

    private static IOperation? CollectionOf(IOperation element) => element switch
    {
        IArrayElementReferenceOperation array => array.ArrayReference,
        IPropertyReferenceOperation property => property.Instance,
        IImplicitIndexerReferenceOperation implied => implied.Instance,
        _ => null,
    };

    /// <summary>The content of a collection changes, and with it that of the collections that hold this one.</summary>
    private void Fill(IOperation? collection, IMethodSymbol? by)
    {
        for (; collection is not null; collection = CollectionOf(collection))
        {
            collection = Viewed(collection);
            Add(new(EffectKind.Fill, Place.Of(collection), collection.Syntax) { Callee = by });
        }
    }

    // A span of an array is the array.
    private static IOperation Viewed(IOperation value) => value switch
    {
        IConversionOperation conversion when conversion.IsImplicit || conversion.OperatorMethod.Has(ApiTraits.IsView) => Viewed(conversion.Operand),
        IInvocationOperation call when call.TargetMethod.Has(ApiTraits.IsView)
            && (call.Instance ?? call.Arguments.FirstOrDefault()?.Value) is { } viewed => Viewed(viewed),
        IPropertyReferenceOperation { Instance: { } viewed } property when property.Property.Has(ApiTraits.IsView) => Viewed(viewed),
        _ => value,
    };
}
