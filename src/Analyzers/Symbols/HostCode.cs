using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Code inside a graph function that runs with the graph, on tensors that have values: delegates of Ops.HostCall. By name, which is all that a syntax tree knows.</summary>
internal static class HostCode
{
    private static readonly ConditionalWeakTable<SyntaxNode, HashSet<string>> s_onlyForHost = new();

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

    private static bool IsOnlyForHost(SyntaxToken name, SyntaxNode place) =>
        s_onlyForHost.GetValue(place.Ancestors().First(n => n is MemberDeclarationSyntax or AccessorDeclarationSyntax or CompilationUnitSyntax), OnlyForHost).Contains(name.ValueText);

    /// <summary>The names in a member that are given to an Ops.HostCall and to nothing else.</summary>
    private static HashSet<string> OnlyForHost(SyntaxNode member)
    {
        HashSet<string> given = new(StringComparer.Ordinal), used = new(StringComparer.Ordinal);
        foreach (IdentifierNameSyntax use in member.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            switch (use.Parent)
            {
                case ArgumentSyntax argument when IsDelegate(argument):
                    given.Add(use.Identifier.ValueText);
                    break;
                case AssignmentExpressionSyntax assignment when assignment.Left == use:
                case MemberAccessExpressionSyntax access when access.Name == use:
                case NameColonSyntax:
                    break;
                default:
                    used.Add(use.Identifier.ValueText);
                    break;
            }
        }
        given.ExceptWith(used);
        return given;
    }
}
