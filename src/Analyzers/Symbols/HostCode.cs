using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Code inside a graph function that runs with the graph, on tensors that have values: delegates of Ops.HostCall. By name, which is all that a syntax tree knows.</summary>
internal static class HostCode
{
    /// <summary>True for the delegate that an Ops.HostCall gets, and for what a variable or local function holds that is given to nothing else.</summary>
    public static bool Is(SyntaxNode node) => node switch
    {
        ArgumentSyntax argument => IsDelegate(argument),
        EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable, Value: var value } => MayBeDelegate(value) && IsOnlyForHost(variable.Identifier, node),
        LocalFunctionStatementSyntax function => IsOnlyForHost(function.Identifier, node),
        ExpressionSyntax { Parent: AssignmentExpressionSyntax { Left: IdentifierNameSyntax name } assignment } => assignment.Right == node && MayBeDelegate(assignment.Right) && IsOnlyForHost(name.Identifier, node),
        _ => false,
    };

    private static bool IsDelegate(ArgumentSyntax argument) =>
        argument.Parent is ArgumentListSyntax { Parent: InvocationExpressionSyntax call } list && IsHostCall(call.Expression)
        && (argument.NameColon is { } named ? named.Name.Identifier.Text is "function" or "action" : list.Arguments[0] == argument);

    private static bool IsHostCall(ExpressionSyntax called) => called switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.Text: "HostCall", Expression: IdentifierNameSyntax { Identifier.Text: "Ops" } or MemberAccessExpressionSyntax { Name.Identifier.Text: "Ops" } } => true,
        IdentifierNameSyntax { Identifier.Text: "HostCall" } => true,
        _ => false,
    };

    private static bool MayBeDelegate(ExpressionSyntax value) => value is AnonymousFunctionExpressionSyntax or SimpleNameSyntax or MemberAccessExpressionSyntax or ConditionalExpressionSyntax or CastExpressionSyntax;

    private static bool IsOnlyForHost(SyntaxToken name, SyntaxNode place)
    {
        SyntaxNode member = place.Ancestors().First(n => n is MemberDeclarationSyntax or AccessorDeclarationSyntax or CompilationUnitSyntax);
        bool isGiven = false;
        foreach (IdentifierNameSyntax use in member.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == name.ValueText))
        {
            switch (use.Parent)
            {
                case ArgumentSyntax argument when IsDelegate(argument):
                    isGiven = true;
                    break;
                case AssignmentExpressionSyntax assignment when assignment.Left == use:
                case MemberAccessExpressionSyntax access when access.Name == use:
                case NameColonSyntax:
                    break;
                default:
                    return false;
            }
        }
        return isGiven;
    }
}
