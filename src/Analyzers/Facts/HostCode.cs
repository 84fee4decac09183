using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Code inside a graph function that runs with the graph, on tensors that have values: lambdas, local functions and names of methods that become
/// delegates of an Ops.HostCall and nothing else.
/// </summary>
internal sealed class HostCode
{
    private static readonly ConditionalWeakTable<SemanticModel, ConcurrentDictionary<SyntaxNode, HostCode>> s_known = new();

    private readonly SyntaxNode _member;
    private readonly SemanticModel _model;
    private readonly HashSet<SyntaxNode> _code = [];

    private HostCode(SyntaxNode member, SemanticModel model)
    {
        _member = member;
        _model = model;
        ExpressionSyntax[] given = [.. member.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(IsHostCall).Select(DelegateOf)
            .OfType<ExpressionSyntax>()];
        if (given.Length == 0)
            return;
        var onlyGiven = new HashSet<SyntaxNode>(given);
        foreach (ExpressionSyntax value in given)
            Add(value, onlyGiven);
    }

    /// <summary>The functions in the member around a node that only run with the graph.</summary>
    public static ISet<SyntaxNode> Around(SyntaxNode node, SemanticModel model) =>
        node.AncestorsAndSelf().FirstOrDefault(n => n is MemberDeclarationSyntax or AccessorDeclarationSyntax or CompilationUnitSyntax) is { } member
            ? s_known.GetOrCreateValue(model).GetOrAdd(member, m => new HostCode(m, model))._code
            : new HashSet<SyntaxNode>();

    private bool IsHostCall(InvocationExpressionSyntax call) =>
        call.Expression is (MemberAccessExpressionSyntax { Name.Identifier.ValueText: "HostCall" }
        or IdentifierNameSyntax { Identifier.ValueText: "HostCall" })
        && _model.GetSymbolInfo(call) is var info && (info.Symbol ?? info.CandidateSymbols.FirstOrDefault()).Has(ApiTraits.IsHostCall);

    private static ExpressionSyntax? DelegateOf(InvocationExpressionSyntax call) =>
        (call.ArgumentList.Arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.Text is "function" or "action")
        ?? call.ArgumentList.Arguments.FirstOrDefault(a => a.NameColon is null))?.Expression;

    private void Add(ExpressionSyntax value, HashSet<SyntaxNode> given)
    {
        switch (value)
        {
            case AnonymousFunctionExpressionSyntax:
                _code.Add(value);
                break;
            case ParenthesizedExpressionSyntax inner:
                Add(inner.Expression, given);
                break;
            case CastExpressionSyntax cast:
                Add(cast.Expression, given);
                break;
            case ConditionalExpressionSyntax choice:
                Add(choice.WhenTrue, given);
                Add(choice.WhenFalse, given);
                break;
            case MemberAccessExpressionSyntax access:
                _code.Add(access.Name);
                break;
            case SimpleNameSyntax name:
                switch (_model.GetSymbolInfo(name).Symbol)
                {
                    case IMethodSymbol { MethodKind: MethodKind.LocalFunction } function when IsOnlyGiven(function, given):
                        _code.Add(function.DeclaringSyntaxReferences[0].GetSyntax());
                        break;
                    case IMethodSymbol { MethodKind: not MethodKind.LocalFunction }:
                        _code.Add(name);
                        break;
                    case ILocalSymbol local when IsOnlyGiven(local, given):
                        foreach (ExpressionSyntax assigned in ValuesOf(local).Where(v => v != value))
                            Add(assigned, given);
                        break;
                }
                break;
        }
    }

    private bool IsOnlyGiven(ISymbol holder, HashSet<SyntaxNode> given) =>
        Uses(holder).All(use => given.Contains(use) || (use.Parent is AssignmentExpressionSyntax assignment && assignment.Left == use));

    private IEnumerable<IdentifierNameSyntax> Uses(ISymbol holder) => _member.DescendantNodes().OfType<IdentifierNameSyntax>()
        .Where(n => n.Identifier.ValueText == holder.Name && SymbolEqualityComparer.Default.Equals(_model.GetSymbolInfo(n).Symbol, holder));

    private IEnumerable<ExpressionSyntax> ValuesOf(ILocalSymbol local)
    {
        if (local.DeclaringSyntaxReferences[0].GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } value })
            yield return value;
        foreach (IdentifierNameSyntax use in Uses(local))
        {
            if (use.Parent is AssignmentExpressionSyntax assignment && assignment.Left == use)
                yield return assignment.Right;
        }
    }
}
