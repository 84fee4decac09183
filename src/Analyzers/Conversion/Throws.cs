using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// A C# variable of the twin that says, while tracing, that a throw of the graph is reached for certain; for a list of statements or the iterations
/// of a C# loop.
/// </summary>
internal sealed record Stop(SyntaxNode Place, int Depth, StatementSyntax? Loop = null);

/// <summary>
/// The third step: an exception that a tensor decides about happens when the graph runs. What follows a throw that C# decides is not traced:
/// it may rely on the very thing that the exception speaks of.
/// </summary>
internal sealed class Throws(FunctionScope scope)
{
    private readonly List<Stop> _stops = [];

    public ImmutableArray<Node> Run(ImmutableArray<Node> body) => scope.HasThrow ? List(body) : body;

    private ImmutableArray<Node> List(ImmutableArray<Node> list)
    {
        var nodes = ImmutableArray.CreateBuilder<Node>();
        for (int i = 0; i < list.Length; i++)
        {
            Node node = list[i];
            if (!node.Position.IsInRegion || list.Skip(i + 1).All(n => n.Source is LocalFunctionStatementSyntax)
                || node.Source is not StatementSyntax statement || !MayThrow(statement))
            {
                nodes.Add(Statement(node));
                continue;
            }
            IReadOnlyList<Node> rest = LocalFunctions.Hoist(nodes, list.RemoveRange(0, i + 1), scope.Model);
            var stop = new Stop(node.Source, node.Position.Depth);
            _stops.Add(stop);
            Node stopped = Statement(node);
            _stops.RemoveAt(_stops.Count - 1);
            nodes.Add(new Stoppable(stop, stopped, List([.. rest])) { Position = node.Position });
            break;
        }
        return nodes.ToImmutable();
    }

    private Node Statement(Node node)
    {
        int count = _stops.Count;
        if (node is Guard or Rest)
            RaiseStops(node is Guard guard ? guard.Flags : ((Rest)node).Skipped, node.Position.Depth + (node is Guard ? 1 : 0));
        else if (node is Loop { IsStaged: false } loop && (loop.IsGuarded || node.Position.IsInRegion) && MayThrow(Staging.BodyOf(loop.Statement)))
        {
            var stop = new Stop(loop.Source, node.Position.Depth + (loop.IsGuarded ? 1 : 0), loop.Statement);
            node = loop with { Stop = stop };
            _stops.Add(stop);
        }
        node = (node with { Stops = [.. _stops.Where(s => s.Depth == node.Position.Depth)] }).WithBodies(List);
        _stops.RemoveRange(count, _stops.Count - count);
        return node;
    }

    /// <summary>True if C# decides, in a region, whether the statement throws.</summary>
    private bool MayThrow(StatementSyntax statement) =>
        statement is not (ThrowStatementSyntax or LocalFunctionStatementSyntax) && Staging.InSameFunction(statement)
            .Any(n => n is ThrowStatementSyntax or ThrowExpressionSyntax
            && !n.Ancestors().TakeWhile(a => a != statement.Parent).Any(a => scope.IsStaged(a) || a is TryStatementSyntax { Catches.Count: > 0 }));

    /// <summary>
    /// Code that a jump out of a C# loop skips is reached in every iteration that goes on: if it throws, no further iteration is reached.
    /// </summary>
    private void RaiseStops(Exits flags, int depth) => _stops.AddRange(
    [
        .. _stops.Where(s => s.Loop is { } loop && s.Depth == depth - 1
            && flags.Flags.All(f => f.Kind == FlagKind.Return || (f.Target == loop ? f.Kind == FlagKind.Break : f.Target.Span.Contains(loop.Span))))
            .Select(s => s with { Depth = depth }),
    ]);
}
