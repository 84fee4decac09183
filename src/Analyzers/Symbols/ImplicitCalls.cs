using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace TensorGraph.Analyzers;

/// <summary>The methods that a piece of code calls without naming them: conversions, deconstruction, and what <c>foreach</c>, <c>using</c> and initialisers call.</summary>
internal static class ImplicitCalls
{
    private static readonly ConditionalWeakTable<Compilation, StrongBox<bool>> s_declaresConversions = new();
    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<bool>> s_declaresConversion = new();

    /// <summary>The operator of this compilation that converts the value of <paramref name="expression"/> to what its place asks for.</summary>
    public static IMethodSymbol? Conversion(ExpressionSyntax expression, SemanticModel model) =>
        // To ask about each expression would be slow, and few programs declare such operators.
        s_declaresConversions.GetValue(model.Compilation, static c => new(c.SyntaxTrees.Any(DeclaresConversion))).Value
        && model.GetConversion(expression) is { IsUserDefined: true, MethodSymbol: { } method }
        && SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, model.Compilation.Assembly)
            ? method
            : null;

    /// <summary>The methods of this compilation that <paramref name="node"/> calls without naming them. What an interface of the framework may come to is not asked.</summary>
    public static IEnumerable<IMethodSymbol> Of(SyntaxNode node, SemanticModel model) =>
        Find(node, model).Where(m => SymbolEqualityComparer.Default.Equals(m.ContainingAssembly, model.Compilation.Assembly));

    private static IEnumerable<IMethodSymbol> Find(SyntaxNode node, SemanticModel model)
    {
        switch (node)
        {
            case AssignmentExpressionSyntax { Left: TupleExpressionSyntax or DeclarationExpressionSyntax } assignment:
                return Methods(model.GetDeconstructionInfo(assignment));
            case ForEachVariableStatementSyntax loop:
                return Methods(model.GetDeconstructionInfo(loop)).Concat(Methods(model.GetForEachStatementInfo(loop)));
            case ForEachStatementSyntax loop:
                return Methods(model.GetForEachStatementInfo(loop));
            case UsingStatementSyntax { Declaration: { } declaration }:
                return Dispose(model.GetTypeInfo(declaration.Type).Type);
            case UsingStatementSyntax { Expression: { } resource }:
                return Dispose(model.GetTypeInfo(resource).Type);
            case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } declaration:
                return Dispose(model.GetTypeInfo(declaration.Declaration.Type).Type);
            case ExpressionSyntax { Parent: InitializerExpressionSyntax { RawKind: (int)SyntaxKind.CollectionInitializerExpression } } element:
                return model.GetCollectionInitializerSymbolInfo(element).Symbol is IMethodSymbol add ? [add] : [];
            case RecursivePatternSyntax { PositionalPatternClause: not null } pattern:
                return model.GetOperation(pattern) is IRecursivePatternOperation { DeconstructSymbol: IMethodSymbol deconstruct } ? [deconstruct] : [];
            default:
                return [];
        }
    }

    private static StrongBox<bool> Declares(SyntaxTree tree) => new(tree.GetRoot().DescendantNodes(n => n is not BlockSyntax).Any(n => n is ConversionOperatorDeclarationSyntax));

    private static bool DeclaresConversion(SyntaxTree tree) => s_declaresConversion.GetValue(tree, Declares).Value;

    private static IEnumerable<IMethodSymbol> Methods(DeconstructionInfo info) =>
        (info.Method is { } method ? new[] { method } : []).Concat(info.Nested.IsDefaultOrEmpty ? [] : info.Nested.SelectMany(Methods));

    private static IEnumerable<IMethodSymbol> Methods(ForEachStatementInfo info) =>
        new[] { info.GetEnumeratorMethod, info.MoveNextMethod, info.CurrentProperty?.GetMethod, info.DisposeMethod }.OfType<IMethodSymbol>();

    private static IEnumerable<IMethodSymbol> Dispose(ITypeSymbol? type) =>
        type?.GetMembers("Dispose").OfType<IMethodSymbol>().Where(m => m.Parameters.Length == 0) ?? [];
}
