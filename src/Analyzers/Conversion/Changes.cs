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
    private readonly CallGraph _graph;
    private readonly Dictionary<SyntaxNode, Uses> _byFunction;

    // Calls of local functions and uses of delegates.
    private readonly EffectIndex _calls;

    // Names of methods and local functions that become delegates.
    private readonly List<Effect> _groups;

    public Changes(SyntaxNode declaration, SemanticModel model, CallGraph calls)
    {
        _effects = Effects.Of(declaration, model);
        _graph = calls;
        _calls = new EffectIndex(_effects.WhileTracing
            .Where(e => e.Kind == EffectKind.Call
            ? e.Callee!.MethodKind == MethodKind.LocalFunction
            : e is { Kind: EffectKind.Read, At.Type.TypeKind: TypeKind.Delegate }));
        _byFunction = MethodFacts.WhileTracing(declaration, model)
            .Where(n => n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or QueryExpressionSyntax)
            .ToDictionary(f => f, UsesOutside);
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

    /// <summary>The names of what <paramref name="expression"/> changes that others can see, and where.</summary>
    public IEnumerable<(string Name, SyntaxNode Place)> In(ExpressionSyntax expression) => In(expression, []);

    private IEnumerable<(string Name, SyntaxNode Place)> In(SyntaxNode node, HashSet<SyntaxNode> seen)
    {
        foreach (Effect effect in EffectsIn(node.Span))
        {
            bool isOwn = effect.Function is not { } function || !node.Span.Contains(function.Span);
            if (effect is { Kind: EffectKind.Write, At.Variable: { } variable } && isOwn && IsSeenOutside(variable, node))
                yield return (variable.Name, node);
            if (effect.IsWriteOfMember && !_effects.IsNew(effect.At.Root))
                yield return (effect.Syntax.ToString(), effect.Syntax);
            if (effect is { Kind: EffectKind.Call, Form: not CallForm.Callback, Callee: { MethodKind: not (MethodKind.PropertySet
                or MethodKind.LocalFunction) } callee })
            {
                foreach (WrittenMember member in _graph.MembersWritten(callee))
                    yield return (member.Member.Name, effect.Syntax);
            }
            foreach (SyntaxNode called in CalledThrough(effect).Where(seen.Add))
            {
                foreach (string changed in OwnWrites(called).Concat(In(called, seen).Select(c => c.Name)))
                    yield return (changed, effect.Syntax);
            }
        }
    }

    private IEnumerable<Effect> EffectsIn(TextSpan span) => _effects.In(span).Where(e => !e.IsOnHost);

    // A variable that a pattern or `out` declares may be read after the expression.
    private bool IsSeenOutside(ISymbol variable, SyntaxNode node) => !node.Span.Contains(variable.Locations[0].SourceSpan)
        || _effects.All.Any(e => SymbolEqualityComparer.Default.Equals(e.At.Symbol, variable) && !node.Span.Contains(e.Syntax.Span));

    /// <summary>The names of what a delegate changes when it is called.</summary>
    public IEnumerable<string> OfDelegate(ExpressionSyntax value)
    {
        IEnumerable<SyntaxNode> functions = value is AnonymousFunctionExpressionSyntax ? [value]
            : EffectsIn(Names.Of(value).Span).SelectMany(e => IsGroup(e) && e.Callee!.MethodKind != MethodKind.LocalFunction ? [e.Syntax]
            : CalledThrough(e));
        return functions.SelectMany(f => OwnWrites(f).Concat(In(f, [f]).Select(c => c.Name)));
    }

    private IEnumerable<string> OwnWrites(SyntaxNode function) =>
        _byFunction.TryGetValue(function, out Uses uses) ? uses.Written.Select(v => v.Name) : [];

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

    private static bool IsGroup(Effect effect) => effect is { Kind: EffectKind.Call, Form: CallForm.Named
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
