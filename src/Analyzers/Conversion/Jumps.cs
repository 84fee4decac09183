using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// The second step: a jump out of a region of the graph becomes a flag. What it would have skipped runs in a region that is guarded by the flag or,
/// where one branch of an <c>if</c> jumps for certain, in the other branch.
/// </summary>
internal sealed class Jumps(FunctionScope scope)
{
    // How many regions contain the current statement, and the loops, switches and the function whose own C# jumps work at which of these levels.
    private readonly Dictionary<SyntaxNode, int> _depthOf = new() { [scope.Function] = 0 };
    private Position _position;

    /// <summary>True if some return became a flag.</summary>
    public bool ReturnsByFlag { get; private set; }

    public ImmutableArray<Node> Run(ImmutableArray<Node> body) => List(body).Nodes;

    private Result List(IReadOnlyList<Node> list)
    {
        var nodes = ImmutableArray.CreateBuilder<Node>();
        Node[] all = [.. list];
        for (int i = 0; i < all.Length; i++)
        {
            Node node = all[i] with { Position = _position };
            var rest = new ArraySegment<Node>(all, i + 1, all.Length - i - 1);
            // A resource is disposed of before the values that its block changed leave the region.
            if (_position.IsInRegion && node is Copy { Statement: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } use })
            {
                (ImmutableArray<Node> body, Exits left) = List(LocalFunctions.Hoist(nodes, rest, scope.Model));
                nodes.Add(new Wrapped(use, [node, .. body]) { Position = _position });
                return new(nodes.ToImmutable(), left);
            }
            bool takesRest = false;
            (Node next, Exits exits) = node is If branch ? Branches(branch, nodes, rest, out takesRest) : Statement(node);
            nodes.Add(next);
            if (takesRest)
                return new(nodes.ToImmutable(), exits);
            if (!exits.Any)
                continue;
            if (scope.CanComplete((StatementSyntax)node.Source))
                exits = exits.And(Guarded(nodes, exits, LocalFunctions.Hoist(nodes, rest, scope.Model)));
            return new(nodes.ToImmutable(), exits);
        }
        return new(nodes.ToImmutable(), Exits.None);
    }

    private (Node, Exits) Statement(Node node)
    {
        switch (node)
        {
            case Jump jump:
                return Jump(jump);
            case Wrapped wrapped:
                return With(List(wrapped.Body), body => wrapped with { Body = body });
            case Try attempt:
                return Try(attempt);
            case Switch match:
                return Switch(match);
            case Loop loop:
                return loop.IsStaged ? StagedLoop(loop) : HostLoop(loop);
            default:
                return (node, Exits.None);
        }
    }

    private (Node, Exits) Jump(Jump jump)
    {
        SyntaxNode target = jump.Statement is ReturnStatementSyntax ? scope.Function : Staging.JumpTarget(jump.Statement)!;
        if (!_depthOf.TryGetValue(target, out int depth) || _position.Depth == depth)
            return (jump, Exits.None);
        var returned = jump.Statement as ReturnStatementSyntax;
        ReturnsByFlag |= returned is not null;
        var flag = new Flag(returned is not null
            ? FlagKind.Return
            : jump.Statement is BreakStatementSyntax ? FlagKind.Break : FlagKind.Continue, target);
        return (new SetFlag(jump.Statement, flag, returned?.Expression) { Position = _position }, Exits.Of(flag));
    }

    /// <summary>An <c>if</c>; what follows it moves into one branch if the other one always jumps: then no flag is needed.</summary>
    private (Node, Exits) Branches(If branch, ImmutableArray<Node>.Builder before, IReadOnlyList<Node> rest, out bool takesRest)
    {
        Position outer = Enter(branch.IsStaged);
        (ImmutableArray<Node> then, Exits thenExits) = List(branch.Then);
        bool thenLeaves = thenExits.Any && !scope.CanComplete(branch.Statement.Statement);
        (ImmutableArray<Node> other, Exits otherExits) = branch.Else is { } otherwise ? List(otherwise) : new([], Exits.None);
        bool otherEnds = branch.Statement.Else is { } last && !scope.CanComplete(last.Statement);
        bool otherLeaves = !thenLeaves && otherExits.Any && otherEnds;
        takesRest = rest.Count > 0 && (thenLeaves || otherLeaves);
        If result = branch;
        if (takesRest)
        {
            result = branch with { Range = new StatementRange(branch.Statement, (StatementSyntax)rest[rest.Count - 1].Source),
                Rest = StatementRange.Of(rest), RestFlags = thenLeaves ? thenExits : otherExits };
            rest = LocalFunctions.Hoist(before, rest, scope.Model);
            if (thenLeaves && !otherEnds)
                other = Append(other, ref otherExits, thenExits, rest);
            else if (!thenLeaves)
                then = Append(then, ref thenExits, otherExits, rest);
        }
        _position = outer;
        Exits exits = thenExits.And(otherExits);
        return (result with { Then = then, Else = branch.Else is not null || (takesRest && thenLeaves) ? other : null, Exits = exits }, exits);
    }

    private ImmutableArray<Node> Append(ImmutableArray<Node> branch, ref Exits exits, Exits skipped, IReadOnlyList<Node> rest)
    {
        if (rest.Count == 0)
            return branch;
        var appended = ImmutableArray.CreateBuilder<Node>();
        if (exits.Any)
        {
            exits = exits.And(Guarded(appended, exits, rest));
        }
        else
        {
            (ImmutableArray<Node> nodes, exits) = List(rest);
            appended.AddRange(nodes);
        }
        return branch.Add(new Rest(rest[0].Source, skipped, appended.ToImmutable()) { Position = _position });
    }

    /// <summary>Adds the statements after a possible jump, in a region that runs if none of the flags is set.</summary>
    private Exits Guarded(ImmutableArray<Node>.Builder nodes, Exits flags, IReadOnlyList<Node> rest)
    {
        if (rest.Count == 0)
            return Exits.None;
        Position outer = Enter(isRegion: true);
        (ImmutableArray<Node> body, Exits exits) = List(rest);
        _position = outer;
        nodes.Add(new Guard(rest[0].Source, GuardKind.Rest, flags, body) { Range = StatementRange.Of(rest), Exits = exits, Position = outer });
        return exits;
    }

    private (Node, Exits) Try(Try attempt)
    {
        Position outer = _position;
        if (attempt.Handlers.Length > 0)
            _position = outer with { CaughtDepth = outer.Depth };
        (ImmutableArray<Node> body, Exits exits) = List(attempt.Body);
        _position = outer;
        var handlers = ImmutableArray.CreateBuilder<Handler>();
        foreach (Handler handler in attempt.Handlers)
        {
            (ImmutableArray<Node> nodes, Exits left) = List(handler.Body);
            handlers.Add(handler with { Body = nodes });
            exits = exits.And(left);
        }
        return (attempt with { Body = body, Handlers = handlers.ToImmutable(), Finally = attempt.Finally is { } last ? List(last).Nodes : null },
            exits);
    }

    private (Node, Exits) Switch(Switch match)
    {
        _depthOf[match.Source] = _position.Depth;
        var sections = ImmutableArray.CreateBuilder<Section>();
        Exits exits = Exits.None;
        Position outer = Enter(match.IsStaged);
        foreach (Section section in match.Sections)
        {
            (ImmutableArray<Node> body, Exits left) = List(match.IsStaged ? WithoutEnd(section) : section.Body);
            sections.Add(section with { Body = body, Exits = left, Position = outer });
            exits = exits.And(left);
        }
        _position = outer;
        return (match with { Sections = sections.ToImmutable() }, exits.After(match.Source));
    }

    // The break that ends a section needs no flag: nothing follows it.
    private static ImmutableArray<Node> WithoutEnd(Section section)
    {
        ImmutableArray<Node> body = section.Body.Length == 1 && section.Body[0] is Wrapped { Statement: BlockSyntax } block
            ? block.Body
            : section.Body;
        return body.LastOrDefault() is Jump { Statement: BreakStatementSyntax } ? body.RemoveAt(body.Length - 1) : body;
    }

    private (Node, Exits) HostLoop(Loop loop)
    {
        _depthOf[loop.Source] = _position.Depth;
        bool isGuarded = scope.IsLeftByFlag(loop.Statement, _position.IsInRegion);
        Position outer = Enter(isGuarded);
        (ImmutableArray<Node> body, Exits exits) = List(loop.Body);
        _position = outer;
        Exits leaves = exits.WithoutContinue(loop.Source);
        return (loop with { Body = body, IsGuarded = isGuarded, Exits = leaves }, exits.After(loop.Source));
    }

    private (Node, Exits) StagedLoop(Loop loop)
    {
        _depthOf[loop.Source] = _position.Depth;
        Position outer = Enter(isRegion: true);
        (ImmutableArray<Node> body, Exits exits) = List(loop.Body);
        Exits jumps = exits.WithoutContinue(loop.Source), leaves = jumps;
        var end = new Flag(FlagKind.Break, loop.Source);
        if (loop is { Test: not TestPlace.First, Condition: not null })
            leaves = leaves.And(Exits.Of(end));
        ImmutableArray<Node> tail = List(loop.Tail).Nodes;
        // After a break or return a counter keeps its value, if it can still be read.
        if (tail.Length > 0 && leaves.Any && !tail.All(step => scope.ChangesOnlyOwnCounter((Evaluate)step, loop)))
            tail = [new Guard(loop.Source, GuardKind.Step, leaves, tail) { Range = loop.Range, Position = _position }];
        if (loop is { Test: TestPlace.Last, Condition: { } condition })
        {
            var test = new SetFlagUnless(condition, end) { Position = _position };
            tail = tail.Add(jumps.Any ? new Guard(loop.Source, GuardKind.Test, jumps, [test]) { Range = loop.Range, Exits = Exits.Of(end),
                Position = _position } : test);
        }
        _position = outer;
        return (loop with { Body = body, Tail = tail, Exits = leaves }, exits.After(loop.Source));
    }

    /// <summary>Goes into a region; gives the position outside.</summary>
    private Position Enter(bool isRegion)
    {
        Position outer = _position;
        if (isRegion)
            _position = outer with { Depth = outer.Depth + 1 };
        return outer;
    }

    private static (Node, Exits) With(Result list, Func<ImmutableArray<Node>, Node> make) => (make(list.Nodes), list.Exits);

    private readonly record struct Result(ImmutableArray<Node> Nodes, Exits Exits);
}
