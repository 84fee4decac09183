using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>A write to a field, a property or an element: what data-flow analysis of locals does not see.</summary>
internal readonly record struct MemberWrite(ExpressionSyntax Target, ISymbol? Member, ITypeSymbol Type);

/// <summary>Finds the writes to members in some nodes, also those in lambdas, which may be called there.</summary>
internal static class MemberWrites
{
    public static IEnumerable<MemberWrite> In(IEnumerable<SyntaxNode> nodes, SemanticModel model)
    {
        foreach (SyntaxNode node in nodes)
        {
            foreach (SyntaxNode inner in node.DescendantNodesAndSelf(n => !HostCode.Is(n)))
            {
                foreach (ExpressionSyntax target in Targets(inner))
                {
                    if (Classify(target, model) is { } write)
                        yield return write;
                }
            }
        }
    }

    public static IEnumerable<ExpressionSyntax> Targets(SyntaxNode node) => node switch
    {
        // In an object initialiser the object is new: nobody else sees it.
        AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } => [],
        AssignmentExpressionSyntax assignment => Flatten(assignment.Left),
        PrefixUnaryExpressionSyntax unary when unary.IsKind(SyntaxKind.PreIncrementExpression) || unary.IsKind(SyntaxKind.PreDecrementExpression) => [unary.Operand],
        PostfixUnaryExpressionSyntax unary when unary.IsKind(SyntaxKind.PostIncrementExpression) || unary.IsKind(SyntaxKind.PostDecrementExpression) => [unary.Operand],
        ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword } argument => [argument.Expression],
        _ => [],
    };

    private static IEnumerable<ExpressionSyntax> Flatten(ExpressionSyntax left) =>
        left is TupleExpressionSyntax tuple ? tuple.Arguments.SelectMany(a => Flatten(a.Expression)) : [left];

    private static MemberWrite? Classify(ExpressionSyntax target, SemanticModel model)
    {
        if (target is ElementAccessExpressionSyntax)
            return model.GetTypeInfo(target).Type is { } element ? new MemberWrite(target, model.GetSymbolInfo(target).Symbol, element) : null;
        return model.GetSymbolInfo(target).Symbol switch
        {
            // The fields of a tuple or struct in a local are part of that local, which data-flow analysis follows.
            IFieldSymbol { ContainingType.IsValueType: true, IsStatic: false } when target is MemberAccessExpressionSyntax access && IsLocal(access.Expression, model) => null,
            IPropertySymbol { ContainingType.IsValueType: true, IsStatic: false } when target is MemberAccessExpressionSyntax access && IsLocal(access.Expression, model) => null,
            IFieldSymbol field => new MemberWrite(target, field, field.Type),
            IPropertySymbol property => new MemberWrite(target, property, property.Type),
            _ => null,
        };
    }

    private static bool IsLocal(ExpressionSyntax expression, SemanticModel model) => expression switch
    {
        MemberAccessExpressionSyntax access => IsLocal(access.Expression, model),
        _ => model.GetSymbolInfo(expression).Symbol is ILocalSymbol or IParameterSymbol,
    };
}
