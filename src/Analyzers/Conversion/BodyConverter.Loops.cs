using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

internal sealed partial class BodyConverter
{
    private Flag BreakOf(SyntaxNode target) => new(_context.Name(target, "break"), FlagKind.Break, target);

    private Flag ContinueOf(SyntaxNode target) => new(_context.Name(target, "continue"), FlagKind.Continue, target);

    private static StatementSyntax BodyOf(StatementSyntax loop) => loop switch
    {
        WhileStatementSyntax l => l.Statement,
        DoStatementSyntax l => l.Statement,
        ForStatementSyntax l => l.Statement,
        _ => ((CommonForEachStatementSyntax)loop).Statement,
    };

    /// <summary>
    /// A loop that C# runs while tracing. A break or return that a tensor decides sets a flag, and each iteration stands in a branch
    /// on it; the graph then holds as many iterations as C# makes.
    /// </summary>
    private Exits HostLoop(CodeWriter writer, StatementSyntax loop)
    {
        StatementSyntax body = BodyOf(loop);
        bool guarded = Staging.HasStagedExit(loop, body, Model) || (_stagedDepth > 0 && Jumps(body).Any(j => j is ReturnStatementSyntax));
        var inner = new CodeWriter(writer.Depth + 1);
        _hostDepth[loop] = _stagedDepth;
        Exits exits;
        string thrown = _context.Name(loop, "stopped");
        bool stops = (guarded || _stagedDepth > 0) && ThrowsByHost(body);
        if (guarded)
        {
            var iteration = new CodeWriter(writer.Depth + 2);
            _stagedDepth++;
            exits = StoppableBody(iteration, loop, body, stops ? thrown : null);
            _stagedDepth--;
            Exits guards = exits.WithoutContinue(loop);
            var analysis = _context.Region(_function, [body]);
            ReportHostVariables(analysis, guards);
            CheckHead(loop);
            List<CarriedVariable> carried = With(analysis.Carried(), guards);
            // A jump that is certain while tracing ends C#'s loop: otherwise nothing would, since no further iteration counts on.
            string last = _context.Name(loop, "last"), flags = string.Join(", ", guards.Ordered.Select(f => f.Name));
            iteration.Hidden($"{last} = {Flow}.AnyKnown({flags});");
            inner.Hidden($"bool {last} = {Flow}.AnyKnown({flags});");
            inner.Hidden($"if ({last}) break;");
            WriteGuard(inner, _context.Name(loop, "iteration"), guards, carried, iteration, Dead(analysis, carried));
            inner.Hidden($"if ({last}) break;");
        }
        else
        {
            exits = StoppableBody(inner, loop, body, stops ? thrown : null);
        }
        if (stops)
        {
            writer.Hidden($"bool {thrown} = false;");
            inner.Hidden($"if ({thrown}) break;");
        }
        DeclareBreak(writer, loop);
        if (Unrolled(loop) is { } around)
            writer.Hidden(around);
        WriteHostLoop(writer, loop, inner);
        return exits.After(loop);
    }

    /// <summary>What stands around a C# loop that may record nodes, to count them; null for anything else.</summary>
    private string? Unrolled(StatementSyntax loop)
    {
        if (!Staging.Unrolls(loop, Model))
            return null;
        FileLinePositionSpan span = loop.SyntaxTree.GetLineSpan(loop.Span);
        return $"using ({Flow}.Unrolled({SymbolDisplay.FormatLiteral(span.Path, quote: true)}, {span.StartLinePosition.Line + 1}))";
    }

    /// <summary>The text of a statement whose surroundings, if it is a loop, are written already.</summary>
    private string LoopText(StatementSyntax statement)
    {
        StatementSyntax? outer = _copied;
        _copied = statement;
        string text = Text(statement);
        _copied = outer;
        return text;
    }

    private void WriteHostLoop(CodeWriter writer, StatementSyntax loop, CodeWriter inner)
    {
        switch (loop)
        {
            case WhileStatementSyntax l:
                writer.Mapped(l.Condition, "while (", Text(l.Condition), ")");
                WriteBlock(writer, inner);
                break;
            case DoStatementSyntax l:
                writer.Hidden("do");
                WriteBlock(writer, inner);
                writer.Mapped(l.Condition, "while (", Text(l.Condition), ");");
                break;
            case ForStatementSyntax l:
                string start = l.Declaration is { } declaration ? Text(declaration) : string.Join(", ", l.Initializers.Select(Text));
                string condition = l.Condition is { } c ? Text(c) : "";
                writer.Mapped(l, "", $"for ({start}; {condition}; {string.Join(", ", l.Incrementors.Select(Text))})");
                WriteBlock(writer, inner);
                break;
            case ForEachStatementSyntax l:
                writer.Mapped(l.Expression, $"foreach ({l.Type} {l.Identifier} in ", Text(l.Expression), ")");
                WriteBlock(writer, inner);
                break;
            case ForEachVariableStatementSyntax l:
                writer.Mapped(l.Expression, $"foreach ({l.Variable} in ", Text(l.Expression), ")");
                WriteBlock(writer, inner);
                break;
        }
    }

    /// <summary>The body of a loop, with the flag that a staged continue sets.</summary>
    private Exits LoopBody(CodeWriter writer, StatementSyntax loop, StatementSyntax body)
    {
        var inner = new CodeWriter(writer.Depth);
        Exits exits = Inside(inner, body);
        if (_readFlags.Contains(ContinueOf(loop).Name))
            writer.Hidden($"{Tensor} {ContinueOf(loop).Name} = {Flow}.False;");
        writer.Append(inner);
        return exits;
    }

    private void DeclareBreak(CodeWriter writer, SyntaxNode target)
    {
        if (_readFlags.Contains(BreakOf(target).Name))
            writer.Hidden($"{Tensor} {BreakOf(target).Name} = {Flow}.False;");
    }

    /// <summary>
    /// A loop that becomes one node of the graph. The condition is a part of it, the body another; what they change is carried.
    /// </summary>
    private Exits StagedLoop(CodeWriter writer, StatementSyntax loop)
    {
        string name = _context.Name(loop, "while");
        _hostDepth[loop] = _stagedDepth;
        _stagedDepth++;
        // A variable that a `for` or a condition declares must not be seen by what follows the loop.
        bool scoped = loop is ForStatementSyntax or CommonForEachStatementSyntax || ConditionOf(loop) is { } declaring && Declares(declaring);
        var body = new CodeWriter(writer.Depth + (scoped ? 2 : 1));
        Exits exits = LoopBody(body, loop, BodyOf(loop));
        // The end test of do … while, and a condition that changes something, are made in the body, where changes are carried.
        bool testsInBody = loop is DoStatementSyntax || ConditionOf(loop) is { } test && ChangesState(test);
        Exits leaves = exits.WithoutContinue(loop);
        if (testsInBody)
            leaves = leaves.And(Exits.Of(BreakOf(loop)));
        if (loop is ForStatementSyntax { Incrementors.Count: > 0 } counting)
            Increment(body, counting, leaves);
        if (loop is DoStatementSyntax endTested && !Staging.IsAlwaysTrue(endTested.Condition, Model))
            TestInBody(body, endTested.Condition, exits.WithoutContinue(loop), loop);
        else if (testsInBody && loop is not DoStatementSyntax)
            body = TestFirst(body, ConditionOf(loop)!, leaves, loop);
        _stagedDepth--;

        var analysis = _context.Region(_function, [loop], isLoop: true);
        foreach (ISymbol variable in analysis.HostVariables())
            ReportHostVariable(analysis, variable);
        string condition = LoopCondition(leaves, testsInBody || ConditionOf(loop) is { } always && Staging.IsAlwaysTrue(always, Model) ? null : ConditionOf(loop));
        List<CarriedVariable> carried = With(analysis.Carried(), leaves);

        DeclareBreak(writer, loop);
        List<string> dead = Dead(analysis, carried);
        Save(writer, name, dead);
        if (scoped)
            writer.OpenBlock();
        if (loop is ForStatementSyntax start)
        {
            if (start.Declaration is { } declaration)
                writer.Mapped(declaration, "", Text(declaration), ";");
            foreach (ExpressionSyntax initializer in start.Initializers)
                writer.Mapped(initializer, "", Text(initializer), ";");
        }
        if (loop is CommonForEachStatementSyntax sequence)
            condition = StartSequence(writer, sequence, name, leaves, carried);
        writer.Mapped(HeadOf(loop), $"var {name} = ", $"{Flow}.While({Carry(carried)};");
        writer.Hidden($"{name}.Condition();");
        WriteNext(writer, name, carried);
        writer.Mapped(HeadOf(loop), $"{name}.EndCondition(", condition, ");");
        writer.Hidden($"{name}.Body();");
        writer.OpenBlock();
        WriteNext(writer, name, carried);
        if (loop is CommonForEachStatementSyntax each)
            NextElement(writer, each, name);
        writer.Append(body);
        writer.Hidden($"{name}.EndBody({CarriedVariable.Values(carried)});");
        writer.CloseBlock();
        WriteResults(writer, name, carried);
        if (scoped)
            writer.CloseBlock();
        Restore(writer, name, dead);
        return exits.After(loop);
    }

    private static void WriteNext(CodeWriter writer, string name, List<CarriedVariable> carried)
    {
        if (carried.Count > 0)
            writer.Hidden(CarriedVariable.AssignAll(carried, name + ".Next"));
    }

    private static ExpressionSyntax? ConditionOf(StatementSyntax loop) => loop switch
    {
        WhileStatementSyntax l => l.Condition,
        DoStatementSyntax l => l.Condition,
        ForStatementSyntax l => l.Condition,
        _ => null,
    };

    private static bool Declares(ExpressionSyntax expression) => expression.DescendantNodes().Any(n => n is SingleVariableDesignationSyntax);

    private static SyntaxNode HeadOf(StatementSyntax loop) => ConditionOf(loop) ?? (loop is CommonForEachStatementSyntax each ? (SyntaxNode)each.Expression : loop);

    private string LoopCondition(Exits leaves, ExpressionSyntax? condition)
    {
        if (condition is null)
            return leaves.Any ? NoneOf(leaves) : $"{Flow}.True";
        return leaves.Any ? $"{Flow}.AndAlso({NoneOf(leaves)}, {Later(condition, Text(condition))})" : Text(condition);
    }

    private void Increment(CodeWriter body, ForStatementSyntax loop, Exits leaves)
    {
        // After a break or return a counter keeps its value, if somebody can still read it.
        bool guarded = leaves.Any && !loop.Incrementors.All(i => ChangesOnlyOwnCounter(i, loop));
        var increments = new CodeWriter(body.Depth + (guarded ? 1 : 0));
        foreach (ExpressionSyntax incrementor in loop.Incrementors)
            increments.Mapped(incrementor, "", Text(incrementor), ";");
        if (!guarded)
        {
            body.Append(increments);
            return;
        }
        HashSet<string> changed = [.. loop.Incrementors.SelectMany(i => _context.Changes.In(i)).Select(c => c.Name)];
        List<CarriedVariable> carried = [.. _context.Region(_function, [loop], isLoop: true).Carried()
            .Where(c => changed.Contains(c.Name) || changed.Any(name => c.Name.EndsWith("." + name, StringComparison.Ordinal)))];
        WriteGuard(body, _context.Name(loop, "step"), leaves, carried, increments, []);
    }

    private bool ChangesOnlyOwnCounter(ExpressionSyntax incrementor, ForStatementSyntax loop) =>
        incrementor is PostfixUnaryExpressionSyntax { Operand: IdentifierNameSyntax name } && loop.Declaration is { } declaration
        && declaration.Variables.Any(v => v.Identifier.Text == name.Identifier.Text);

    /// <summary>The end of a do … while body: unless a jump left the loop, its condition decides.</summary>
    private void TestInBody(CodeWriter body, ExpressionSyntax condition, Exits leaves, StatementSyntax loop)
    {
        _readFlags.Add(BreakOf(loop).Name);
        var test = new CodeWriter(body.Depth + (leaves.Any ? 1 : 0));
        test.Mapped(condition, $"{BreakOf(loop).Name} = {Flow}.Not(", Text(condition), ");");
        if (!leaves.Any)
        {
            body.Append(test);
            return;
        }
        List<CarriedVariable> carried = ChangesState(condition) ? _context.Region(_function, [loop], isLoop: true).Carried() : [];
        WriteGuard(body, _context.Name(loop, "test"), leaves, With(carried, Exits.Of(BreakOf(loop))), test, []);
    }

    /// <summary>A condition that changes variables: it is evaluated at the start of the body, and the rest stands in a branch on it.</summary>
    private CodeWriter TestFirst(CodeWriter body, ExpressionSyntax condition, Exits leaves, StatementSyntax loop)
    {
        _readFlags.Add(BreakOf(loop).Name);
        string name = _context.Name(loop, "test");
        var outer = new CodeWriter(body.Depth);
        List<CarriedVariable> carried = With(_context.Region(_function, [loop], isLoop: true).Carried(), leaves);
        outer.Mapped(condition, $"var {name} = {Flow}.Test(", Text(condition), $", {Carry(carried)};");
        outer.Hidden($"if ({name}.Then())");
        outer.OpenBlock();
        outer.Append(body);
        outer.Hidden($"{name}.EndThen({CarriedVariable.Values(carried)});");
        outer.CloseBlock();
        outer.Hidden(CarriedVariable.AssignAll(carried, name + ".Before"));
        outer.Hidden($"if ({name}.Else())");
        outer.OpenBlock();
        outer.Hidden($"{BreakOf(loop).Name} = {Flow}.True;");
        outer.Hidden($"{name}.EndElse({CarriedVariable.Values(carried)});");
        outer.CloseBlock();
        outer.Hidden($"{name}.End();");
        WriteResults(outer, name, carried);
        return outer;
    }

    private bool ChangesState(ExpressionSyntax condition) => _context.Changes.In(condition).Any();

    /// <summary>Declares what walks over the sequence, and gives the loop's condition.</summary>
    private string StartSequence(CodeWriter writer, CommonForEachStatementSyntax loop, string name, Exits leaves, List<CarriedVariable> carried)
    {
        string more;
        if (Model.GetTypeInfo(loop.Expression).Type.IsIndexed())
        {
            writer.Mapped(loop.Expression, $"var {name}_items = ", Text(loop.Expression), ";");
            writer.Hidden($"{Tensor} {name}_index = {Flow}.First({name}_items);");
            carried.Insert(0, CarriedVariable.Own($"{name}_index", new Structure(StructureKind.Tensor, Model.Compilation.ObjectType, [])));
            more = $"{Flow}.HasElement({name}_items, {name}_index)";
        }
        else
        {
            writer.Mapped(loop.Expression, $"var {name}_items = ", Text(loop.Expression), ".GetGraphIterator();");
            more = $"{name}_items.MoveNext()";
        }
        return leaves.Any ? $"{Flow}.AndAlso({NoneOf(leaves)}, () => {more})" : more;
    }

    private void NextElement(CodeWriter writer, CommonForEachStatementSyntax loop, string name)
    {
        bool indexed = Model.GetTypeInfo(loop.Expression).Type.IsIndexed();
        string element = indexed ? $"{Flow}.Element({name}_items, {name}_index)" : $"{name}_items.Current";
        string variable = loop is ForEachStatementSyntax simple ? $"{simple.Type} {simple.Identifier}" : ((ForEachVariableStatementSyntax)loop).Variable.ToString();
        writer.Hidden($"{variable} = {element};");
        if (indexed)
            writer.Hidden($"{name}_index = {Flow}.Next({name}_index);");
    }
}
