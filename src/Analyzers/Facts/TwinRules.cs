using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Which members other than methods cannot have a traced twin, why, and what to write instead.</summary>
internal static class TwinRules
{
    public static (Location Place, string Why, string Remedy)? WhyNone(IMethodSymbol member, CallGraph calls)
    {
        if (member.MethodKind == MethodKind.Constructor)
            return OfConstructor(member, calls);
        if (calls.Declaration(member) is not { } declaration)
            return null;
        Location place = new MemberBody(declaration).NameLocation;
        switch (member.MethodKind)
        {
            case MethodKind.Ordinary or MethodKind.UserDefinedOperator or MethodKind.Conversion or MethodKind.ExplicitInterfaceImplementation:
                return null;
            case MethodKind.PropertySet when member.IsInitOnly:
                return (place, "an init accessor runs only while its object is made", "Compute the value in a method and assign it");
            case MethodKind.PropertyGet or MethodKind.PropertySet:
                if (member.ReturnsByRef || member.ReturnsByRefReadonly)
                    return (place, "it returns a reference", "Return the tensor itself");
                if (member.MethodKind == MethodKind.PropertySet && member.Parameters.Any(p => p.IsOptional || p.IsParams))
                    return (place, "its value would follow an index that may be left out", "Write the accessor for indices that are always given");
                return declaration.DescendantNodes().Any(n => n.IsKind(SyntaxKind.FieldExpression))
                    ? (place, "nothing but the property itself can name its 'field'", "Declare a field of its own")
                    : null;
            default:
                return (place, "it has no name that a twin could be called by", "Move the code to a method");
        }
    }

    private static (Location Place, string Why, string Remedy)? OfConstructor(IMethodSymbol constructor, CallGraph calls)
    {
        if (calls.IsForeign(constructor))
            return null;
        foreach (SyntaxNode initializer in calls.RunsFirst(constructor))
        {
            MethodFacts facts = MethodFacts.Of(initializer, calls.Model(initializer.SyntaxTree));
            if (facts.IsStaged || facts.Callees.Any(c => c.Method.GraphFunction() is null && calls.MeetsStaged(c.Method)))
                return (((EqualsValueClauseSyntax)initializer).Value
                    .GetLocation(), "the initialiser of a field or property runs as it is written",
                    "Assign the value in the body of a constructor, or in a static method that makes the object");
        }
        if (calls.Declaration(constructor) is ConstructorDeclarationSyntax)
            return null;
        return (constructor.Locations[0], "this constructor has no body of its own to convert, and what it runs does",
            "Write it out, with a body and the call of the constructor that it starts with");
    }
}
