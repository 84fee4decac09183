using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Collections whose content stays what their type's constructors made it: private fields of values that are filled where they are declared and
/// only read, element by element, ever after. They cost a call nothing, however large they are.
/// </summary>
internal static class FixedContents
{
    private static readonly ConditionalWeakTable<ISymbol, StrongBox<bool>> s_known = new();

    public static bool Is(ISymbol member) => member is IFieldSymbol { DeclaredAccessibility: Accessibility.Private, IsReadOnly: true } field
        && s_known.GetValue(field.OriginalDefinition, static f => new(Find((IFieldSymbol)f))).Value;

    // Syntax is enough: whatever else has the name is as good a reason to look.
    private static bool Find(IFieldSymbol field) =>
        field.Type is IArrayTypeSymbol { ElementType: var element } && (element.IsValueType || element.SpecialType == SpecialType.System_String)
        && field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } value } && IsNew(value)
        && field.ContainingType.DeclaringSyntaxReferences
        .All(type => type.GetSyntax().DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == field.Name).All(IsRead));

    private static bool IsNew(ExpressionSyntax value) =>
        value is CollectionExpressionSyntax or ArrayCreationExpressionSyntax or ImplicitArrayCreationExpressionSyntax or InitializerExpressionSyntax;

    // rates[0], rates.Length, foreach (float rate in rates)
    private static bool IsRead(IdentifierNameSyntax name)
    {
        ExpressionSyntax access = Names.AccessOf(name);
        return access.Parent switch
        {
            ElementAccessExpressionSyntax element => element.Expression == access && !IsWritten(element)
                && element.Parent is not (RefExpressionSyntax or MemberAccessExpressionSyntax
                or ArgumentSyntax { RefKindKeyword.RawKind: not (int)SyntaxKind.None }),
            MemberAccessExpressionSyntax { Name.Identifier.Text: "Length", Parent: not InvocationExpressionSyntax } => true,
            ForEachStatementSyntax each => each.Expression == access,
            ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Ops" } } } } => true,
            _ => false,
        };
    }

    private static bool IsWritten(ElementAccessExpressionSyntax element) => element.Parent switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left == element,
        PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax => true,
        ArgumentSyntax { Parent: TupleExpressionSyntax } => true,
        _ => false,
    };
}
