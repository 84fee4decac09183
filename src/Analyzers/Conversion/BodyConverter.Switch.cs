using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

internal sealed partial class BodyConverter
{
    /// <summary>A switch that C# decides while tracing, with staged statements in its sections.</summary>
    private Exits HostSwitch(CodeWriter writer, SwitchStatementSyntax match)
    {
        _hostDepth[match] = _stagedDepth;
        CheckSections(match);
        var sections = new CodeWriter(writer.Depth + 1);
        Exits exits = Exits.None;
        foreach (SwitchSectionSyntax section in match.Sections)
        {
            foreach (SwitchLabelSyntax label in section.Labels)
                sections.Mapped(label, "", label.ToString());
            sections.OpenBlock();
            exits = exits.And(Statements(sections, section.Statements, 0));
            // What was a jump may have become a flag.
            sections.Hidden("break;");
            sections.CloseBlock();
        }
        DeclareBreak(writer, match);
        writer.Mapped(match.Expression, "switch (", Text(match.Expression), ")");
        WriteBlock(writer, sections);
        return exits.After(match);
    }

    /// <summary>
    /// A switch with a <c>when</c> on a tensor: a chain in which each section runs if its pattern fits, its tensor agrees,
    /// and no section before it was taken.
    /// </summary>
    private Exits StagedSwitch(CodeWriter writer, SwitchStatementSyntax match)
    {
        string value = _context.Name(match, "value");
        string taken = _context.Name(match, "taken");
        _hostDepth[match] = _stagedDepth;
        CheckSections(match);
        var analysis = _context.Region(_function, [match]);
        foreach (ISymbol variable in analysis.HostVariables())
            ReportHostVariable(analysis, variable);

        var chain = new CodeWriter(writer.Depth);
        Exits exits = Exits.None;
        // C# tries the default section last, wherever it stands.
        foreach (SwitchSectionSyntax section in match.Sections.OrderBy(s => s.Labels.Any(l => l is DefaultSwitchLabelSyntax)))
            exits = exits.And(Section(chain, section, value, taken, analysis));
        DeclareBreak(writer, match);
        writer.Mapped(match.Expression, $"var {value} = ", Text(match.Expression), ";");
        writer.Hidden($"{Tensor} {taken} = {Flow}.False;");
        writer.Append(chain);
        return exits.After(match);
    }

    private Exits Section(CodeWriter writer, SwitchSectionSyntax section, string value, string taken, StagedRegion region)
    {
        if (section.Labels.Count > 1 && section.Labels.Any(l => l is CasePatternSwitchLabelSyntax { WhenClause: not null }))
            _context.Report(Rules.UnsupportedStatement, section.Labels[1].GetLocation(), "several case labels with when");
        var match = (SwitchStatementSyntax)section.Parent!;
        string? pattern = section.Labels.Any(l => l is DefaultSwitchLabelSyntax) ? null : string.Join(" or ", section.Labels.Select(l => l switch
        {
            CasePatternSwitchLabelSyntax p => p.Pattern.ToString(),
            CaseSwitchLabelSyntax c => c.Value.ToString(),
            _ => "_",
        }));
        ExpressionSyntax? when = section.Labels.OfType<CasePatternSwitchLabelSyntax>().FirstOrDefault()?.WhenClause?.Condition;

        if (when is not null)
            CheckOperand(when);
        var inner = new CodeWriter(writer.Depth + 2);
        _stagedDepth++;
        // The break that ends the section needs no flag: nothing follows it.
        List<StatementSyntax> statements = [.. section.Statements];
        if (statements[statements.Count - 1] is BlockSyntax { Parent: SwitchSectionSyntax } block && statements.Count == 1)
            statements = [.. block.Statements];
        if (statements.Count > 0 && statements[statements.Count - 1] is BreakStatementSyntax)
            statements.RemoveAt(statements.Count - 1);
        Exits exits = Statements(inner, statements, 0);
        _stagedDepth--;

        string name = _context.Name(section, "case");
        List<CarriedVariable> carried = With(region.Carried(), exits);
        carried.Add(CarriedVariable.Own(taken, new Structure(StructureKind.Tensor, Model.Compilation.ObjectType, [])));
        string test = when is null ? $"{Flow}.NoneOf({taken})" : $"{Flow}.AndAlso({Flow}.NoneOf({taken}), {Later(when, Text(when))})";
        // The variables of a pattern belong to their section.
        writer.OpenBlock();
        writer.Mapped(section.Labels[0], "", pattern is null ? "" : $"if ({value} is {pattern})");
        writer.OpenBlock();
        // The sections behind are traced with the values of before, also of what nobody reads behind the switch.
        List<string> dead = [.. Dead(region, carried).Union(region.Dead(carried).Where(variable => IsNamedBehind(section, variable)))];
        Save(writer, name, dead);
        writer.Mapped((SyntaxNode?)when ?? section.Labels[0], $"var {name} = {Flow}.If(", test, $", {Carry(carried)};");
        writer.Hidden($"if ({name}.Then())");
        writer.OpenBlock();
        writer.Hidden($"{taken} = {Flow}.True;");
        writer.Append(inner);
        writer.Hidden($"{name}.EndThen({CarriedVariable.Values(carried)});");
        writer.CloseBlock();
        writer.Hidden($"{name}.End();");
        WriteResults(writer, name, carried);
        Restore(writer, name, dead);
        writer.CloseBlock();
        writer.CloseBlock();
        return exits;
    }

    private static bool IsNamedBehind(SwitchSectionSyntax section, string variable) => ((SwitchStatementSyntax)section.Parent!).Sections
        .Where(other => other != section).SelectMany(other => other.DescendantNodes()).OfType<IdentifierNameSyntax>().Any(name => name.Identifier.Text == variable);

    /// <summary>Each section becomes a block of its own: a variable that one declares and another uses has no place.</summary>
    private void CheckSections(SwitchStatementSyntax match)
    {
        foreach (SwitchSectionSyntax section in match.Sections)
        {
            var declared = new HashSet<ISymbol>(section.Statements.OfType<LocalDeclarationStatementSyntax>().SelectMany(d => d.Declaration.Variables).Select(v => Model.GetDeclaredSymbol(v)!), SymbolEqualityComparer.Default);
            IdentifierNameSyntax? use = match.Sections.Where(s => s != section && declared.Count > 0)
                .SelectMany(s => s.DescendantNodes().OfType<IdentifierNameSyntax>())
                .FirstOrDefault(n => Names.SymbolOf(n, Model) is { } symbol && declared.Contains(symbol));
            if (use is not null)
                _context.Report(Rules.UnsupportedStatement, use.GetLocation(), "a variable of another case");
        }
    }
}
