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
        CommonForEachStatementSyntax l => InSequence(l.Expression).Concat(InEnumerator(l)),
        _ => [],
    };

    private IEnumerable<(SyntaxNode Place, ISymbol? Variable)> In(ExpressionSyntax code)
    {
        foreach (Change change in context.Changes.In(code))
            yield return (PlaceOf(change.Place), change.Variable);
        foreach (Effect effect in context.Effects.In(code.Span))
        {
            if ((effect is { Kind: EffectKind.Call, Form: not CallForm.Callback } && HasEffect(effect)) || RunsEffect(effect))
                yield return (PlaceOf(effect.Syntax), null);
        }
    }

    private static SyntaxNode PlaceOf(SyntaxNode use) => use is SimpleNameSyntax name ? Names.AccessOf(name) : use;

    // The sequence itself is evaluated once; what runs in each iteration are iterators, lambdas and methods that become delegates in it.
    private IEnumerable<(SyntaxNode Place, ISymbol? Variable)> InSequence(ExpressionSyntax sequence)
    {
        if (IsMadeAhead(context.Model.GetTypeInfo(sequence).Type))
            yield break;
        foreach (Change change in context.Changes.OfDeferred(sequence))
            yield return (change.Place, change.Variable);
        foreach (Effect effect in context.Effects.In(sequence.Span))
        {
            if (effect.Function is { } lambda && sequence.Span.Contains(lambda.Span))
            {
                if (effect.Kind == EffectKind.Write && effect.At.Root.Kind != PlaceKind.New && !(effect.At.Variable is { } variable
                    && lambda.Span.Contains(variable.Locations[0].SourceSpan)))
                    yield return (effect.Syntax, effect.At.Variable);
                else if (effect.IsChangeByFramework && !context.Effects.IsNew(effect.At.Root))
                    yield return (effect.ChangedBy, null);
                else if ((effect.Kind == EffectKind.Call && HasEffect(effect)) || RunsEffect(effect))
                    yield return (effect.Syntax, null);
            }
            else if (IsDeferred(effect) && (RunsEffect(effect) || (effect.Kind == EffectKind.Call && HasEffect(effect))))
            {
                yield return (effect.Syntax, null);
            }
            else if (GivesEffect(effect) || (effect is { Kind: EffectKind.Read, At.Symbol: ILocalSymbol made }
                && context.Effects.WritesOf(made).Any(w => context.Effects.In(w.Parent!.Span).Any(GivesEffect))))
            {
                yield return (effect.Syntax, null);
            }
        }
    }

    /// <summary>An array or collection: all its elements are there before the loop.</summary>
    private static bool IsMadeAhead(ITypeSymbol? type) => type is IArrayTypeSymbol
        || (type is { ContainingNamespace: { } space } && space.ToDisplayString() == "System.Collections.Generic" && !DeferredCode.IsIn(type));

    /// <summary>A use that says what runs later: of a delegate, a sequence, an iterator, a method that becomes a delegate.</summary>
    private bool IsDeferred(Effect effect) => effect.Kind == EffectKind.Read || Changes.IsGroup(effect)
        || (effect is { Kind: EffectKind.Call, Callee: { } method } && IsIterator(method));

    /// <summary>
    /// A call that gives a sequence which has effects as it is walked over: those of lambdas in the method, and of delegates that it makes.
    /// </summary>
    private bool GivesEffect(Effect call) => call is { Kind: EffectKind.Call, Callee: { } method } && DeferredCode.IsIn(method.ReturnType)
        && DeclarationOf(method) is { } declaration
        && EffectsOf(declaration).In(declaration.Span).Any(e => (Changes.IsGroup(e) && HasEffect(e))
            || (e.Function is { } function && function != declaration && function.Span != declaration.Span && declaration.Span.Contains(function.Span)
            && e.Kind == EffectKind.Call && HasEffect(e)));

    // It is made for the loop: what it changes in itself nobody sees.
    private IEnumerable<(SyntaxNode Place, ISymbol? Variable)> InEnumerator(CommonForEachStatementSyntax loop)
    {
        bool hasEffect = context.Effects.In(loop.Span).Any(e => e.Syntax == loop && e is { Kind: EffectKind.Call, Callee: { } method }
            && (method.Name is "MoveNext" or "get_Current" ? HasEffect(method, method.ContainingType) : IsIterator(method) && HasEffect(method)));
        return hasEffect ? [(loop.Expression, null)] : [];
    }

    /// <summary>True for a call of a local function and the use of a delegate or sequence, if code that it runs has an effect of a call.</summary>
    private bool RunsEffect(Effect effect) => effect is { Kind: EffectKind.Read } or { Callee.MethodKind: MethodKind.LocalFunction }
        && effect.Syntax is SimpleNameSyntax name && context.Changes.RunBy(name.Span)
            .Any(f => context.Effects.In(f.Span).Any(e => e.Kind == EffectKind.Call && !e.IsOnHost && HasEffect(e)));

    private bool IsIterator(IMethodSymbol method) => DeclarationOf(method) is { } declaration && DeferredCode.IsIterator(declaration);

    private SyntaxNode? DeclarationOf(IMethodSymbol method) => method.MethodKind == MethodKind.LocalFunction
        ? method.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax()
        : context.Calls.Declaration(CallGraph.Definition(method));

    private Effects EffectsOf(SyntaxNode declaration) =>
        declaration is LocalFunctionStatementSyntax ? context.Effects : Effects.Of(declaration, context.Calls.Model(declaration.SyntaxTree));

    private bool HasEffect(Effect call) => IsEffect(call) || HasEffect(call.Callee!);

    private bool HasEffect(IMethodSymbol method, INamedTypeSymbol? enumerator = null) =>
        method.MethodKind != MethodKind.Constructor && !context.Calls.IsForeign(method)
        && context.Calls.ReachedFrom(CallGraph.Definition(method)).Any(m => OwnEffect(m, enumerator?.OriginalDefinition));

    private bool OwnEffect(IMethodSymbol method, INamedTypeSymbol? enumerator) => method.MethodKind != MethodKind.Constructor
        && context.Calls.Declaration(method) is { } declaration
        && Effects.Of(declaration, context.Calls.Model(declaration.SyntaxTree)) is var own
        && own.WhileTracing.Any(e => ((e.IsWriteOfMember || e.IsChangeByFramework) && !own.IsNew(e.At.Root) && !IsOf(enumerator, e))
            || (e.Kind == EffectKind.Call && IsEffect(e)));

    /// <summary>A call that is known to act on the world, or on the graph when it runs.</summary>
    private static bool IsEffect(Effect call) => call.Callee.Has(ApiTraits.ActsOnWorld | ApiTraits.Asserts | ApiTraits.HasGraphEffect);

    private static bool IsOf(INamedTypeSymbol? enumerator, Effect effect) => effect is { Kind: EffectKind.Write, At.Owner.Kind: PlaceKind.This }
        && SymbolEqualityComparer.Default.Equals(effect.At.Symbol?.ContainingType.OriginalDefinition, enumerator);
}
