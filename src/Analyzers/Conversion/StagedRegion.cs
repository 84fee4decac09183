using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>
/// Statements that a tensor may skip or repeat, with the variables that they change: which must be carried out of the region,
/// and which cannot be since they are no tensors. Roslyn's data-flow analysis gives the exact sets.
/// </summary>
internal sealed class StagedRegion
{
    private readonly ConversionContext _context;
    private readonly SyntaxNode _function;
    private readonly IReadOnlyList<StatementSyntax> _statements;
    private readonly DataFlowAnalysis _flow;
    private readonly bool _isLoop;
    private readonly HashSet<ISymbol> _written;
    private List<CarriedVariable>? _carried;

    public StagedRegion(ConversionContext context, SyntaxNode function, IReadOnlyList<StatementSyntax> statements, bool isLoop)
    {
        _context = context;
        _function = function;
        _statements = statements;
        _isLoop = isLoop;
        _flow = context.Model.AnalyzeDataFlow(statements[0], statements[statements.Count - 1])!;
        _written = new HashSet<ISymbol>(_flow.WrittenInside, SymbolEqualityComparer.Default);
        _written.UnionWith(context.ChangedByLambdas.Where(IsInScope));
        // A struct is written when a field of it is, and that is carried by its name.
        _written.RemoveWhere(v => v is IParameterSymbol { IsThis: true });
        if (isLoop && statements[0] is ForStatementSyntax loop)
            LoopVariables = [.. DeclaredBy(loop).Select(v => context.Model.GetDeclaredSymbol(v)!).Where(_written.Contains)];
        // By place, since the analysis does not list the variables that case labels declare.
        _written.RemoveWhere(v => statements.Any(s => IsDeclaredIn(s, v.Locations[0].SourceSpan)));
    }

    /// <summary>Variables that the head of a <c>for</c> declares, and that it changes.</summary>
    public IReadOnlyList<ISymbol> LoopVariables { get; } = [];

    /// <summary>Changed here, declared outside, and read later: after the region or in the next iteration.</summary>
    private IEnumerable<ISymbol> Live => _written.Where(IsLive).Concat(LoopVariables).OrderBy(v => v.Locations[0].SourceSpan.Start);

    public bool FlowsIn(ISymbol variable) => _flow.DataFlowsIn.Contains(variable, SymbolEqualityComparer.Default);

    public bool FlowsOut(ISymbol variable) =>
        _flow.DataFlowsOut.Contains(variable, SymbolEqualityComparer.Default) || IsShared(variable) || (_context.HasLocalFunctions && IsReadBehind(variable));

    public IEnumerable<ISymbol> Written => _flow.WrittenInside;

    /// <summary>Variables that are read before the region gives them a value.</summary>
    public IEnumerable<ISymbol> ReadFirst => _flow.DataFlowsIn;

    /// <summary>The variables that must leave the region as values of the graph, in the order of their declarations.</summary>
    public List<CarriedVariable> Carried() => [.. _carried ??= FindCarried()];

    private List<CarriedVariable> FindCarried()
    {
        var carried = new List<CarriedVariable>();
        foreach (ISymbol variable in Live)
        {
            var structure = Structure.Of(TypeOf(variable));
            if (structure.IsFixed)
                carried.Add(new CarriedVariable(variable.Name, Identifier(variable), structure));
        }
        carried.AddRange(new StagedMembers(_context, _function, _statements, _written, _flow).Carried());
        return carried;
    }

    /// <summary>
    /// Tensors that the region changes although nobody reads them afterwards. The variables must not keep a tensor of the inside: a later
    /// branch on a flag may mention them.
    /// </summary>
    public IEnumerable<string> Dead(IEnumerable<CarriedVariable> carried)
    {
        var names = new HashSet<string>(carried.Select(c => c.Expression), StringComparer.Ordinal);
        return _written.Where(v => Structure.Of(TypeOf(v)).IsFixed).OrderBy(v => v.Locations[0].SourceSpan.Start).Select(Identifier).Where(n => !names.Contains(n));
    }

    /// <summary>Host variables whose new value somebody would read: their change cannot be a part of the graph.</summary>
    public IEnumerable<ISymbol> HostVariables() =>
        Live.Where(v => !Structure.Of(TypeOf(v)).IsFixed);

    /// <summary>Where <paramref name="variable"/> is first written in the region.</summary>
    public Location WriteOf(ISymbol variable)
    {
        foreach (SyntaxNode node in _statements.SelectMany(s => s.DescendantNodes()))
        {
            ExpressionSyntax? target = node switch
            {
                AssignmentExpressionSyntax assignment => assignment.Left,
                PrefixUnaryExpressionSyntax unary when unary.IsKind(SyntaxKind.PreIncrementExpression) || unary.IsKind(SyntaxKind.PreDecrementExpression) => unary.Operand,
                PostfixUnaryExpressionSyntax unary => unary.Operand,
                ArgumentSyntax { RefKindKeyword.RawKind: not 0 } argument => argument.Expression,
                _ => null,
            };
            if (target is not null && target.DescendantNodesAndSelf().Any(n => n is IdentifierNameSyntax && SymbolEqualityComparer.Default.Equals(_context.Model.GetSymbolInfo(n).Symbol, variable)))
                return target.GetLocation();
        }
        return _statements[0].GetLocation();
    }

    // Also those of a deconstruction, `for (var (a, b) = …; …)`.
    private static IEnumerable<SyntaxNode> DeclaredBy(ForStatementSyntax loop) =>
        new SyntaxNode?[] { loop.Declaration }.Concat(loop.Initializers).OfType<SyntaxNode>()
            .SelectMany(n => n.DescendantNodesAndSelf(inside => inside is not AnonymousFunctionExpressionSyntax))
            .Where(n => n is VariableDeclaratorSyntax or SingleVariableDesignationSyntax);

    // A variable that the condition of an `if` declares belongs to the block around it.
    private static bool IsDeclaredIn(StatementSyntax statement, TextSpan place) =>
        statement.Span.Contains(place) && !(statement is IfStatementSyntax branch && branch.Condition.Span.Contains(place));

    public static ITypeSymbol TypeOf(ISymbol variable) => variable is ILocalSymbol local ? local.Type : ((IParameterSymbol)variable).Type;

    public static string Identifier(ISymbol variable) =>
        SyntaxFacts.GetKeywordKind(variable.Name) != SyntaxKind.None ? "@" + variable.Name : variable.Name;

    private bool IsLive(ISymbol variable) => FlowsOut(variable) || (_isLoop && FlowsIn(variable)) || IsReadSomewhere(variable);

    // The analysis loses sight of an assignment to one field of a tuple or struct where a finally follows.
    private bool IsReadSomewhere(ISymbol variable) => TypeOf(variable).IsValueType && Structure.Of(TypeOf(variable)).IsFixed
        && (_flow.ReadOutside.Contains(variable, SymbolEqualityComparer.Default) || (_isLoop && _flow.ReadInside.Contains(variable, SymbolEqualityComparer.Default)));

    // A variable of an enclosing function, or one that a lambda uses, may be read by code that flow analysis cannot follow.
    private bool IsShared(ISymbol variable) =>
        _context.ChangedByLambdas.Contains(variable, SymbolEqualityComparer.Default) || _context.ReadByLambdas.Contains(variable, SymbolEqualityComparer.Default) || !_function.Span.Contains(variable.Locations[0].SourceSpan);

    // The analysis forgets what flows out of a region once a local function is called in it or behind it.
    private bool IsReadBehind(ISymbol variable)
    {
        SyntaxNode? repeated = _statements[0].Ancestors().TakeWhile(n => n != _function).LastOrDefault(n => n is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax);
        int start = repeated?.SpanStart ?? _statements[0].SpanStart, end = _statements[_statements.Count - 1].Span.End;
        return _function.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == variable.Name
            && n.SpanStart >= start && (n.SpanStart < _statements[0].SpanStart || n.SpanStart >= end) && !IsOnlyWritten(n)
            && SymbolEqualityComparer.Default.Equals(Names.SymbolOf(n, _context.Model), variable));
    }

    private static bool IsOnlyWritten(IdentifierNameSyntax name) =>
        (name.Parent is AssignmentExpressionSyntax assignment && assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && assignment.Left == name)
        || name.Parent is ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.OutKeyword };

    private bool IsInScope(ISymbol variable)
    {
        SyntaxNode declaration = variable.DeclaringSyntaxReferences[0].GetSyntax();
        SyntaxNode? scope = declaration.Ancestors().FirstOrDefault(n =>
            Staging.IsFunction(n) || (variable is ILocalSymbol && n is BlockSyntax or ForStatementSyntax or CommonForEachStatementSyntax or SwitchSectionSyntax));
        return declaration.SpanStart < _statements[0].SpanStart && scope is not null && scope.Span.Contains(_statements[0].Span);
    }
}
