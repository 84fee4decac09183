using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>
/// Statements that a tensor may skip or repeat, with the variables that they change: which must be carried out of the region,
/// and which cannot be since they are no tensors.
/// </summary>
internal sealed class RegionDataFlow
{
    private readonly FunctionScope _scope;
    private readonly StatementRange _range;
    private readonly bool _isLoop;
    private readonly HashSet<ISymbol> _written;
    private List<CarriedVariable>? _carried;

    public RegionDataFlow(FunctionScope scope, StatementRange range, bool isLoop)
    {
        _scope = scope;
        _range = range;
        _isLoop = isLoop;
        _written = new HashSet<ISymbol>(scope.Liveness.WrittenIn(range.Span), SymbolEqualityComparer.Default);
        _written.UnionWith(scope.Context.Changes.ByFunctionsCalledIn(range).Where(IsVisible));
        if (isLoop && range.First is ForStatementSyntax loop)
            LoopVariables = [.. DeclaredBy(loop).Select(v => scope.Model.GetDeclaredSymbol(v)!).Where(_written.Contains)];
        _written.RemoveWhere(IsDeclaredInside);
    }

    /// <summary>Variables that the head of a <c>for</c> declares, and that it changes.</summary>
    public IReadOnlyList<ISymbol> LoopVariables { get; } = [];

    /// <summary>Variables that the statements themselves write, also those that they declare.</summary>
    public IEnumerable<ISymbol> Written => _scope.Liveness.WrittenIn(_range.Span);

    /// <summary>Changed here, declared outside, and read later: after the region or in the next iteration.</summary>
    private IEnumerable<ISymbol> Live => _written.Where(IsLive).Concat(LoopVariables).OrderBy(v => v.Locations[0].SourceSpan.Start);

    /// <summary>True if the statements may read the value that a variable has before them.</summary>
    public bool Reads(ISymbol variable) => _scope.Liveness.IsReadIn(variable, _range.Span) && _scope.Liveness.IsLiveBefore(variable, _range.First);

    public bool FlowsOut(ISymbol variable) => _scope.IsShared(variable) || _scope.Liveness.IsLiveAfter(variable, _range);

    /// <summary>The variables that must leave the region as values of the graph, in the order of their declarations.</summary>
    public List<CarriedVariable> Carried() => [.. _carried ??= FindCarried()];

    private List<CarriedVariable> FindCarried()
    {
        var carried = new List<CarriedVariable>();
        foreach (ISymbol variable in Live)
        {
            if (_scope.IsCarried(variable))
            {
                var structure = Structure.Of(Place.TypeOf(variable)!);
                carried.Add(new CarriedVariable(variable.Name, Place.Identifier(variable), structure) { IsReplaced = true });
            }
        }
        carried.AddRange(new CarriedState(_scope.Context, _scope.Function, [.. _range.Statements], _written, IsDeclaredInside).Carried());
        return carried;
    }

    /// <summary>
    /// Tensors that the region changes although nothing reads them afterwards. The variables must not keep a tensor of the inside: a later
    /// region with a flag may mention them.
    /// </summary>
    public IEnumerable<string> Dead(IEnumerable<CarriedVariable> carried)
    {
        var names = new HashSet<string>(carried.Select(c => c.Expression), StringComparer.Ordinal);
        return _written.Where(v => _scope.IsCarried(v) && IsDeclaredBefore(v)).OrderBy(v => v.Locations[0].SourceSpan.Start).Select(Place.Identifier)
            .Where(n => !names.Contains(n));
    }

    /// <summary>Host variables whose new value would be read: their change cannot be a part of the graph.</summary>
    public IEnumerable<ISymbol> HostVariables() => Live.Where(v => !_scope.IsCarried(v));

    /// <summary>The place where <paramref name="variable"/> is first written in the region.</summary>
    public Location WriteOf(ISymbol variable) => (_scope.Liveness.WriteOf(variable, _range.Span) ?? _range.First).GetLocation();

    // Also those of a deconstruction, `for (var (a, b) = …; …)`.
    private static IEnumerable<SyntaxNode> DeclaredBy(ForStatementSyntax loop) =>
        new SyntaxNode?[] { loop.Declaration }.Concat(loop.Initializers).OfType<SyntaxNode>()
            .SelectMany(n => n.DescendantNodesAndSelf(inside => inside is not AnonymousFunctionExpressionSyntax))
            .Where(n => n is VariableDeclaratorSyntax or SingleVariableDesignationSyntax);

    // By place. A variable that the condition of an `if` declares belongs to the block around it.
    private bool IsDeclaredInside(ISymbol variable)
    {
        TextSpan place = variable.Locations[0].SourceSpan;
        return _range.Span.Contains(place) && !_range.Statements.Any(s => s is IfStatementSyntax branch && branch.Condition.Span.Contains(place));
    }

    /// <summary>False for a variable that the region's own condition declares.</summary>
    public bool IsDeclaredBefore(ISymbol variable) => variable.Locations[0].SourceSpan.Start < _range.First.SpanStart;

    private bool IsLive(ISymbol variable) => FlowsOut(variable) || (_isLoop && _scope.Liveness.IsLiveAtHead(variable, _range.First));

    /// <summary>True if the statements can name a variable.</summary>
    private bool IsVisible(ISymbol variable)
    {
        SyntaxNode declaration = variable.DeclaringSyntaxReferences[0].GetSyntax();
        SyntaxNode? owner = declaration.Ancestors().FirstOrDefault(n =>
            Staging.IsFunction(n) || (variable is ILocalSymbol
            && n is BlockSyntax or ForStatementSyntax or CommonForEachStatementSyntax or SwitchSectionSyntax));
        return declaration.SpanStart < _range.First.SpanStart && owner is not null && owner.Span.Contains(_range.First.Span)
            // A static function sees nothing of those around it.
            && !_scope.Function.AncestorsAndSelf().TakeWhile(n => !n.Span.Contains(declaration.Span))
            .Any(n => n is AnonymousFunctionExpressionSyntax { Modifiers: var l } && l.Any(SyntaxKind.StaticKeyword)
                || n is LocalFunctionStatementSyntax { Modifiers: var f } && f.Any(SyntaxKind.StaticKeyword));
    }
}
