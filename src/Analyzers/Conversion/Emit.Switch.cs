using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

internal sealed partial class Emit
{
    /// <summary>A switch that C# decides while tracing, with regions in its sections.</summary>
    private void HostSwitch(CodeWriter writer, Switch match)
    {
        Declare(writer, new Flag(FlagKind.Break, match.Source));
        writer.Mapped(match.Statement.Expression, "switch (", _text.Of(match.Statement.Expression), ")");
        writer.OpenBlock();
        foreach (Section section in match.Sections)
        {
            foreach (SwitchLabelSyntax label in section.Statement.Labels)
                writer.Mapped(label, "", label.ToString());
            writer.OpenBlock();
            Nodes(writer, section.Body);
            // What was a jump may have become a flag.
            writer.Hidden("break;");
            writer.CloseBlock();
        }
        writer.CloseBlock();
    }

    /// <summary>
    /// A switch with a <c>when</c> on a tensor: a chain in which each section runs if its pattern fits, its tensor agrees,
    /// and no section before it was taken.
    /// </summary>
    private void StagedSwitch(CodeWriter writer, Switch match)
    {
        string value = _scope.Context.Name(match.Source, "value"), taken = _scope.Context.Name(match.Source, "taken");
        Declare(writer, new Flag(FlagKind.Break, match.Source));
        writer.Mapped(match.Statement.Expression, $"var {value} = ", _text.Of(match.Statement.Expression), ";");
        writer.Hidden($"{TwinText.Tensor} {taken} = {GraphControl}.False;");
        // C# tries the default section last, wherever it is.
        foreach (Section section in match.Sections.OrderBy(s => s.Statement.Labels.Any(l => l is DefaultSwitchLabelSyntax)))
            Section(writer, section, value, taken);
    }

    private void Section(CodeWriter writer, Section section, string value, string taken)
    {
        SyntaxList<SwitchLabelSyntax> labels = section.Statement.Labels;
        string? pattern = labels.Any(l => l is DefaultSwitchLabelSyntax) ? null : string.Join(" or ", labels.Select(l => l switch
        {
            CasePatternSwitchLabelSyntax p => p.Pattern.ToString(),
            CaseSwitchLabelSyntax c => c.Value.ToString(),
            _ => "_",
        }));
        ExpressionSyntax? when = labels.OfType<CasePatternSwitchLabelSyntax>().FirstOrDefault()?.WhenClause?.Condition;
        _text.Enter(section, writer);
        if (when is not null)
            _text.Operands.CheckOperand(when);
        string test = when is null ? $"{GraphControl}.NoneOf({taken})"
            : $"{GraphControl}.AndAlso({GraphControl}.NoneOf({taken}), {_text.Operands.Later(when, _text.Of(when))})";
        // The variables of a pattern belong to their section.
        writer.OpenBlock();
        writer.Mapped(labels[0], "", pattern is null ? "" : $"if ({value} is {pattern})");
        writer.OpenBlock();
        Region(writer, _scope.Context.Name(section.Source, "case"), (SyntaxNode?)when ?? labels[0], "If(", test, section.Results, inner =>
        {
            inner.Hidden($"{taken} = {GraphControl}.True;");
            Nodes(inner, section.Body);
        });
        writer.CloseBlock();
        writer.CloseBlock();
    }
}
