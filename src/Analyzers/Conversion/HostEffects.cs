using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Effects of the head of a C# loop besides giving a value. If a tensor can leave the loop, its head runs while tracing for all the iterations that
/// might happen, so that each such effect happens too often.
/// </summary>
internal sealed class HostEffects(ConversionContext context)
{
    /// <summary>The effects, each with the local or parameter that it changes, if that is what it does.</summary>
    public IEnumerable<(SyntaxNode Place, ISymbol? Variable)> InHead(StatementSyntax loop) => loop switch
    {
        WhileStatementSyntax l => In(l.Condition),
        DoStatementSyntax l => In(l.Condition),
        ForStatementSyntax l => l.Incrementors.Prepend(l.Condition).OfType<ExpressionSyntax>().SelectMany(In),
        CommonForEachStatementSyntax l => InSequence(l.Expression),
        _ => [],
    };

    private IEnumerable<(SyntaxNode Place, ISymbol? Variable)> In(ExpressionSyntax code)
    {
        foreach (Change change in context.Changes.In(code))
            yield return (PlaceOf(change.Place), change.Variable);
        foreach (Effect effect in context.Effects.In(code.Span))
        {
            if (effect is { Kind: EffectKind.Call, Form: not CallForm.Callback } && HasEffect(effect))
                yield return (PlaceOf(effect.Syntax), null);
        }
    }

    private static SyntaxNode PlaceOf(SyntaxNode use) => use is SimpleNameSyntax name ? Names.AccessOf(name) : use;

    // The sequence itself is evaluated once; what runs in each iteration are iterators and lambdas in it.
    private IEnumerable<(SyntaxNode Place, ISymbol? Variable)> InSequence(ExpressionSyntax sequence)
    {
        foreach (Change change in context.Changes.OfDeferred(sequence))
            yield return (change.Place, change.Variable);
        foreach (Effect effect in context.Effects.In(sequence.Span))
        {
            if (effect.Function is { } lambda && sequence.Span.Contains(lambda.Span))
            {
                if (effect.Kind == EffectKind.Write && !(effect.At.Variable is { } variable
                    && lambda.Span.Contains(variable.Locations[0].SourceSpan)))
                    yield return (effect.Syntax, effect.At.Variable);
                else if (effect.IsChangeByFramework && !context.Effects.IsNew(effect.At.Root))
                    yield return (effect.ChangedBy, null);
                else if (effect.Kind == EffectKind.Call && HasEffect(effect))
                    yield return (effect.Syntax, null);
            }
            else if (effect is { Kind: EffectKind.Call, Callee: { } method } && IsIterator(method) && HasEffect(method))
            {
                yield return (effect.Syntax, null);
            }
        }
    }

    private bool IsIterator(IMethodSymbol method) =>
        context.Calls.Declaration(CallGraph.Definition(method)) is { } declaration && DeferredCode.IsIterator(declaration);

    private bool HasEffect(Effect call) => IsEffect(call) || HasEffect(call.Callee!);

    private bool HasEffect(IMethodSymbol method) =>
        method.MethodKind != MethodKind.Constructor && !context.Calls.IsForeign(method)
        && context.Calls.ReachedFrom(CallGraph.Definition(method)).Any(OwnEffect);

    private bool OwnEffect(IMethodSymbol method) => method.MethodKind != MethodKind.Constructor
        && context.Calls.Declaration(method) is { } declaration
        && Effects.Of(declaration, context.Calls.Model(declaration.SyntaxTree)) is var own
        && own.WhileTracing.Any(e => ((e.IsWriteOfMember || e.IsChangeByFramework) && !own.IsNew(e.At.Root))
            || (e.Kind == EffectKind.Call && IsEffect(e)));

    /// <summary>A call that is known to act on the world, or on the graph when it runs.</summary>
    private static bool IsEffect(Effect call) => call.Callee.Has(ApiTraits.ActsOnWorld | ApiTraits.Asserts | ApiTraits.HasGraphEffect);
}
