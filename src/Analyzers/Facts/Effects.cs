using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>All that one declaration does, with the lambdas and local functions in it: found once, in the order of evaluation.</summary>
internal sealed class Effects
{
    private static readonly ConditionalWeakTable<SemanticModel, ConcurrentDictionary<SyntaxNode, Effects>> s_known = new();

    private readonly EffectIndex _byPosition;
    private readonly ILookup<SyntaxNode, Effect> _calls;
    private readonly ILookup<ISymbol, SyntaxNode> _writes;
    private readonly HashSet<ISymbol> _assignedAgain = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _startNew = new(SymbolEqualityComparer.Default);
    private readonly ILookup<ISymbol, Place> _origins;

    private Effects(SyntaxNode declaration, SemanticModel model)
    {
        All = EffectWalker.Walk(declaration, model);
        _byPosition = new EffectIndex(All);
        _calls = All.Where(e => e.Kind == EffectKind.Call).ToLookup(e => e.Syntax);
        _writes = All.Where(e => e is { Kind: EffectKind.Write, At: { Kind: PlaceKind.Variable, Symbol: not null } })
            .ToLookup(e => e.At.Symbol!, e => e.Syntax, SymbolEqualityComparer.Default);
        _origins = All.Where(e => !e.Origins.IsDefault && e.At.Symbol is not null)
            .SelectMany(e => e.Origins.Select(o => (Variable: e.At.Symbol!, Origin: o)))
            .ToLookup<(ISymbol Variable, Place Origin), ISymbol, Place>(o => o.Variable, o => o.Origin, SymbolEqualityComparer.Default);
        var assigned = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (Effect write in All)
        {
            if (write is { Kind: EffectKind.Write, At: { Kind: PlaceKind.Variable, Symbol: { } variable } }
                && (variable is IParameterSymbol || !assigned.Add(variable)))
                _assignedAgain.Add(variable);
            if (write.StartsNew)
                _startNew.Add(write.At.Symbol!);
        }
    }

    public IReadOnlyList<Effect> All { get; }

    /// <summary>The effects that tracing has: not those of code that runs with the graph.</summary>
    public IEnumerable<Effect> WhileTracing => All.Where(e => !e.IsOnHost);

    public static Effects Of(SyntaxNode declaration, SemanticModel model) =>
        s_known.GetOrCreateValue(model).GetOrAdd(declaration, d => new Effects(d, model));

    /// <summary>The effects of some code and of the functions inside of it.</summary>
    public IEnumerable<Effect> In(TextSpan span) => _byPosition.In(span);

    /// <summary>The methods that the compiler calls at a node which names none of them.</summary>
    public IEnumerable<IMethodSymbol> ImplicitCallsAt(SyntaxNode node) =>
        _calls[node].Where(c => c is { Form: CallForm.Implicit, Callee.MethodKind: not MethodKind.Conversion }).Select(c => c.Callee!);

    /// <summary>The operator that converts the value of an expression to what its place asks for.</summary>
    public IMethodSymbol? ConversionAt(ExpressionSyntax expression) =>
        _calls[expression].FirstOrDefault(c => c is { Form: CallForm.Implicit, Callee.MethodKind: MethodKind.Conversion }).Callee;

    /// <summary>True for a variable that keeps the value of its declaration.</summary>
    public bool IsAssignedOnce(ISymbol variable) => !_assignedAgain.Contains(variable);

    /// <summary>The targets of all writes to a variable, and its declaration if that gives it a value.</summary>
    public IEnumerable<SyntaxNode> WritesOf(ISymbol variable) => _writes[variable];

    /// <summary>True for a variable whose declaration makes an object.</summary>
    public bool StartsNew(ISymbol variable) => _startNew.Contains(variable);

    /// <summary>The places that a variable gets its objects from; none that has no name.</summary>
    public IEnumerable<Place> OriginsOf(ISymbol variable) => _origins[variable];

    /// <summary>True for an object that the code itself made: its variable never holds another one.</summary>
    public bool IsNew(Place? place) => place?.Kind == PlaceKind.New
        || (place is { Kind: PlaceKind.Variable, Symbol: { } variable } && StartsNew(variable) && IsAssignedOnce(variable));
}
