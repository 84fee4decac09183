using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>
/// The variables of one function that are live at each statement: their value may still be read. Backward data flow over the points between
/// statements; it takes time in proportion to the length of the function.
/// </summary>
internal sealed class Liveness
{
    private readonly SemanticModel _model;
    private readonly List<LivePoint> _points = [];
    private readonly Dictionary<ISymbol, int> _indices = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<StatementSyntax, Place> _places = [];
    private readonly Dictionary<string, LivePoint> _labels = new(StringComparer.Ordinal);
    private readonly List<LocalUse> _uses = [];
    private readonly List<(int Position, SyntaxNode Target, LivePoint To)> _jumps = [];
    private readonly LivePoint _exit;

    // The places that jumps lead to, and the handlers of exceptions, at the statement that is looked at.
    private readonly Dictionary<SyntaxNode, (LivePoint Break, LivePoint? Continue)> _targets = [];
    private readonly Stack<(SyntaxNode Try, LivePoint Entry, LivePoint End)> _finallys = new();
    private LivePoint[] _handlers = [];

    public Liveness(SyntaxNode function, SemanticModel model)
    {
        _model = model;
        _exit = Add();
        ISymbol? symbol = function is AnonymousFunctionExpressionSyntax ? model.GetSymbolInfo(function).Symbol : model.GetDeclaredSymbol(function);
        foreach (IParameterSymbol parameter in (symbol as IMethodSymbol)?.Parameters ?? [])
        {
            if (parameter.RefKind is RefKind.Ref or RefKind.Out)
                _exit.Reads(Index(parameter));
        }
        if (function.ChildNodes().OfType<BlockSyntax>().FirstOrDefault() is { } body)
            Statement(body, _exit);
        _uses.Sort((a, b) => a.Place.SpanStart.CompareTo(b.Place.SpanStart));
        _jumps.Sort((a, b) => a.Position.CompareTo(b.Position));
        Solve();
    }

    /// <summary>The variables that statements write, in the order of their first write.</summary>
    public IEnumerable<ISymbol> WrittenIn(TextSpan span) =>
        UsesIn(span).Where(u => u.IsWrite).Select(u => u.Variable).Distinct<ISymbol>(SymbolEqualityComparer.Default);

    /// <summary>The first place where statements write a variable.</summary>
    public SyntaxNode? WriteOf(ISymbol variable, TextSpan span) => UsesIn(span).FirstOrDefault(u => u.IsWrite && Same(u.Variable, variable)).Place;

    public bool IsReadIn(ISymbol variable, TextSpan span) => UsesIn(span).Any(u => !u.IsWrite && Same(u.Variable, variable));

    /// <summary>True if the value that a variable has before a statement may be read by it or later.</summary>
    public bool IsLiveBefore(ISymbol variable, StatementSyntax statement) => IsLive(variable, _places[statement].Before);

    /// <summary>True if the value that a variable has when an iteration starts may be read.</summary>
    public bool IsLiveAtHead(ISymbol variable, StatementSyntax loop) => IsLive(variable, _places[loop].Head);

    /// <summary>True if the value that a variable has when control leaves the statements, in whatever way, may be read.</summary>
    public bool IsLiveAfter(ISymbol variable, StatementRange range)
    {
        TextSpan span = range.Span;
        if (IsLive(variable, _places[range.Last].After) || _places[range.First].Handlers.Any(h => IsLive(variable, h)))
            return true;
        for (int i = FirstAt(_jumps, j => j.Position, span.Start); i < _jumps.Count && _jumps[i].Position < span.End; i++)
        {
            if (!span.Contains(_jumps[i].Target.Span) && IsLive(variable, _jumps[i].To))
                return true;
        }
        return false;
    }

    private static bool Same(ISymbol a, ISymbol b) => SymbolEqualityComparer.Default.Equals(a, b);

    private bool IsLive(ISymbol variable, LivePoint point) => _indices.TryGetValue(variable, out int index) && point.Live.Contains(index);

    private IEnumerable<LocalUse> UsesIn(TextSpan span)
    {
        for (int i = FirstAt(_uses, u => u.Place.SpanStart, span.Start); i < _uses.Count && _uses[i].Place.SpanStart < span.End; i++)
            yield return _uses[i];
    }

    private static int FirstAt<T>(List<T> list, Func<T, int> positionOf, int position)
    {
        int low = 0, high = list.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (positionOf(list[middle]) < position)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private int Index(ISymbol variable)
    {
        if (!_indices.TryGetValue(variable, out int index))
            _indices.Add(variable, index = _indices.Count);
        return index;
    }

    private LivePoint Add(params LivePoint[] next)
    {
        var point = new LivePoint();
        point.Next.AddRange(next);
        point.Next.AddRange(_handlers);
        _points.Add(point);
        return point;
    }

    /// <summary>A point where code is evaluated, before it goes on to one of the next ones.</summary>
    private LivePoint Use(SyntaxNode? code, params LivePoint[] next) => code is null && next.Length == 1 ? next[0] : Use(Add(next), code);

    private LivePoint Use(LivePoint point, SyntaxNode? code)
    {
        if (code is null)
            return point;
        LocalUse[] uses = [.. LocalUse.In(code, _model)];
        _uses.AddRange(uses);
        for (int i = uses.Length - 1; i >= 0; i--)
        {
            if (!uses[i].IsWrite)
                point.Reads(Index(uses[i].Variable));
            else if (uses[i].IsDefinite)
                point.Writes(Index(uses[i].Variable));
        }
        return point;
    }

    /// <summary>Adds the points of a statement, given the one after it; gives the one before it.</summary>
    private LivePoint Statement(StatementSyntax statement, LivePoint after)
    {
        LivePoint[] handlers = _handlers;
        LivePoint? head = null;
        LivePoint before = Before(statement, after, ref head);
        _places[statement] = new Place(before, after, head ?? before, handlers);
        return before;
    }

    private LivePoint List(IReadOnlyList<StatementSyntax> statements, LivePoint after)
    {
        for (int i = statements.Count - 1; i >= 0; i--)
            after = Statement(statements[i], after);
        return after;
    }

    private LivePoint Before(StatementSyntax statement, LivePoint after, ref LivePoint? head)
    {
        switch (statement)
        {
            case BlockSyntax block:
                return List(block.Statements, after);
            case IfStatementSyntax branch:
                return Use(branch.Condition, Statement(branch.Statement, after), branch.Else is { } other
                    ? Statement(other.Statement, after)
                    : after);
            case WhileStatementSyntax loop:
                head = Add();
                head.Next.Add(Body(loop, loop.Statement, head, after, head));
                return Test(head, loop.Condition, after);
            case DoStatementSyntax loop:
                LivePoint test = Add();
                head = Body(loop, loop.Statement, test, after, test);
                test.Next.Add(head);
                Test(test, loop.Condition, after);
                return head;
            case ForStatementSyntax loop:
                head = Add();
                LivePoint step = loop.Incrementors.Reverse().Aggregate(head, (next, incrementor) => Use(incrementor, next));
                head.Next.Add(Body(loop, loop.Statement, step, after, step));
                if (loop.Condition is not null)
                    Test(head, loop.Condition, after);
                LivePoint start = loop.Initializers.Reverse().Aggregate(head, (next, initializer) => Use(initializer, next));
                return loop.Declaration is { } declaration ? declaration.Variables.Reverse().Aggregate(start,
                    (next, variable) => Use(variable, next)) : start;
            case CommonForEachStatementSyntax loop:
                head = Add(after);
                head.Next.Add(Element(loop, Body(loop, loop.Statement, head, after, head)));
                return Use(loop.Expression, head);
            case SwitchStatementSyntax match:
                return Switch(match, after);
            case TryStatementSyntax attempt:
                return Try(attempt, after);
            case UsingStatementSyntax use:
                return Use((SyntaxNode?)use.Declaration ?? use.Expression, Statement(use.Statement, after));
            case LockStatementSyntax held:
                return Use(held.Expression, Statement(held.Statement, after));
            case FixedStatementSyntax pinned:
                return Use(pinned.Declaration, Statement(pinned.Statement, after));
            case CheckedStatementSyntax check:
                return Statement(check.Block, after);
            case UnsafeStatementSyntax code:
                return Statement(code.Block, after);
            case LabeledStatementSyntax labeled:
                LivePoint label = Label(labeled.Identifier.ValueText);
                label.Next.Add(Statement(labeled.Statement, after));
                return label;
            case GotoStatementSyntax { Expression: IdentifierNameSyntax name, CaseOrDefaultKeyword.RawKind: 0 }:
                return Label(name.Identifier.ValueText);
            case GotoStatementSyntax:
                return statement.Ancestors().OfType<SwitchStatementSyntax>().FirstOrDefault() is { } around
                    && _targets.TryGetValue(around, out var sections) && sections.Continue is { } any ? any : after;
            case BreakStatementSyntax or ContinueStatementSyntax:
                SyntaxNode? target = Staging.JumpTarget(statement);
                if (target is null || !_targets.TryGetValue(target, out var points))
                    return after;
                return Jump(statement, target, statement is BreakStatementSyntax ? points.Break : points.Continue!);
            case ReturnStatementSyntax returned:
                return Use(returned.Expression, Jump(returned, FunctionOf(returned), _exit));
            case ThrowStatementSyntax thrown:
                return Use(Add(), thrown.Expression);
            case LocalFunctionStatementSyntax:
                return after;
            default:
                return Use(statement, after);
        }
    }

    private static SyntaxNode FunctionOf(SyntaxNode node) => node.Ancestors().First(Staging.IsFunction);

    private LivePoint Label(string name)
    {
        if (!_labels.TryGetValue(name, out LivePoint label))
            _labels.Add(name, label = Add());
        return label;
    }

    private LivePoint Body(StatementSyntax loop, StatementSyntax body, LivePoint end, LivePoint breaks, LivePoint continues)
    {
        _targets[loop] = (breaks, continues);
        return Statement(body, end);
    }

    // What a constant condition never does has no edge.
    private LivePoint Test(LivePoint point, ExpressionSyntax condition, LivePoint after)
    {
        if (!Staging.IsAlwaysTrue(condition, _model))
            point.Next.Add(after);
        return Use(point, condition);
    }

    private LivePoint Element(CommonForEachStatementSyntax loop, LivePoint body)
    {
        LivePoint element = Add(body);
        IEnumerable<SyntaxNode> declared = loop is ForEachVariableStatementSyntax several
            ? several.Variable.DescendantNodesAndSelf().OfType<SingleVariableDesignationSyntax>()
            : [loop];
        foreach (SyntaxNode node in declared)
        {
            if (_model.GetDeclaredSymbol(node) is not { } variable)
                continue;
            _uses.Add(new(variable, node == loop ? loop.Expression : node, IsWrite: true, IsDefinite: true));
            element.Writes(Index(variable));
        }
        return element;
    }

    private LivePoint Switch(SwitchStatementSyntax match, LivePoint after)
    {
        LivePoint sections = Add();
        // `goto case` leads to some section.
        _targets[match] = (after, sections);
        foreach (SwitchSectionSyntax section in match.Sections)
        {
            LivePoint body = List(section.Statements, after);
            foreach (CasePatternSwitchLabelSyntax label in section.Labels.OfType<CasePatternSwitchLabelSyntax>())
                body = Use(label.Pattern, Use(label.WhenClause?.Condition, body));
            sections.Next.Add(body);
        }
        sections.Next.Add(after);
        return Use(match.Expression, sections);
    }

    private LivePoint Try(TryStatementSyntax attempt, LivePoint after)
    {
        LivePoint[] outer = _handlers;
        LivePoint end = after;
        if (attempt.Finally is { } last)
        {
            LivePoint done = Add(after);
            end = Statement(last.Block, done);
            _finallys.Push((attempt, end, done));
            _handlers = [end, .. outer];
        }
        LivePoint[] catches = [.. attempt.Catches.Select(c => Use(c.Filter?.FilterExpression, Statement(c.Block, end)))];
        _handlers = [.. catches, .. _handlers];
        LivePoint before = Statement(attempt.Block, end);
        if (attempt.Finally is not null)
            _finallys.Pop();
        _handlers = outer;
        return before;
    }

    /// <summary>A jump runs the finally blocks that it leaves.</summary>
    private LivePoint Jump(StatementSyntax jump, SyntaxNode target, LivePoint to)
    {
        foreach ((SyntaxNode attempt, LivePoint entry, LivePoint end) in _finallys.Reverse())
        {
            if (!target.Span.Contains(attempt.Span))
                continue;
            end.Next.Add(to);
            to = entry;
        }
        _jumps.Add((jump.SpanStart, target, to));
        return to;
    }

    // Points are added from the end of the function to its start: a sweep in that order carries everything back at once, but for loops.
    private void Solve()
    {
        foreach (LivePoint point in _points)
            point.Prepare(_indices.Count);
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (LivePoint point in _points)
                changed |= point.Update();
        }
    }

    private sealed record Place(LivePoint Before, LivePoint After, LivePoint Head, LivePoint[] Handlers);
}
