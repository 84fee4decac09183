using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Steps;

// The library has types of these names too.
using Flag = TensorGraph.Analyzers.Flag;
using Throw = TensorGraph.Analyzers.Throw;

/// <summary>
/// Nodes as text that looks like C#. A region of the graph says <c>graph</c>; <c>unless</c> is a guard; a comment at a region names the values that it
/// gives to the code after it.
/// </summary>
internal sealed class TreeText
{
    private readonly StringBuilder _text = new();
    private readonly List<Flag> _flags = [];
    private int _depth;

    public static string Of(ImmutableArray<Node> nodes)
    {
        var text = new TreeText();
        text.List(nodes);
        return text._text.ToString();
    }

    private void List(ImmutableArray<Node> nodes)
    {
        foreach (Node node in nodes)
            Write(node);
    }

    private void Write(Node node)
    {
        switch (node)
        {
            case Copy or Jump or Evaluate:
                Line(Flat(node.Source) + (node is Evaluate ? ";" : ""));
                break;
            case Throw thrown:
                Line((thrown.IsPlain ? "" : "graph ") + Flat(thrown.Source) + (thrown.Stops.IsEmpty ? "" : $" // stops {thrown.Stops.Length}"));
                break;
            case SetFlag jump:
                Line($"{(jump.Value is { } value ? $"result = {Flat(value)}; " : "")}set {Name(jump.Flag)};");
                break;
            case SetFlagUnless test:
                Line($"set {Name(test.Flag)} unless ({Flat(test.Condition)});");
                break;
            case Wrapped wrapped:
                Block(wrapped.Source is BlockSyntax ? "" : Flat(wrapped.Source).Split('{')[0].TrimEnd(), wrapped.Body);
                break;
            case Rest rest:
                Block($"rest, skipped by {Names(rest.Skipped)}", rest.Body);
                break;
            case Stoppable stoppable:
                Block("may stop", [stoppable.Statement]);
                Block("unless stopped", stoppable.Body);
                break;
            case Guard guard:
                Block($"unless ({Names(guard.Flags)}){Results(guard)}", guard.Body);
                break;
            case Try attempt:
                Block("try", attempt.Body);
                foreach (Handler handler in attempt.Handlers)
                    Block($"catch {handler.Clause.Declaration}".TrimEnd(), handler.Body);
                if (attempt.Finally is { } last)
                    Block("finally", last);
                break;
            case If branch:
                Block($"{Graph(branch.IsStaged)}if ({Flat(branch.Statement.Condition)}){Results(branch)}", branch.Then);
                if (branch.Else is { } other)
                    Block("else", other);
                break;
            case Loop loop:
                Block($"{Graph(loop.IsStaged)}{(loop.IsGuarded ? $"guarded ({Names(loop.Exits)}) " : "")}loop, test {loop.Test.ToString().ToLowerInvariant()} ({(loop.Condition is null ? "none" : Flat(loop.Condition))})"
                    + $"{(loop.IsStaged && loop.Exits.Any ? $", until {Names(loop.Exits)}" : "")}{(loop.Stop is null ? "" : ", may stop")}{Results(loop)}", loop.Body);
                if (!loop.Tail.IsEmpty)
                    Block("tail", loop.Tail);
                break;
            case Switch match:
                Line($"{Graph(match.IsStaged)}switch ({Flat(match.Statement.Expression)})");
                foreach (Section section in match.Sections)
                    Block(string.Join(" ", section.Statement.Labels.Select(Flat)) + Results(section), section.Body);
                break;
            default:
                throw new InvalidOperationException(node.GetType().Name);
        }
    }

    private static string Graph(bool isStaged) => isStaged ? "graph " : "";

    private static string Results(RegionNode region)
    {
        RegionResults results = region.Results;
        string carried = results.Variables.IsEmpty ? "" : " carries " + string.Join(", ", results.Variables.Select(v => v.Name));
        string dead = results.Dead.IsEmpty ? "" : " drops " + string.Join(", ", results.Dead);
        string restored = results.Restored.Except(results.Dead).Any() ? " restores " + string.Join(", ", results.Restored.Except(results.Dead)) : "";
        return carried + dead + restored is { Length: > 0 } all ? " //" + all : "";
    }

    private string Names(Exits flags) => string.Join(", ", flags.Ordered.Select(Name));

    private string Name(Flag flag)
    {
        if (!_flags.Contains(flag))
            _flags.Add(flag);
        return $"{flag.Kind.ToString().ToLowerInvariant()}{_flags.Where(f => f.Kind == flag.Kind).ToList().IndexOf(flag) + 1}";
    }

    private void Block(string head, ImmutableArray<Node> body)
    {
        if (head.Length > 0)
            Line(head);
        Line("{");
        _depth++;
        List(body);
        _depth--;
        Line("}");
    }

    private void Line(string text) => _text.Append(' ', _depth * 4).Append(text).Append('\n');

    private static string Flat(SyntaxNode node) => string.Join(" ", node.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
