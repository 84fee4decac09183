using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Reports C# state that is changed after a throw that a tensor decides. The change happens while tracing, whether the graph throws or not; what outlives the
/// exception would have another value than imperatively.
/// </summary>
internal sealed class StateAfterThrow(FunctionScope scope)
{
    private ConversionContext Context => scope.Context;

    private SemanticModel Model => scope.Model;

    public void Run(ImmutableArray<Node> nodes)
    {
        if (GraphThrows.MayBeIn(scope))
            Walk(nodes, thrown: false);
    }

    /// <summary>True if the graph may have thrown at the end of the list.</summary>
    private bool Walk(ImmutableArray<Node> nodes, bool thrown)
    {
        foreach (Node node in nodes)
        {
            if (node.Source is LocalFunctionStatementSyntax)
                continue;
            // A statement of an iteration is reached after those of the one before.
            bool isLoop = node is Loop && GraphThrows.In(node.Source, node.Position, scope);
            if (node is Made or Guard)
                thrown = Bodies(node, thrown);
            else if (thrown || isLoop)
                Check(node.Source);
            else if (node.Bodies.Any())
                thrown = Bodies(node, thrown);
            thrown |= isLoop || (!node.Bodies.Any() && GraphThrows.In(node.Source, node.Position, scope));
        }
        return thrown;
    }

    private bool Bodies(Node node, bool thrown)
    {
        bool after = thrown;
        foreach (ImmutableArray<Node> body in node.Bodies)
            after |= Walk(body, node is Stoppable ? after : thrown);
        return after;
    }

    private void Check(SyntaxNode code)
    {
        foreach (WritePlace place in Context.Writes.In(code.Span).Concat(Context.Changes.RunBy([code]).Where(f => !code.Span.Contains(f.Span)).SelectMany(f => Context.Writes.In(f.Span))))
        {
            if (place.Write is { } write && IsState(write))
                Report(write.Target, write.Target.ToString(), write.Type);
            else if (place.Callee is { } callee && !(place.Place is SimpleNameSyntax name && MethodFacts.IsOfNewObject(Names.AccessOf(name), Model)))
                CheckCall(place.Place, callee);
        }
        foreach (MemberAccessExpressionSyntax access in Staging.InSameFunction(code).OfType<InvocationExpressionSyntax>().Select(c => c.Expression).OfType<MemberAccessExpressionSyntax>())
        {
            if (RegionChecks.IsCollectionChange(access.Name) && Model.GetSymbolInfo(access.Expression).Symbol is IFieldSymbol or IPropertySymbol
                && Model.GetTypeInfo(access.Expression).Type is { } type && RegionChecks.IsCollection(type) && !Structure.Of(type).HoldsTensor)
            {
                Context.Report(Rules.ListChanged, access.GetLocation(), access.ToString());
            }
        }
    }

    // A tensor belongs to the trace, and an object that was made here is gone with the exception.
    private bool IsState(MemberWrite write) =>
        !Structure.Of(write.Type).HoldsTensor && !(write.Member?.ContainingType is { } owner && owner.IsOfLibrary()) && (MethodFacts.IsState(write.Type) || !MethodFacts.IsMadeOnDemand(write))
        && !MethodFacts.IsOfNewObject(write.Target, Model) && !(RootOf(write.Target) is { } root && root != write.Target && Model.GetSymbolInfo(root).Symbol is ILocalSymbol local && (local.Type.IsValueType || StagedMembers.StartsNew(local)));

    private static ExpressionSyntax RootOf(ExpressionSyntax target) => target switch
    {
        MemberAccessExpressionSyntax access => RootOf(access.Expression),
        ElementAccessExpressionSyntax access => RootOf(access.Expression),
        _ => target,
    };

    private void CheckCall(SyntaxNode place, IMethodSymbol callee)
    {
        foreach (WrittenMember written in Context.Calls.MembersWritten(callee))
        {
            ITypeSymbol? type = (written.Member as IFieldSymbol)?.Type ?? (written.Member as IPropertySymbol)?.Type;
            if (type is not null && !Structure.Of(type).HoldsTensor)
                Report(place, $"{written.Member.ContainingType.Name}.{written.Member.Name}{(written.Content ? "[…]" : "")}", type);
        }
    }

    private void Report(SyntaxNode place, string name, ITypeSymbol type) =>
        Context.Report(Rules.HostStateChanged, place.GetLocation(), name, type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
}
