using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

internal sealed partial class BodyConverter
{
    /// <summary>A break, continue or return that cannot be C#'s: it sets its flag, and its value is kept.</summary>
    private Exits Jump(CodeWriter writer, StatementSyntax jump)
    {
        Flag flag = jump switch
        {
            BreakStatementSyntax => BreakOf(Staging.JumpTarget(jump)!),
            ContinueStatementSyntax => ContinueOf(Staging.JumpTarget(jump)!),
            _ => Returned,
        };
        if (jump is ReturnStatementSyntax returned)
            Return(writer, returned);
        if (_readFlags.Contains(flag.Name))
            writer.Hidden($"{flag.Name} = {Flow}.True;");
        return Exits.Of(flag);
    }

    private void Return(CodeWriter writer, ReturnStatementSyntax returned)
    {
        _returnsByFlag = true;
        if (returned.Expression is not { } value || _returnType is null)
            return;
        if (!Structure.Of(_returnType).IsFixed)
            _context.Report(Rules.StagedReturn, returned.GetLocation(), _returnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
        writer.Mapped(value, $"{Result} = ", Text(value), ";");
    }

    /// <summary>Reports host variables that one branch of a staged if changes and that are read after it.</summary>
    private void CheckBranch(StatementSyntax? branch)
    {
        if (branch is null)
            return;
        var analysis = _context.Region(_function, [branch]);
        foreach (ISymbol variable in analysis.HostVariables())
            ReportHostVariable(analysis, variable);
    }

    /// <summary>
    /// Reports host variables that change behind a possible jump and are read later. After a return, and after a break of a host loop,
    /// nothing but what follows that loop can see the difference.
    /// </summary>
    private void ReportHostVariables(StagedRegion region, Exits guards)
    {
        foreach (ISymbol variable in region.HostVariables())
        {
            if (!guards.Flags.All(f => f.Kind == FlagKind.Return || (f.Kind == FlagKind.Break && !IsReadAfter(f.Target, variable))))
                ReportHostVariable(region, variable);
        }
    }

    private bool IsReadAfter(SyntaxNode loop, ISymbol variable) =>
        _context.Region(_function, [(StatementSyntax)loop]).FlowsOut(variable);

    private void ReportHostVariable(StagedRegion region, ISymbol variable)
    {
        (string name, Structure part) = HostPart(variable.Name, Structure.Of(StagedRegion.TypeOf(variable)));
        _context.Report(part.HoldsTensor ? Rules.ContainerChanged : Rules.HostVariableChanged,
            region.WriteOf(variable), name, part.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
    }

    /// <summary>What of a tuple, record or struct keeps it from being carried.</summary>
    private static (string Name, Structure Part) HostPart(string name, Structure structure)
    {
        while (structure.Kind is StructureKind.Tuple or StructureKind.Record or StructureKind.Struct)
        {
            (string part, structure) = structure.Parts.First(p => !p.Part.IsFixed);
            name = $"{name}.{part}";
        }
        return (name, structure);
    }
}
