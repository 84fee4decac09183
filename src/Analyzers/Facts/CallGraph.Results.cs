using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <content>Objects that methods give.</content>
internal sealed partial class CallGraph
{
    /// <summary>True for a method that gives nothing but objects which it, or one that it calls, has just made.</summary>
    public bool GivesNew(IMethodSymbol method)
    {
        method = Definition(method);
        if (_givesNew.TryGetValue(method, out bool known))
            return known;
        // Methods that call each other give what their other returns give: each is taken to give new objects until one of them turns out not to.
        var old = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        HashSet<IMethodSymbol> asked;
        int before;
        do
        {
            before = old.Count;
            asked = new(SymbolEqualityComparer.Default);
            GivesNew(method, asked, old);
        }
        while (old.Count > before);
        foreach (IMethodSymbol one in asked)
            _givesNew[one] = !old.Contains(one);
        foreach (IMethodSymbol one in old)
            _givesNew[one] = false;
        return _givesNew[method];
    }

    /// <summary>The declaration of a method or local function that is known here.</summary>
    public SyntaxNode? WithResults(IMethodSymbol method) => Declaration(Definition(method))
        ?? method.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as LocalFunctionStatementSyntax;

    /// <summary>The values that a method or local function returns.</summary>
    public static IEnumerable<ExpressionSyntax> Results(SyntaxNode declaration) =>
        ((declaration as LocalFunctionStatementSyntax)?.ExpressionBody?.Expression ?? new MemberBody(declaration).Expression) is { } expression
            ? [expression]
            : Staging.InSameFunction(declaration).OfType<ReturnStatementSyntax>().Select(r => r.Expression).OfType<ExpressionSyntax>();

    private bool GivesNew(IMethodSymbol method, HashSet<IMethodSymbol> asked, HashSet<IMethodSymbol> old)
    {
        method = Definition(method);
        if (_givesNew.TryGetValue(method, out bool known))
            return known;
        if (!asked.Add(method) || old.Contains(method))
            return !old.Contains(method);
        SyntaxNode? declaration = WithResults(method);
        // An override may give something else, and an iterator gives what it has.
        bool givesNew = declaration is not null && !(method.IsAbstract || method.IsVirtual || method.IsOverride)
            && Effects.Of(declaration, Model(declaration.SyntaxTree)) is var effects
            && Results(declaration).ToArray() is { Length: > 0 } results && results.All(e => IsMade(e, effects));
        if (!givesNew)
            old.Add(method);
        return givesNew;

        bool IsMade(ExpressionSyntax result, Effects effects) => result switch
        {
            ParenthesizedExpressionSyntax inner => IsMade(inner.Expression, effects),
            CastExpressionSyntax cast => IsMade(cast.Expression, effects),
            ConditionalExpressionSyntax either => IsMade(either.WhenTrue, effects) && IsMade(either.WhenFalse, effects),
            SwitchExpressionSyntax cases => cases.Arms.All(arm => IsMade(arm.Expression, effects)),
            CollectionExpressionSyntax => true,
            _ => IsMadePlace(Place.Of(Model(result.SyntaxTree).GetOperation(result)), effects, new(SymbolEqualityComparer.Default)),
        };

        bool IsMadePlace(Place? place, Effects effects, HashSet<ISymbol> seen) => place switch
        {
            { Kind: PlaceKind.Unknown, Symbol: IMethodSymbol called } => GivesNew(called, asked, old),
            { Kind: PlaceKind.Variable, Symbol: ILocalSymbol local } when !effects.IsNew(place) => seen.Add(local)
                && effects.OriginsOf(local).ToArray() is { Length: > 0 } origins && origins.All(origin => IsMadePlace(origin, effects, seen)),
            _ => effects.IsNew(place),
        };
    }
}
