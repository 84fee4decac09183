using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers.CodeFixes;

/// <summary>Makes a list of tensors that changes under a tensor condition a TensorArray, if every use of it means the same there.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class UseTensorArray() : SyntaxFix(DiagnosticIds.ListChanged)
{
    protected override (string Title, Func<SyntaxNode> Apply)? Find(SyntaxNode root, SyntaxNode place, SemanticModel model)
    {
        if (place.DescendantNodesAndSelf().OfType<MemberAccessExpressionSyntax>().FirstOrDefault() is not { } access
            || model.GetSymbolInfo(access.Expression).Symbol is not ILocalSymbol list || !IsListOfTensors(list.Type)
            || root.FindNode(list.Locations[0].SourceSpan) is not VariableDeclaratorSyntax
            {
                Initializer.Value: { } value, Parent: VariableDeclarationSyntax { Variables.Count: 1 } declaration
            }
            || Types(declaration, value) is not { } types)
        {
            return null;
        }
        SyntaxNode scope = declaration.Ancestors().OfType<MemberDeclarationSyntax>().First();
        bool converts = scope.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(n => n.Identifier.Text == list.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(n).Symbol, list))
            .All(n => Converts(n, model));
        if (!converts)
            return null;
        return ($"Make '{list.Name}' a TensorArray",
            () => root.ReplaceNodes(types, (_, type) => SyntaxFactory.IdentifierName("TensorArray").WithTriviaFrom(type)));
    }

    private static bool IsListOfTensors(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "List", TypeArguments.Length: 1 } list
        && list.TypeArguments[0] is { Name: "Tensor", ContainingNamespace.Name: "TensorGraph" };

    /// <summary>The names of the list type in the declaration; null if its value is not made in a way that an array has too.</summary>
    private static List<TypeSyntax>? Types(VariableDeclarationSyntax declaration, ExpressionSyntax value)
    {
        var types = new List<TypeSyntax>();
        if (!declaration.Type.IsVar)
            types.Add(declaration.Type);
        switch (value)
        {
            case ObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 } } creation:
                types.Add(creation.Type);
                return types;
            case ImplicitObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 0 }:
                return types;
            case CollectionExpressionSyntax collection when collection.Elements.All(e => e is ExpressionElementSyntax):
                return types;
            default:
                return null;
        }
    }

    private static bool Converts(IdentifierNameSyntax use, SemanticModel model) => use.Parent switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.Text: "Add" or "Clear", Parent: InvocationExpressionSyntax } access =>
            access.Expression == use,
        // A number of elements becomes a tensor, so it may only be compared where a tensor may decide.
        MemberAccessExpressionSyntax { Name.Identifier.Text: "Count", Parent: BinaryExpressionSyntax comparison } => IsOrder(comparison)
            && IsCondition(comparison),
        ElementAccessExpressionSyntax access => access.Expression == use && access.ArgumentList.Arguments[0].Expression is not RangeExpressionSyntax,
        ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } =>
            model.GetSymbolInfo(call).Symbol is IMethodSymbol { Name: "Stack"
            or "Concat", ContainingType: { Name: "Ops", ContainingNamespace.Name: "TensorGraph" } },
        ForEachStatementSyntax loop => loop.Expression == use && ChangesOnlyTensors(loop, model),
        _ => false,
    };

    private static bool IsOrder(BinaryExpressionSyntax comparison) =>
        comparison.Kind() is SyntaxKind.LessThanExpression or SyntaxKind.LessThanOrEqualExpression or SyntaxKind.GreaterThanExpression
        or SyntaxKind.GreaterThanOrEqualExpression
        && (comparison.Left is LiteralExpressionSyntax || comparison.Right is LiteralExpressionSyntax);

    private static bool IsCondition(BinaryExpressionSyntax comparison) => comparison.Parent switch
    {
        IfStatementSyntax branch => branch.Condition == comparison,
        WhileStatementSyntax loop => loop.Condition == comparison,
        _ => false,
    };

    // The loop becomes one of the graph, which carries tensors only.
    private static bool ChangesOnlyTensors(ForEachStatementSyntax loop, SemanticModel model) =>
        model.AnalyzeDataFlow(loop.Statement) is { Succeeded: true } flow
        && flow.WrittenInside.Except(flow.VariablesDeclared, SymbolEqualityComparer.Default)
        .All(v => v is ILocalSymbol { Type.Name: "Tensor" } or IParameterSymbol { Type.Name: "Tensor" });
}
