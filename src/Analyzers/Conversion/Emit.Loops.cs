using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

internal sealed partial class Emit
{
    /// <summary>
    /// A loop that C# runs while tracing. If a jump that a tensor decides can leave it, each iteration is a region that is guarded by the flags; the
    /// graph then holds as many iterations as C# makes.
    /// </summary>
    private void HostLoop(CodeWriter writer, Loop loop)
    {
        if (loop.Stop is not null)
            writer.Hidden($"bool {_scope.NameOf(loop.Stop)} = false;");
        Declare(writer, new Flag(FlagKind.Break, loop.Source));
        if (_text.Statements.Unrolled(loop.Statement) is { } around)
            writer.Hidden(around);
        Head(writer, loop.Statement);
        writer.OpenBlock();
        if (loop.IsGuarded)
        {
            // A jump that is certain while tracing ends C#'s loop: nothing else would, since no further iteration counts.
            string last = _scope.Context.Name(loop.Source, "last"), known = $"{GraphControl}.AnyKnown({Names(loop.Exits)})";
            writer.Hidden($"bool {last} = {known};");
            writer.Hidden($"if ({last}) break;");
            Region(writer, _scope.Context.Name(loop.Source, "iteration"), null, "If(", NoneOf(loop.Exits), loop.Results, inner =>
            {
                Iteration(inner, loop);
                inner.Hidden($"{last} = {known};");
            });
            writer.Hidden($"if ({last}) break;");
        }
        else
        {
            Iteration(writer, loop);
        }
        if (loop.Stop is not null)
            writer.Hidden($"if ({_scope.NameOf(loop.Stop)}) break;");
        writer.CloseBlock();
        if (loop.Statement is DoStatementSyntax { Condition: var condition })
        {
            _text.Enter(loop, writer);
            writer.Mapped(condition, "while (", _text.Of(condition), ");");
        }
    }

    private void Head(CodeWriter writer, StatementSyntax loop)
    {
        switch (loop)
        {
            case WhileStatementSyntax l:
                writer.Mapped(l.Condition, "while (", _text.Of(l.Condition), ")");
                break;
            case DoStatementSyntax:
                writer.Hidden("do");
                break;
            case ForStatementSyntax l:
                string start = l.Declaration is { } declaration ? _text.Of(declaration) : string.Join(", ", l.Initializers.Select(_text.Of));
                string condition = l.Condition is { } c ? _text.Of(c) : "";
                writer.Mapped(l, "", $"for ({start}; {condition}; {string.Join(", ", l.Incrementors.Select(_text.Of))})");
                break;
            case CommonForEachStatementSyntax l:
                writer.Mapped(l.Expression, $"foreach ({VariableOf(l)} in ", _text.Of(l.Expression), ")");
                break;
        }
    }

    private static string VariableOf(CommonForEachStatementSyntax loop) =>
        loop is ForEachStatementSyntax simple ? $"{simple.Type} {simple.Identifier}" : ((ForEachVariableStatementSyntax)loop).Variable.ToString();

    /// <summary>The body of a loop, with the flag that a staged continue sets.</summary>
    private void Iteration(CodeWriter writer, Loop loop)
    {
        Declare(writer, new Flag(FlagKind.Continue, loop.Source));
        Nodes(writer, loop.Body);
    }

    /// <summary>A loop that becomes one node of the graph. The condition is a part of it, the body another; what they change is carried.</summary>
    private void StagedLoop(CodeWriter writer, Loop loop)
    {
        string name = _scope.Context.Name(loop.Source, "while");
        Declare(writer, new Flag(FlagKind.Break, loop.Source));
        foreach (string variable in loop.Results.Dead)
            writer.Hidden($"var {Saved(name, variable)} = {variable};");
        // A variable that a `for` or a condition declares must not be seen by what follows the loop.
        bool isScoped = loop.Statement is ForStatementSyntax or CommonForEachStatementSyntax
            || (loop.Condition is { } declaring && declaring.DescendantNodes().Any(n => n is SingleVariableDesignationSyntax));
        if (isScoped)
            writer.OpenBlock();
        Start(writer, loop.Statement);
        var sequence = loop.Statement as CommonForEachStatementSyntax;
        string? element = sequence is null ? null : StartSequence(writer, sequence, name);
        bool isIndexed = sequence is not null && IsIndexed(sequence);
        ImmutableArray<CarriedVariable> carried = isIndexed
            ? loop.Results.Variables.Insert(0, CarriedVariable.Own($"{name}_index", _scope.Context.TensorStructure))
            : loop.Results.Variables;
        SyntaxNode head = loop.Condition ?? sequence?.Expression ?? (SyntaxNode?)ConditionOf(loop.Statement) ?? loop.Statement;
        writer.Mapped(head, $"var {name} = ", $"{GraphControl}.While({CarriedVariable.Start(carried)});");
        writer.Hidden($"{name}.Condition();");
        Assign(writer, carried, name + ".Next");
        writer.Mapped(head, $"{name}.EndCondition(", Condition(writer, loop, element), ");");
        writer.Hidden($"{name}.Body();");
        // It runs once. A compiler that optimises would hold local variables on the evaluation stack all through straight-line code, where the
        // statements then have no lines when they run; it can't where a loop starts.
        writer.Hidden("do");
        writer.OpenBlock();
        Assign(writer, carried, name + ".Next");
        if (sequence is not null)
            NextElement(writer, sequence, name, isIndexed);
        if (loop is { Test: TestPlace.InBody, Condition: { } test })
            Tested(writer, loop, test);
        else
            WholeIteration(writer, loop);
        writer.CloseBlock();
        writer.Hidden($"while ({CarriedVariable.End(carried, name, "EndBody").TrimEnd(';')});");
        Assign(writer, carried, name + ".Result");
        if (sequence is not null && !isIndexed)
            writer.Hidden($"{name}_items.End();");
        if (isScoped)
            writer.CloseBlock();
        Restore(writer, name, loop.Results.Dead);
    }

    private static ExpressionSyntax? ConditionOf(StatementSyntax loop) => loop switch
    {
        WhileStatementSyntax l => l.Condition,
        DoStatementSyntax l => l.Condition,
        ForStatementSyntax l => l.Condition,
        _ => null,
    };

    private void Start(CodeWriter writer, StatementSyntax loop)
    {
        if (loop is not ForStatementSyntax start)
            return;
        if (start.Declaration is { } declaration)
            writer.Mapped(declaration, "", _text.Of(declaration), ";");
        foreach (ExpressionSyntax initializer in start.Initializers)
            writer.Mapped(initializer, "", _text.Of(initializer), ";");
    }

    private string Condition(CodeWriter writer, Loop loop, string? element)
    {
        _text.Enter(loop, writer);
        ExpressionSyntax? tested = loop.Test == TestPlace.First ? loop.Condition : null;
        string? more = element ?? (tested is null ? null : _text.Of(tested));
        if (!loop.Exits.Any)
            return more ?? $"{GraphControl}.True";
        if (more is null)
            return NoneOf(loop.Exits);
        return $"{GraphControl}.AndAlso({NoneOf(loop.Exits)}, {(tested is null ? $"() => {more}" : _text.Operands.Later(tested, more))})";
    }

    private void WholeIteration(CodeWriter writer, Loop loop)
    {
        Iteration(writer, loop);
        Nodes(writer, loop.Tail);
    }

    /// <summary>A condition that changes variables: it is evaluated at the start of the body, and the rest is a branch on it.</summary>
    private void Tested(CodeWriter writer, Loop loop, ExpressionSyntax test)
    {
        _text.Enter(loop with { Position = loop.Position with { Depth = loop.Position.Depth + 1 } }, writer);
        Region(writer, _scope.Context.Name(loop.Source, "test"), test, "Test(", _text.Of(test), new(loop.Results.Variables, [], []),
            inner => WholeIteration(inner, loop),
            inner => inner.Hidden($"{_scope.NameOf(new Flag(FlagKind.Break, loop.Source))} = {GraphControl}.True;"));
    }

    private bool IsIndexed(CommonForEachStatementSyntax loop) => _scope.Model.GetTypeInfo(loop.Expression).Type.IsIndexed();

    /// <summary>Declares the iterator over the sequence; gives the condition that it has another element.</summary>
    private string StartSequence(CodeWriter writer, CommonForEachStatementSyntax loop, string name)
    {
        if (IsIndexed(loop))
        {
            writer.Mapped(loop.Expression, $"var {name}_items = ", _text.Of(loop.Expression), ";");
            writer.Hidden($"{TwinText.Tensor} {name}_index = {GraphControl}.First({name}_items);");
            return $"{GraphControl}.HasElement({name}_items, {name}_index)";
        }
        writer.Mapped(loop.Expression, $"var {name}_items = ", _text.Of(loop.Expression), ".GetGraphIterator();");
        return $"{name}_items.MoveNext()";
    }

    private static void NextElement(CodeWriter writer, CommonForEachStatementSyntax loop, string name, bool isIndexed)
    {
        string element = isIndexed ? $"{GraphControl}.Element({name}_items, {name}_index)" : $"{name}_items.Current";
        writer.Hidden($"{VariableOf(loop)} = {element};");
        if (isIndexed)
            writer.Hidden($"{name}_index = {GraphControl}.Next({name}_index);");
    }
}
