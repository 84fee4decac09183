using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Reports C# state that is changed after a throw that a tensor decides. The change happens while tracing, whether the graph throws or not; what
/// outlives the exception would have another value than imperatively.
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
        foreach (Effect effect in Context.StateChanges.In(code.Span)
            .Concat(Context.Changes.RunBy(code.Span).Where(f => !code.Span.Contains(f.Span)).SelectMany(f => Context.StateChanges.In(f.Span))))
        {
            if (effect is { IsWriteOfMember: true, Syntax: ExpressionSyntax target } && Model.GetTypeInfo(target).Type is { } type
                && IsState(effect, type))
                Report(target, target.ToString(), type);
            else if (effect is { Kind: EffectKind.Call, Callee: { } callee } && !Context.Effects.IsNew(effect.At))
                CheckCall(effect.Syntax, callee);
            else if (effect is { Kind: EffectKind.Fill, At: { Symbol: IFieldSymbol or IPropertySymbol, Type: { } filled }, ChangingCall: not null }
                && effect.Callee.Has(ApiTraits.Changes) && scope.IsOwn(effect) && RegionChecks.IsCollection(filled)
                && !Structure.Of(filled).HoldsTensor)
            {
                Context.Report(Rules.ListChanged, effect.ChangedBy.GetLocation(), effect.ChangedBy.ToString());
            }
        }
    }

    // A tensor belongs to the trace, and an object that was made here is gone with the exception.
    private bool IsState(Effect write, ITypeSymbol type) =>
        !Structure.Of(type).HoldsTensor && !(write.At.Symbol?.ContainingType is { } owner && owner.IsOfLibrary())
        && (MethodFacts.IsState(type) || !MethodFacts.IsMadeOnDemand(write))
        && !Context.Effects.IsNew(write.At.Root) && !(write.At.Root.Symbol is ILocalSymbol local
        && (local.Type.IsValueType || Context.Effects.StartsNew(local)));

    private void CheckCall(SyntaxNode place, IMethodSymbol callee)
    {
        foreach (WrittenMember written in Context.Calls.MembersWritten(callee))
        {
            if (written.Member is IFieldSymbol or IPropertySymbol && Place.TypeOf(written.Member) is { } type && !Structure.Of(type).HoldsTensor)
                Report(place, $"{written.Member.ContainingType.Name}.{written.Member.Name}{(written.Content ? "[…]" : "")}", type);
        }
    }

    private void Report(SyntaxNode place, string name, ITypeSymbol type) =>
        Context.Report(Rules.HostStateChanged, place.GetLocation(), name, type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
}
