using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>
/// Changes that evaluating an expression makes besides giving a value: variables and members that it writes itself, and those written by the
/// methods, local functions and lambdas that it may call.
/// </summary>
internal sealed class Changes
{
    private readonly Effects _effects;
    private readonly SemanticModel _model;
    private readonly CallGraph _graph;
    private readonly NewObjects _objects;
    private readonly Dictionary<SyntaxNode, Uses> _byFunction;

    // Calls of local functions and uses of delegates.
    private readonly EffectIndex _calls;

    // Changes of collections and other objects by the framework.
    private readonly EffectIndex _ofObjects;
    private readonly DeferredCode _deferred;

    // Names of methods and local functions that become delegates.
    private readonly List<Effect> _groups;

    public Changes(SyntaxNode declaration, SemanticModel model, CallGraph calls)
    {
        _effects = Effects.Of(declaration, model);
        _model = model;
        _graph = calls;
        _objects = new NewObjects(_effects, model, calls);
        _ofObjects = new EffectIndex(_effects.WhileTracing.Where(e => e.IsChangeByFramework));
        _calls = new EffectIndex(_effects.WhileTracing
            .Where(e => e.Kind == EffectKind.Call
            ? e.Callee!.MethodKind == MethodKind.LocalFunction
            : e is { Kind: EffectKind.Read, At.Type: { } type } && (type.TypeKind == TypeKind.Delegate || DeferredCode.IsIn(type))));
        _byFunction = MethodFacts.WhileTracing(declaration, model)
            .Where(n => n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or QueryExpressionSyntax)
            .ToDictionary(f => f, UsesOutside);
        _deferred = new DeferredCode(_effects, calls, _byFunction.ContainsKey);
        _groups = [.. _effects.WhileTracing.Where(IsGroup)];
    }

    /// <summary>Variables that a lambda or local function changes although they are declared outside of it.</summary>
    public HashSet<ISymbol> ByFunctions => new(_byFunction.Values.SelectMany(u => u.Written), SymbolEqualityComparer.Default);

    /// <summary>
    /// Variables that a lambda, local function or query reads although they are declared outside of it: it may do so whenever it is called.
    /// </summary>
    public HashSet<ISymbol> ReadByFunctions => new(_byFunction.Values.SelectMany(u => u.Read), SymbolEqualityComparer.Default);

    /// <summary>
    /// Variables of outside that a function changes which may be called in the statements: a local function that they call, directly or not; and any
    /// lambda, since a delegate may be called by code that does not name it.
    /// </summary>
    public IEnumerable<ISymbol> ByFunctionsCalledIn(StatementRange range)
    {
        if (_byFunction.Values.All(u => u.Written.Count == 0))
            return [];
        IReadOnlyCollection<SyntaxNode> called = RunBy(range.Span);
        return _byFunction.Where(f => f.Key is not LocalFunctionStatementSyntax || called.Contains(f.Key) || IsMadeDelegate(f.Key))
            .SelectMany(f => f.Value.Written);
    }

    /// <summary>Changes that evaluating <paramref name="expression"/> makes and that others can see.</summary>
    public IEnumerable<Change> In(ExpressionSyntax expression) => In(expression, RunBy(expression), []);

    private IEnumerable<Change> In(SyntaxNode node, RunCode code, HashSet<SyntaxNode> seen)
    {
        foreach (Effect effect in EffectsIn(node.Span))
        {
            bool isOwn = effect.Function is not { } function || !node.Span.Contains(function.Span);
            if (effect is { Kind: EffectKind.Write, At.Variable: { } variable } && isOwn && IsSeenOutside(variable, node))
                yield return new(variable.Name, effect.Syntax, variable) { IsOfVariable = true };
            if (effect.IsWriteOfMember && !_objects.Has(effect.At.Owner ?? effect.At, code))
                yield return new(effect.Syntax.ToString(), effect.Syntax, KnownHere(effect.At));
            if ((effect.IsChangeByFramework || effect is { Kind: EffectKind.Fill, Callee: not null }) && !_objects.Has(effect.At, code))
                yield return new(effect.ChangedBy.ToString(), effect.ChangedBy, KnownHere(effect.At));
            if (effect is { Kind: EffectKind.Call, Form: not CallForm.Callback, Callee: { MethodKind: not (MethodKind.PropertySet
                or MethodKind.LocalFunction) } callee })
            {
                foreach (WrittenMember member in _graph.MembersWritten(callee).Where(m => !IsInNewObject(m, effect, code)))
                    yield return new(member.Member.Name, effect.Syntax, null);
            }
            foreach (SyntaxNode called in CalledThrough(effect).Where(seen.Add))
            {
                foreach (Change change in OwnWrites(called).Concat(In(called, code, seen)))
                    yield return change with { Place = effect.Syntax, IsOfVariable = false };
            }
        }
    }

    /// <summary>
    /// The changes that the framework makes, when <paramref name="code"/> runs, to collections and other objects which are older than it.
    /// </summary>
    public IEnumerable<Effect> OfObjects(RunCode code) => _ofObjects.Count == 0 ? [] : code.Functions.Where(f => !code.Span.Contains(f.Span))
        .SelectMany(f => _ofObjects.In(f.Span)).Concat(_ofObjects.In(code.Span)).Where(e => !_objects.Has(e.At, code));

    /// <summary>C# variables of a local function or lambda that has ended, which a lambda in it keeps and changes when the code runs.</summary>
    public IEnumerable<(ISymbol Variable, SyntaxNode Place)> OfOlderClosures(RunCode code) =>
        from function in code.Functions
        where _byFunction.ContainsKey(function)
        from variable in _byFunction[function].Written
        where variable is ILocalSymbol or IParameterSymbol && RunCode.FunctionOf(variable) is { } maker
            && !maker.Span.Contains(code.Span) && !code.Runs(maker) && !Structure.Of(Place.TypeOf(variable)!).IsCarried
        select (variable, WriteIn(function, variable));

    /// <summary>True for an object that the code made, so that nobody else sees it.</summary>
    public bool IsNewTo(Place place, RunCode code) => _objects.Has(place, code, isForeignNew: false);

    /// <summary>True for a member of an object, or a collection, that only the code knows when it calls a method which changes it.</summary>
    private bool IsInNewObject(WrittenMember member, Effect call, RunCode code) => member.Content
        ? TakesOnlyNew(member.Member, call.Syntax, code)
        : member.OnThis && !member.Member.IsStatic && _objects.Has(call.At, code);

    /// <summary>True for a call whose object and arguments, as far as they may be what a method changes, are new to the code.</summary>
    public bool TakesOnlyNew(ISymbol changed, SyntaxNode use, RunCode code) =>
        changed is ILocalSymbol or IParameterSymbol && use.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call
        && call.ArgumentList.Arguments.Select(a => a.Expression)
            .Concat(call.Expression is MemberAccessExpressionSyntax access ? [access.Expression] : [])
            .All(value => !MayBe(changed, value) || _objects.Has(Place.Of(_model.GetOperation(value)), code, isForeignNew: false));

    private bool MayBe(ISymbol changed, ExpressionSyntax value) => _model.GetTypeInfo(value).Type is { } type
        && (RegionChecks.IsCollection(type) || type is { IsRefLikeType: true }
            || (type.IsReferenceType && !type.IsTensor() && _model.Compilation.HasImplicitConversion(type, Place.TypeOf(changed))));

    // The variable through which alone an object is known in the method that made it.
    private ISymbol? KnownHere(Place place) => _effects.IsNew(place.Root) ? place.Root.Symbol : null;

    /// <summary>Changes that a sequence makes each time that it gives an element, if it is a variable that was set ahead.</summary>
    public IEnumerable<Change> OfDeferred(ExpressionSyntax sequence)
    {
        RunCode code = RunBy(sequence);
        return EffectsIn(sequence.Span).Where(e => e.Kind == EffectKind.Read && e.At.Type is { } type && DeferredCode.IsIn(type))
            .SelectMany(e => CalledThrough(e).SelectMany(f => OwnWrites(f).Concat(In(f, code, [f])))
                .Select(c => c with { Place = e.Syntax, IsOfVariable = false }));
    }

    private IEnumerable<Effect> EffectsIn(TextSpan span) => _effects.In(span).Where(e => !e.IsOnHost);

    // A variable that a pattern or `out` declares may be read after the expression.
    private bool IsSeenOutside(ISymbol variable, SyntaxNode node) =>
        !(variable.Locations.FirstOrDefault() is { } at && node.Span.Contains(at.SourceSpan))
        || _effects.All.Any(e => SymbolEqualityComparer.Default.Equals(e.At.Symbol, variable) && !node.Span.Contains(e.Syntax.Span));

    /// <summary>True for a variable that code reads which is not in <paramref name="function"/>.</summary>
    public bool IsReadOutside(ISymbol variable, SyntaxNode function) => _effects.All.Any(e => e.Kind == EffectKind.Read
        && SymbolEqualityComparer.Default.Equals(e.At.Symbol, variable) && !function.Span.Contains(e.Syntax.Span));

    /// <summary>Changes that a delegate makes when it is called.</summary>
    public IEnumerable<Change> OfDelegate(ExpressionSyntax value)
    {
        RunCode code = RunBy(value);
        IEnumerable<SyntaxNode> functions = value is AnonymousFunctionExpressionSyntax ? [value]
            : EffectsIn(Names.Of(value).Span).SelectMany(e => IsGroup(e) && e.Callee!.MethodKind != MethodKind.LocalFunction ? [e.Syntax]
            : CalledThrough(e));
        return functions.SelectMany(f => OwnWrites(f).Concat(In(f, code, [f])));
    }

    private IEnumerable<Change> OwnWrites(SyntaxNode function) =>
        _byFunction.TryGetValue(function, out Uses uses) ? uses.Written.Select(v => new Change(v.Name, WriteIn(function, v), v)) : [];

    private SyntaxNode WriteIn(SyntaxNode function, ISymbol variable) => _effects.In(function.Span)
        .First(e => e.Kind == EffectKind.Write && SymbolEqualityComparer.Default.Equals(e.At.Variable, variable)).Syntax;

    /// <summary>Some code with the functions that it runs.</summary>
    public RunCode RunBy(SyntaxNode code) => new(code.Span, RunBy(code.Span));

    /// <summary>
    /// The functions that may run when some code does, although they are declared elsewhere: local functions; if a delegate is used, lambdas and the
    /// methods that delegates are made of.
    /// </summary>
    public IReadOnlyCollection<SyntaxNode> RunBy(TextSpan code)
    {
        var found = new HashSet<SyntaxNode>();
        var work = new Queue<TextSpan>([code]);
        while (work.Count > 0)
        {
            foreach (SyntaxNode function in _calls.In(work.Dequeue()).SelectMany(CalledThrough).Where(found.Add))
                work.Enqueue(function.Span);
        }
        return found;
    }

    /// <summary>
    /// The lambdas, local functions and names of methods that may run when an effect calls a local function or uses a delegate, which may be any
    /// lambda.
    /// </summary>
    private IEnumerable<SyntaxNode> CalledThrough(Effect effect) => effect switch
    {
        { Kind: EffectKind.Call, Callee: { MethodKind: MethodKind.LocalFunction } function } => DeclarationOf(function),
        { Kind: EffectKind.Read, At: { Kind: PlaceKind.Variable, Type: { TypeKind: not TypeKind.Delegate } type, Symbol: ILocalSymbol later } }
            when DeferredCode.IsIn(type) => _deferred.Of(later, CalledThrough),
        { Kind: EffectKind.Read, At: { Type.TypeKind: TypeKind.Delegate, Symbol: ILocalSymbol local } }
            when OnlyValueOf(local) is { } function => [function],
        { Kind: EffectKind.Read, At: { Type.TypeKind: TypeKind.Delegate, Symbol: ILocalSymbol or IFieldSymbol or IPropertySymbol } } =>
            _byFunction.Keys.Where(f => f is AnonymousFunctionExpressionSyntax || IsMadeDelegate(f))
            .Concat(_groups.Where(g => g.Callee!.MethodKind != MethodKind.LocalFunction).Select(g => g.Syntax)),
        _ => [],
    };

    private IEnumerable<SyntaxNode> DeclarationOf(IMethodSymbol function) =>
        function.OriginalDefinition.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).Where(_byFunction.ContainsKey);

    /// <summary>
    /// The lambda, local function or name of a method that a variable holds from its declaration on; null if it may hold another one.
    /// </summary>
    private SyntaxNode? OnlyValueOf(ILocalSymbol local)
    {
        if (!_effects.IsAssignedOnce(local)
            || local.DeclaringSyntaxReferences[0].GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: { } value })
            return null;
        if (value is AnonymousFunctionExpressionSyntax)
            return value;
        Effect group = _groups.FirstOrDefault(g => g.Syntax == Names.Of(value));
        return group.Callee is { MethodKind: MethodKind.LocalFunction } function ? DeclarationOf(function).FirstOrDefault() : group.Syntax;
    }

    private bool IsMadeDelegate(SyntaxNode function) =>
        function is LocalFunctionStatementSyntax && _groups.Exists(g => g.Callee!.MethodKind == MethodKind.LocalFunction
        && DeclarationOf(g.Callee).Contains(function));

    /// <summary>True for the name of a method or local function that becomes a delegate.</summary>
    public static bool IsGroup(Effect effect) => effect is { Kind: EffectKind.Call, Form: CallForm.Named
        or CallForm.Unnamed, Callee.MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction, Syntax: SimpleNameSyntax name }
        && !(Names.AccessOf(name).Parent is InvocationExpressionSyntax call && call.Expression == Names.AccessOf(name))
        && name.Parent is not MemberBindingExpressionSyntax;

    private Uses UsesOutside(SyntaxNode function)
    {
        Effect[] inside = [.. _effects.In(function.Span)];
        return new Uses(
            Outside(inside.Where(e => e.Kind == EffectKind.Write).Select(e => e.At.Variable)),
            Outside(inside.Where(e => e is { Kind: EffectKind.Read, At.Kind: PlaceKind.Variable }).Select(e => e.At.Symbol)));

        HashSet<ISymbol> Outside(IEnumerable<ISymbol?> variables) =>
            new(variables.OfType<ISymbol>().Where(v => !function.Span.Contains(v.Locations[0].SourceSpan)), SymbolEqualityComparer.Default);
    }

    private sealed record Uses(HashSet<ISymbol> Written, HashSet<ISymbol> Read);
}
