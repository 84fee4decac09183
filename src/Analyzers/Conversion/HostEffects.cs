using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

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
        foreach (Effect effect in context.Effects.In(sequence.Span).Where(e => !RunsAhead(e.Syntax, sequence, context.Model)))
        {
            if (effect.Function is { } lambda && sequence.Span.Contains(lambda.Span))
            {
                if (IsSeen(effect, context.Effects, lambda.Span))
                    yield return effect.IsChangeByFramework ? (effect.ChangedBy, null) : (effect.Syntax, effect.At.Variable);
                else if (RunsEffect(effect))
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

    /// <summary>
    /// True for what code of a sequence does, if others can see that it happens more often: what it changes is not of <paramref name="span"/>.
    /// </summary>
    private bool IsSeen(Effect effect, Effects own, TextSpan span)
    {
        return effect.Kind == EffectKind.Call ? HasEffect(effect)
            : effect.Kind == EffectKind.Write ? effect.At.Root.Kind != PlaceKind.New && !(effect.At.Variable is { } variable && IsInside(variable))
                && !IsMadeInside(effect.At.Root)
            : effect.IsChangeByFramework && !IsMadeInside(effect.At.Root);

        bool IsMadeInside(Place root) => root.Kind == PlaceKind.New || (own.IsNew(root) && IsInside(root.Symbol!));

        bool IsInside(ISymbol variable) => span.Contains(variable.Locations[0].SourceSpan);
    }

    /// <summary>True for code that has run when the value of an expression or method is there, as in <c>items.Select(f).ToList()</c>.</summary>
    private static bool RunsAhead(SyntaxNode code, SyntaxNode whole, SemanticModel model)
    {
        bool isAhead = false;
        for (SyntaxNode node = code; node != whole; node = node.Parent!)
        {
            isAhead = !IsLater(node) && (isAhead || node is SpreadElementSyntax
                || (node is InvocationExpressionSyntax && IsMadeAhead(model.GetTypeInfo(node).Type))
                || (node.Parent is CommonForEachStatementSyntax loop && loop.Expression == node));
        }
        return isAhead;
    }

    private static bool IsLater(SyntaxNode node) =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or QueryClauseSyntax or SelectOrGroupClauseSyntax;

    /// <summary>An array or collection: all its elements are there before the loop.</summary>
    private static bool IsMadeAhead(ITypeSymbol? type) => type is IArrayTypeSymbol
        || (type is { ContainingNamespace: { } space } && space.ToDisplayString() == "System.Collections.Generic" && !DeferredCode.IsIn(type));

    /// <summary>A use that says what runs later: of a delegate, a sequence, an iterator, a method that becomes a delegate.</summary>
    private bool IsDeferred(Effect effect) => effect.Kind == EffectKind.Read || Changes.IsGroup(effect)
        || (effect is { Kind: EffectKind.Call, Callee: { } method } && IsIterator(method));

    private bool GivesEffect(Effect call) => GivesEffect(call, context.Effects, new HashSet<ISymbol>(SymbolEqualityComparer.Default));

    /// <summary>
    /// A call that gives a sequence which has effects as it is walked over: those of an iterator, of lambdas in the method, of delegates that it
    /// makes, and of the sequences that it gets from others.
    /// </summary>
    private bool GivesEffect(Effect call, Effects around, HashSet<ISymbol> seen)
    {
        if (call is not { Kind: EffectKind.Call, Callee: { } method } || !DeferredCode.IsIn(method.ReturnType)
            || DeclarationOf(method) is not { } code || !seen.Add(method.OriginalDefinition))
            return false;
        SemanticModel model = context.Calls.Model(code.SyntaxTree);
        Effects own = code is LocalFunctionStatementSyntax ? around : Effects.Of(code, model);
        bool isIterator = DeferredCode.IsIterator(code);
        if (!isIterator && ValuesOf(code).All(v => IsMadeAhead(model.GetTypeInfo(v).Type)))
            return false;
        return own.In(code.Span).Any(e => !e.IsOnHost && (isIterator || !RunsAhead(e.Syntax, code, model))
            && (isIterator || Changes.IsGroup(e) || IsInFunctionOf(code, e) ? IsSeen(e, own, code.Span) : GivesEffect(e, own, seen)));
    }

    private static bool IsInFunctionOf(SyntaxNode code, Effect effect) =>
        effect.Function is { } function && function.Span != code.Span && code.Span.Contains(function.Span);

    private static IEnumerable<ExpressionSyntax> ValuesOf(SyntaxNode code) => Staging.InSameFunction(code).Select(n => n switch
    {
        ReturnStatementSyntax result => result.Expression,
        ArrowExpressionClauseSyntax arrow => arrow.Expression,
        _ => null,
    }).OfType<ExpressionSyntax>();

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
