using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

internal sealed partial class BodyConverter
{
    /// <summary>True if a statement cannot be copied: something in it is staged, or a jump in it leaves a staged statement.</summary>
    private bool NeedsConversion(StatementSyntax statement) =>
        statement is not LocalFunctionStatementSyntax && (Staging.HasStagedStatement(statement, Model) || Jumps(statement).Any(LeavesByFlag)
            || (_stagedDepth > _caughtDepth && Staging.InSameFunction(statement).OfType<ThrowStatementSyntax>().Any()));

    private static IEnumerable<StatementSyntax> Jumps(StatementSyntax statement) =>
        Staging.InSameFunction(statement).OfType<StatementSyntax>().Where(s => s is ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax);

    /// <summary>True if the C# jump would not work here, since a staged branch or body stands between it and its target.</summary>
    private bool LeavesByFlag(StatementSyntax jump)
    {
        SyntaxNode target = jump is ReturnStatementSyntax ? _function : Staging.JumpTarget(jump)!;
        return _hostDepth.TryGetValue(target, out int depth) && _stagedDepth > depth;
    }

    private Exits Statement(CodeWriter writer, StatementSyntax statement)
    {
        if (!NeedsConversion(statement))
        {
            Copy(writer, statement);
            return Exits.None;
        }
        switch (statement)
        {
            case BlockSyntax block:
                writer.OpenBlock();
                Exits exits = Statements(writer, block.Statements, 0);
                writer.CloseBlock();
                return exits;
            case IfStatementSyntax branch:
                return If(writer, branch, [branch], 0);
            case WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax:
                writer.Comments(statement);
                return Staging.IsStagedStatement(statement, Model) ? StagedLoop(writer, statement) : HostLoop(writer, statement);
            case SwitchStatementSyntax match:
                writer.Comments(statement);
                return Staging.IsStagedStatement(statement, Model) ? StagedSwitch(writer, match) : HostSwitch(writer, match);
            case ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax:
                writer.Comments(statement);
                return Jump(writer, statement);
            case ThrowStatementSyntax thrown:
                writer.Comments(statement);
                Throw(writer, thrown);
                return Exits.None;
            case TryStatementSyntax attempt:
                return Try(writer, attempt);
            case UsingStatementSyntax use:
                CheckDisposal(use.UsingKeyword, use, (SyntaxNode?)use.Declaration ?? use.Expression!, [use.Statement]);
                writer.Comments(statement);
                writer.Mapped((SyntaxNode?)use.Declaration ?? use.Expression!, "using (", Text((SyntaxNode?)use.Declaration ?? use.Expression!), ")");
                return Embedded(writer, use.Statement);
            case CheckedStatementSyntax check:
                writer.Hidden(check.Keyword.Text);
                return Embedded(writer, check.Block);
            case LockStatementSyntax or UnsafeStatementSyntax or FixedStatementSyntax or LabeledStatementSyntax or GotoStatementSyntax when _hasStaged:
                return Exits.None; // reported for the whole function
            default:
                _context.Report(Rules.UnsupportedStatement, statement.GetFirstToken().GetLocation(), statement.GetFirstToken().Text);
                return Exits.None;
        }
    }

    /// <summary>A statement that belongs to another one, as a block of its own.</summary>
    private Exits Embedded(CodeWriter writer, StatementSyntax statement)
    {
        writer.OpenBlock();
        Exits exits = Inside(writer, statement);
        writer.CloseBlock();
        return exits;
    }

    private Exits Inside(CodeWriter writer, StatementSyntax statement) =>
        Statements(writer, statement is BlockSyntax block ? block.Statements : new[] { statement }, 0);

    private void Copy(CodeWriter writer, StatementSyntax statement)
    {
        CheckCopy(statement);
        writer.Comments(statement);
        if (Unrolled(statement) is { } around)
            writer.Hidden(around);
        writer.Mapped(statement, "", LoopText(statement));
    }

    private Exits Try(CodeWriter writer, TryStatementSyntax attempt)
    {
        if (attempt.Catches.Count > 0 && Staging.HasStagedStatement(attempt.Block, Model))
            _context.Report(Rules.CatchAroundStaged, attempt.Catches[0].CatchKeyword.GetLocation());
        if (attempt.Finally is { } last)
            CheckFinally(last.FinallyKeyword, [last.Block], [attempt.Block]);
        writer.Comments(attempt);
        writer.Hidden("try");
        int outer = _caughtDepth;
        _caughtDepth = attempt.Catches.Count > 0 ? _stagedDepth : outer;
        Exits exits = Embedded(writer, attempt.Block);
        _caughtDepth = outer;
        foreach (CatchClauseSyntax handler in attempt.Catches)
        {
            string filter = (handler.Declaration is { } declaration ? " " + declaration : "") + (handler.Filter is { } when ? " " + Text(when) : "");
            writer.Mapped(handler.CatchKeyword.Parent!, "", "catch" + filter);
            exits = exits.And(Embedded(writer, handler.Block));
        }
        if (attempt.Finally is { } final)
        {
            writer.Hidden("finally");
            Embedded(writer, final.Block);
        }
        return exits;
    }

    /// <summary>
    /// An if, staged or not. If one branch always jumps, what follows the statement moves into the other one: then no flag is needed.
    /// </summary>
    private Exits If(CodeWriter writer, IfStatementSyntax branch, IReadOnlyList<StatementSyntax> list, int index)
    {
        bool staged = Staging.IsStagedStatement(branch, Model);
        bool hasRest = list.Skip(index + 1).Any(s => !_hoisted.Contains(s));
        _stagedDepth += staged ? 1 : 0;
        (CodeWriter then, Exits thenExits) = Branch(writer, branch.Statement);
        bool restInElse = hasRest && thenExits.Any && !EndsNormally(branch.Statement);
        (CodeWriter otherwise, Exits otherExits) = branch.Else is { } other ? Branch(writer, other.Statement) : (new CodeWriter(writer.Depth + 1), Exits.None);
        bool restInThen = hasRest && !restInElse && branch.Else is not null && otherExits.Any && !EndsNormally(branch.Else.Statement);
        if (restInElse || restInThen)
            HoistLocalFunctions(writer, list, index + 1);
        Exits guards = restInElse ? thenExits : otherExits;
        if (restInElse)
            otherExits = branch.Else is { } e && !EndsNormally(e.Statement) ? otherExits : otherExits.And(AppendBehind(thenExits, otherwise, otherExits, list, index));
        else if (restInThen)
            thenExits = thenExits.And(AppendBehind(otherExits, then, thenExits, list, index));
        _stagedDepth -= staged ? 1 : 0;

        Exits exits = thenExits.And(otherExits);
        writer.Comments(branch);
        if (staged)
        {
            StatementSyntax[] region = restInElse || restInThen ? [.. list.Skip(index)] : [branch];
            CheckBranch(branch.Statement);
            CheckBranch(branch.Else?.Statement);
            if (region.Length > 1)
                ReportHostVariables(_context.Region(_function, region.Skip(1).ToArray()), guards);
            StagedIf(writer, branch, region, exits, then, otherwise, hasOther: branch.Else is not null || restInElse);
        }
        else
        {
            writer.Mapped(branch.Condition, "if (", Text(branch.Condition), ")");
            WriteBlock(writer, then);
            if (branch.Else is not null || restInElse)
            {
                writer.Hidden("else");
                WriteBlock(writer, otherwise);
            }
        }
        return restInElse || restInThen || !hasRest ? exits : exits.And(Rest(writer, exits, list, index));
    }

    private (CodeWriter Text, Exits Exits) Branch(CodeWriter outer, StatementSyntax statement)
    {
        var writer = new CodeWriter(outer.Depth + 1);
        return (writer, Inside(writer, statement));
    }

    private Exits Append(CodeWriter branch, Exits exits, IReadOnlyList<StatementSyntax> list, int index) =>
        exits.Any ? Guarded(branch, exits, list, index + 1) : Statements(branch, list, index + 1);

    // What the first branch does not skip by leaving a C# loop ends the loop for certain if it throws.
    private Exits AppendBehind(Exits guards, CodeWriter branch, Exits exits, IReadOnlyList<StatementSyntax> list, int index)
    {
        int count = _stops.Count;
        RaiseStops(guards);
        Exits appended = Append(branch, exits, list, index);
        _stops.RemoveRange(count, _stops.Count - count);
        return appended;
    }

    private static void WriteBlock(CodeWriter writer, CodeWriter inner)
    {
        writer.OpenBlock();
        writer.Append(inner);
        writer.CloseBlock();
    }

    private void StagedIf(CodeWriter writer, IfStatementSyntax branch, StatementSyntax[] region, Exits exits, CodeWriter then, CodeWriter otherwise, bool hasOther)
    {
        string name = _context.Name(branch, "if");
        var analysis = _context.Region(_function, region);
        List<CarriedVariable> carried = With(analysis.Carried(), exits);
        List<string> dead = Dead(analysis, carried);
        List<string> restored = hasOther ? [.. RestoredOnly(branch, region, carried).Union(dead)] : dead;
        Save(writer, name, restored);
        writer.Mapped(branch.Condition, $"var {name} = {Flow}.If(", Text(branch.Condition), $", {Carry(carried)};");
        writer.Hidden($"if ({name}.Then())");
        writer.OpenBlock();
        writer.Append(then);
        writer.Hidden($"{name}.EndThen({CarriedVariable.Values(carried)});");
        writer.CloseBlock();
        if (hasOther)
        {
            if (carried.Count > 0)
                writer.Hidden(CarriedVariable.AssignAll(carried, name + ".Before"));
            Restore(writer, name, restored);
            writer.Hidden($"if ({name}.Else())");
            writer.OpenBlock();
            writer.Append(otherwise);
            writer.Hidden($"{name}.EndElse({CarriedVariable.Values(carried)});");
            writer.CloseBlock();
        }
        writer.Hidden($"{name}.End();");
        WriteResults(writer, name, carried);
        Restore(writer, name, dead);
    }

    /// <summary>Variables that nobody reads afterwards, but that the first branch changes and the second one reads.</summary>
    private List<string> RestoredOnly(IfStatementSyntax branch, StatementSyntax[] region, List<CarriedVariable> carried)
    {
        var changed = new HashSet<ISymbol>(Model.AnalyzeDataFlow(branch.Statement)!.WrittenInside, SymbolEqualityComparer.Default);
        var read = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        if (branch.Else is { } other)
            read.UnionWith(Model.AnalyzeDataFlow(other.Statement)!.DataFlowsIn);
        if (region.Length > 1)
            read.UnionWith(Model.AnalyzeDataFlow(region[1], region[region.Length - 1])!.DataFlowsIn);
        var names = new HashSet<string>(carried.Select(c => c.Expression), StringComparer.Ordinal);
        return [.. changed.Where(read.Contains).Where(v => v is ILocalSymbol or IParameterSymbol { IsThis: false }).Select(StagedRegion.Identifier).Where(n => !names.Contains(n))];
    }
}
