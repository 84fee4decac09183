using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Code that a constructor runs besides its body.</summary>
internal static class Constructors
{
    /// <summary>The initialisers of fields and properties; none if another constructor of the type runs them.</summary>
    public static IEnumerable<EqualsValueClauseSyntax> RunsFirst(IMethodSymbol constructor)
    {
        if (constructor.IsStatic || InitializerOf(constructor) is { RawKind: (int)SyntaxKind.ThisConstructorInitializer })
            return [];
        return constructor.ContainingType.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).OfType<TypeDeclarationSyntax>()
            .SelectMany(t => t.Members).SelectMany(Initializers);
    }

    /// <summary>The constructor of the base class, if no initialiser of the constructor itself names it.</summary>
    public static IMethodSymbol? ImplicitBase(IMethodSymbol constructor, CallGraph calls)
    {
        if (constructor.IsStatic || InitializerOf(constructor) is not null
            || constructor.ContainingType is not { TypeKind: TypeKind.Class, BaseType: { SpecialType: SpecialType.None } type })
            return null;
        foreach (SyntaxReference declaration in constructor.ContainingType.DeclaringSyntaxReferences)
        {
            // The one that a primary constructor names.
            if (declaration.GetSyntax() is TypeDeclarationSyntax { BaseList: { } bases }
                && bases.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault() is { } named)
                return calls.Model(named.SyntaxTree).GetSymbolInfo(named).Symbol as IMethodSymbol;
        }
        return type.InstanceConstructors.FirstOrDefault(c => c.Parameters.All(p => p.IsOptional || p.IsParams));
    }

    public static ConstructorInitializerSyntax? InitializerOf(IMethodSymbol constructor) =>
        (constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as ConstructorDeclarationSyntax)?.Initializer;

    private static IEnumerable<EqualsValueClauseSyntax> Initializers(MemberDeclarationSyntax member) => member switch
    {
        FieldDeclarationSyntax field when !IsFixed(field) => field.Declaration.Variables.Select(v => v.Initializer).OfType<EqualsValueClauseSyntax>(),
        PropertyDeclarationSyntax { Initializer: { } value } property when !IsFixed(property) => [value],
        _ => [],
    };

    private static bool IsFixed(MemberDeclarationSyntax member) =>
        member.Modifiers.Any(SyntaxKind.StaticKeyword) || member.Modifiers.Any(SyntaxKind.ConstKeyword);
}
