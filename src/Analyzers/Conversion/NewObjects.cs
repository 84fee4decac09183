using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>
/// The objects that are new to some code: made in it, so that nobody outside sees how it changes them. What a call gives counts as new; another name
/// for an older object does not.
/// </summary>
/// <param name="effects">The effects of the method that the code is in.</param>
/// <param name="model">Knows its symbols.</param>
/// <param name="calls">Knows the methods that it calls.</param>
/// <param name="asked">Places in what methods give that are looked at already: methods may call each other.</param>
internal sealed class NewObjects(Effects effects, SemanticModel model, CallGraph calls, HashSet<(ISymbol Method, Place Place)>? asked = null)
{
    private readonly HashSet<(ISymbol Method, Place Place)> _asked = asked ?? [];

    // Calls of local functions, and uses of variables.
    private readonly ILookup<ISymbol, SyntaxNode> _uses = effects.All
        .Where(e => e is { Kind: EffectKind.Call, Callee.MethodKind: MethodKind.LocalFunction }
            or { Kind: EffectKind.Read, At.Type.TypeKind: TypeKind.Delegate })
        .ToLookup<Effect, ISymbol, SyntaxNode>(e => e.Callee?.OriginalDefinition ?? e.At.Symbol!, e => e.Syntax, SymbolEqualityComparer.Default);

    private readonly ILookup<ISymbol, Effect> _changes = effects.All
        .Where(e => e.At.Root.Symbol is not null && (e.IsWriteOfMember || e.Kind == EffectKind.Fill))
        .ToLookup<Effect, ISymbol>(e => e.At.Root.Symbol!, SymbolEqualityComparer.Default);

    // A list may lead from node to node without end.
    private const int DeepestChain = 6;

    /// <summary>True for a place in an object that is new to <paramref name="code"/>.</summary>
    /// <param name="place">The place.</param>
    /// <param name="code">The code.</param>
    /// <param name="isForeignNew">True if what a method of another assembly gives counts as new, for want of its code.</param>
    public bool Has(Place place, RunCode code, bool isForeignNew = true)
    {
        if (place.Root is { Kind: PlaceKind.Unknown } given && !(given.Symbol is IMethodSymbol maker && calls.GivesNew(maker)))
            return false;
        var seen = new HashSet<Place>();
        var work = new Stack<Place>([place]);
        while (work.Count > 0)
        {
            Place known = work.Pop(), root = known.Root;
            if (!seen.Add(known))
                continue;
            if (root.Kind == PlaceKind.New || (root is { Kind: PlaceKind.Unknown, Symbol: var giver }
                && (giver is IMethodSymbol method && !calls.IsForeign(method) ? calls.GivesNew(method) : isForeignNew)))
            {
                if (root.Symbol is IMethodSymbol own && known != root && !calls.IsForeign(own) && !GivesNew(own, known))
                    return false;
                Push(HeldBy(known, PartsOf(root.Made)).Concat(CopiedBy(known, root.Made)));
                continue;
            }
            if (root is not { Kind: PlaceKind.Variable, Symbol: { } variable } || !code.Declares(variable))
                return false;
            foreach (Place? origin in OriginsOf(variable, code))
            {
                if (origin is null)
                    return false;
                Push([origin, Rebased(known, origin.Root)]);
                if (Links(known).Count() + Links(origin).Count() <= DeepestChain)
                    work.Push(Rebased(known, origin));
            }
            Push(HeldBy(known, PutInto(variable)));
        }
        return true;

        void Push(IEnumerable<Place> places)
        {
            foreach (Place place in places)
                work.Push(place);
        }
    }

    // What leads to the place from the object that the method gives, is new too.
    private bool GivesNew(IMethodSymbol method, Place place)
    {
        if (!_asked.Add((method.OriginalDefinition, Rebased(place, Place.New))) || calls.WithResults(method) is not { } declaration)
            return true;
        SemanticModel there = calls.Model(declaration.SyntaxTree);
        var objects = new NewObjects(Effects.Of(declaration, there), there, calls, _asked);
        int start = declaration.ChildNodes().OfType<ParameterListSyntax>().FirstOrDefault()?.Span.End ?? declaration.SpanStart;
        var body = new RunCode(TextSpan.FromBounds(start, declaration.Span.End), []);
        return CallGraph.Results(declaration).SelectMany(objects.OriginsOf).All(origin => objects.Has(Rebased(place, origin), body));
    }

    // Members and elements that lead to a place, itself first.
    private static IEnumerable<Place> Links(Place place)
    {
        for (Place link = place; link.Owner is { } owner; link = owner)
            yield return link;
    }

    private static Place Rebased(Place place, Place root) => place.Owner is { } owner ? place with { Owner = Rebased(owner, root) } : root;

    /// <summary>The places that a place may be when an object that leads to it holds some values: in one of them, or of an element of one.</summary>
    private IEnumerable<Place> HeldBy(Place place, IEnumerable<ExpressionSyntax> values)
    {
        Place[] links = [.. Links(place)];
        if (links.Length == 0)
            yield break;
        foreach (ExpressionSyntax value in values)
        {
            if (TypeOf(value) is not { IsReferenceType: true, SpecialType: not SpecialType.System_String } type || type.IsTensor())
                continue;
            foreach (Place given in OriginsOf(value))
            {
                foreach (Place link in links)
                {
                    if (MayHold(link, type))
                        yield return Replaced(place, link, given);
                    if (ElementsOf(type).Any(element => MayHold(link, element)))
                        yield return Replaced(place, link, new Place(PlaceKind.Element, null, given));
                }
            }
        }
    }

    // [c ? a : b]
    private IEnumerable<Place> OriginsOf(ExpressionSyntax value) => model.GetOperation(value) is { } operation
        ? EffectWalker.OriginsOf(operation)
        : [Place.Unknown];

    // p with { Left = a }: what it does not name is that of p.
    private IEnumerable<Place> CopiedBy(Place place, SyntaxNode? made) => made is WithExpressionSyntax copy
        && Links(place).LastOrDefault() is { Symbol.Name: { } member }
        && !copy.Initializer.Expressions.OfType<AssignmentExpressionSyntax>().Any(set => set.Left.ToString() == member)
        ? OriginsOf(copy.Expression).Select(origin => Rebased(place, origin))
        : [];

    private static Place Replaced(Place place, Place link, Place by) =>
        place == link ? by : place with { Owner = Replaced(place.Owner!, link, by) };

    private bool MayHold(Place link, ITypeSymbol given) =>
        TypesOf(link).Any(held => !held.IsValueType && model.Compilation.HasImplicitConversion(given, held));

    private IEnumerable<ITypeSymbol> TypesOf(Place place) => (place.Type ?? TypeOf(place.Made)) is { } type ? [type]
        : place is { Kind: PlaceKind.Element, Owner: { } owner } ? TypesOf(owner).SelectMany(ElementsOf)
            .SelectMany(e => e is INamedTypeSymbol { Name: "KeyValuePair" } pair ? pair.TypeArguments : [e])
        : [];

    private ITypeSymbol? TypeOf(SyntaxNode? value) =>
        value is null ? null : model.GetTypeInfo(value) is var types ? types.Type ?? types.ConvertedType : null;

    /// <summary>Values that are put in an object in a variable after it was made.</summary>
    private IEnumerable<ExpressionSyntax> PutInto(ISymbol variable) => _changes[variable].SelectMany(PutBy).Distinct();

    // new Lists(a) { Items = b }, new() { a, ["key"] = b }, new[] { a }, [a, .. b]
    private static IEnumerable<ExpressionSyntax> PartsOf(SyntaxNode? made) => made switch
    {
        BaseObjectCreationExpressionSyntax creation =>
            (creation.ArgumentList?.Arguments.Select(a => a.Expression) ?? []).Concat(PartsOf(creation.Initializer)),
        AnonymousObjectCreationExpressionSyntax creation => creation.Initializers.Select(part => part.Expression),
        WithExpressionSyntax copy => PartsOf(copy.Initializer),
        ArrayCreationExpressionSyntax array => PartsOf(array.Initializer),
        ImplicitArrayCreationExpressionSyntax array => PartsOf(array.Initializer),
        CollectionExpressionSyntax list => list.Elements
            .Select(e => e is SpreadElementSyntax spread ? spread.Expression : ((ExpressionElementSyntax)e).Expression),
        InitializerExpressionSyntax values => values.Expressions.SelectMany(value => value switch
        {
            AssignmentExpressionSyntax { Right: InitializerExpressionSyntax inner } => PartsOf(inner),
            AssignmentExpressionSyntax assignment => [assignment.Right],
            InitializerExpressionSyntax inner => PartsOf(inner),
            _ => (IEnumerable<ExpressionSyntax>)[value],
        }),
        _ => [],
    };

    // list[0] = a, lists.Items = a, list.Add(a)
    private static IEnumerable<ExpressionSyntax> PutBy(Effect change) => change.Kind == EffectKind.Write
        ? change.Syntax.Parent is AssignmentExpressionSyntax assignment && assignment.Left == change.Syntax ? [assignment.Right] : []
        : change.ChangingCall is InvocationExpressionSyntax call ? call.ArgumentList.Arguments.Select(a => a.Expression) : [];

    private static bool Fits(ITypeSymbol? type, ITypeSymbol wanted) => type is not null
        && (SymbolEqualityComparer.Default.Equals(type, wanted) || type.AllInterfaces.Contains(wanted, SymbolEqualityComparer.Default));

    /// <summary>The places that a variable's objects come from; null for one that the code does not show.</summary>
    private IEnumerable<Place?> OriginsOf(ISymbol variable, RunCode code)
    {
        SyntaxNode? declaration = variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        IEnumerable<Place?> first = (variable, declaration) switch
        {
            (ILocalSymbol, ForEachStatementSyntax loop) => [new Place(PlaceKind.Element, null, Place.Of(model.GetOperation(loop.Expression)))],
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
