using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Objects that a method makes for itself: only members of theirs are used, so that no call finds what another one left in them. They hold tensors
/// and numbers alone.
/// </summary>
internal static class MadeObjects
{
    private static readonly ConditionalWeakTable<SyntaxNode, ILookup<string, IdentifierNameSyntax>> s_names = new();

    /// <summary>The class of such an object that has state, where it is made.</summary>
    public static ITypeSymbol? TypeOf(SyntaxNode creation, SemanticModel model)
    {
        if (creation is not BaseObjectCreationExpressionSyntax { Parent: EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } }
            || model.GetDeclaredSymbol(declarator) is not ILocalSymbol local
            || model.GetTypeInfo(creation).Type is not INamedTypeSymbol { TypeKind: TypeKind.Class, IsAnonymousType: false } type
            || !HasState(type) || !HoldsOnlyValues(type))
            return null;
        SyntaxNode? function = FunctionOf(declarator);
        return s_names.GetValue(function ?? declarator.SyntaxTree.GetRoot(), NamesIn)[local.Name]
            .Where(name => SymbolEqualityComparer.Default.Equals(Names.SymbolOf(name, model), local))
            .All(name => FunctionOf(name) == function && IsReceiver(name)) ? type : null;
    }

    private static ILookup<string, IdentifierNameSyntax> NamesIn(SyntaxNode function) =>
        function.DescendantNodes().OfType<IdentifierNameSyntax>().ToLookup(name => name.Identifier.ValueText);

    // A lambda may run when the graph does.
    private static SyntaxNode? FunctionOf(SyntaxNode node) => node.Ancestors().FirstOrDefault(Staging.IsFunction);

    private static bool IsReceiver(IdentifierNameSyntax name) =>
        (name.Parent is MemberAccessExpressionSyntax access && access.Expression == name)
        || (name.Parent is ConditionalAccessExpressionSyntax conditional && conditional.Expression == name);

    // What it holds of older objects may change between calls.
    private static bool HoldsOnlyValues(INamedTypeSymbol type) => type.SpecialType == SpecialType.System_Object
        || (type is { DeclaringSyntaxReferences.Length: > 0, BaseType: { } baseType } && HoldsOnlyValues(baseType)
            && type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic && !field.IsConst).All(field => IsValue(field.Type)));

    private static bool IsValue(ITypeSymbol type) =>
        type.IsTensor() || type.TypeKind == TypeKind.Enum || type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_String;

    private static bool HasState(INamedTypeSymbol? type) => type is { DeclaringSyntaxReferences.Length: > 0 }
        && (type.GetMembers().OfType<IFieldSymbol>().Any(field => field is { IsStatic: false, IsReadOnly: false, IsConst: false })
            || HasState(type.BaseType));
}
