using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// The objects that are new to some code: made in it, so that nobody outside sees how it changes them. What a call gives counts as new; another name
/// for an older object does not.
/// </summary>
internal sealed class NewObjects(Effects effects, SemanticModel model, CallGraph calls)
{
    // Calls of local functions, and uses of variables.
    private readonly ILookup<ISymbol, SyntaxNode> _uses = effects.All
        .Where(e => e is { Kind: EffectKind.Call, Callee.MethodKind: MethodKind.LocalFunction }
            or { Kind: EffectKind.Read, At.Type.TypeKind: TypeKind.Delegate })
        .ToLookup<Effect, ISymbol, SyntaxNode>(e => e.Callee?.OriginalDefinition ?? e.At.Symbol!, e => e.Syntax, SymbolEqualityComparer.Default);

    /// <summary>True for a place in an object that is new to <paramref name="code"/>.</summary>
    /// <param name="place">The place.</param>
    /// <param name="code">The code.</param>
    /// <param name="isForeignNew">True if what a method of another assembly gives counts as new, for want of its code.</param>
    public bool Has(Place place, RunCode code, bool isForeignNew = true)
    {
        if (place.Root is { Kind: PlaceKind.Unknown } given && !(given.Symbol is IMethodSymbol maker && calls.GivesNew(maker)))
            return false;
        if (place.Kind == PlaceKind.Member && place.Type is { IsReferenceType: true } held
            && GivenTo(place.Root).Any(g => Fits(g.Type, held) && !Has(g.Place, code)))
            return false;
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var work = new Stack<Place>([place.Root]);
        while (work.Count > 0)
        {
            Place root = work.Pop();
            if (root.Kind == PlaceKind.New || (root is { Kind: PlaceKind.Unknown, Symbol: var giver }
                && (giver is IMethodSymbol method && !calls.IsForeign(method) ? calls.GivesNew(method) : isForeignNew)))
                continue;
            if (root is not { Kind: PlaceKind.Variable, Symbol: { } variable } || !code.Declares(variable))
                return false;
            if (!seen.Add(variable))
                continue;
            foreach (Place? origin in OriginsOf(variable, code))
            {
                if (origin is null)
                    return false;
                work.Push(origin.Root);
            }
        }
        return true;
    }

    /// <summary>Values that the object of a variable is made with.</summary>
    private IEnumerable<(Place Place, ITypeSymbol? Type)> GivenTo(Place root) =>
        root.Symbol?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax()
            is VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax made }
            ? (made.ArgumentList?.Arguments.Select(a => a.Expression) ?? [])
                .Concat(made.Initializer?.Expressions.OfType<AssignmentExpressionSyntax>().Select(a => a.Right) ?? [])
                .Select(value => (Place.Of(model.GetOperation(value)), model.GetTypeInfo(value).Type))
            : [];

    private static bool Fits(ITypeSymbol? type, ITypeSymbol wanted) => type is not null
        && (SymbolEqualityComparer.Default.Equals(type, wanted) || type.AllInterfaces.Contains(wanted, SymbolEqualityComparer.Default));

    /// <summary>The places that a variable's objects come from; null for one that the code does not show.</summary>
    private IEnumerable<Place?> OriginsOf(ISymbol variable, RunCode code)
    {
        SyntaxNode? declaration = variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        IEnumerable<Place?> first = (variable, declaration) switch
        {
            (ILocalSymbol, ForEachStatementSyntax loop) => [Place.Of(model.GetOperation(loop.Expression))],
            (IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.LocalFunction } function } parameter, _) =>
                GivenBy(function.OriginalDefinition, parameter, code),
            (IParameterSymbol parameter, ParameterSyntax) when LambdaOf(declaration) is { } lambda => GivenTo(lambda, parameter, code),
            _ => [],
        };
        return first.Concat(effects.OriginsOf(variable));
    }

    private static AnonymousFunctionExpressionSyntax? LambdaOf(SyntaxNode parameter) =>
        parameter.Parent as AnonymousFunctionExpressionSyntax ?? parameter.Parent?.Parent as AnonymousFunctionExpressionSyntax;

    /// <summary>Values that a lambda may be called with: of a call that it is an argument of, the object and the other arguments that fit.</summary>
    private IEnumerable<Place?> GivenTo(AnonymousFunctionExpressionSyntax lambda, IParameterSymbol parameter, RunCode code)
    {
        if (lambda.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call })
        {
            return call.ArgumentList.Arguments.Select(a => a.Expression).Where(a => a != lambda)
                .Concat(call.Expression is MemberAccessExpressionSyntax access ? [access.Expression] : [])
                .Where(value => model.GetTypeInfo(value).Type is { } type
                    && (Fits(type, parameter.Type) || ElementsOf(type).Any(e => Fits(e, parameter.Type))))
                .Select(value => (Place?)Place.Of(model.GetOperation(value)));
        }
        return lambda.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator }
            && model.GetDeclaredSymbol(declarator) is { } holder
            ? GivenBy(holder, parameter, code)
            : [null];
    }

    private static IEnumerable<ITypeSymbol> ElementsOf(ITypeSymbol type) => type is IArrayTypeSymbol array
        ? [array.ElementType]
        : type.AllInterfaces.Append(type).OfType<INamedTypeSymbol>()
            .Where(i => i.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T).Select(i => i.TypeArguments[0]);

    /// <summary>Values that calls in the code give to a parameter of a local function, or of the lambda in a variable.</summary>
    private IEnumerable<Place?> GivenBy(ISymbol called, IParameterSymbol parameter, RunCode code) =>
        _uses[called].Where(code.Runs).Select(use => GivenAt(use, parameter)).DefaultIfEmpty(null);

    private Place? GivenAt(SyntaxNode name, IParameterSymbol parameter)
    {
        if (name.Parent is not InvocationExpressionSyntax { ArgumentList.Arguments: var arguments })
            return null;
        ArgumentSyntax? given = arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == parameter.Name)
            ?? arguments.Where((a, i) => a.NameColon is null && i == parameter.Ordinal).FirstOrDefault();
        if (given is null)
            return Place.Unknown;
        // One by one: the array is made for the call.
        return parameter.IsParams && !Fits(model.GetTypeInfo(given.Expression).Type, parameter.Type)
            ? Place.New
            : Place.Of(model.GetOperation(given.Expression));
    }
}
