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

    /// <summary>
    /// A throw that a tensor decides happens when the graph runs: the tensors that its message shows become inputs of the node that throws.
    /// </summary>
    private void Throw(CodeWriter writer, ThrowStatementSyntax thrown)
    {
        if (thrown.Expression is not { } exception)
        {
            _context.Report(Rules.UnsupportedStatement, thrown.GetLocation(), "throw;");
            return;
        }
        writer.Mapped(exception, "", ThrowText(exception), ";");
        foreach ((string name, int depth) in _stops)
        {
            if (depth == _stagedDepth)
                writer.Hidden($"{name} = true;");
        }
    }

    /// <summary>True if C# decides, in a staged branch or body, whether the statement throws.</summary>
    private bool ThrowsByHost(StatementSyntax statement) =>
        statement is not (ThrowStatementSyntax or LocalFunctionStatementSyntax) && Staging.InSameFunction(statement)
            .Any(n => n is ThrowStatementSyntax && !n.Ancestors().TakeWhile(a => a != statement.Parent).Any(a => Staging.IsStaged(a, Model) || a is TryStatementSyntax { Catches.Count: > 0 }));

    private bool ThrowsFromGraph(BlockSyntax block) => Staging.InSameFunction(block).Any(n => n is ThrowStatementSyntax or ThrowExpressionSyntax
        && (_stagedDepth > _caughtDepth || n.Ancestors().TakeWhile(a => a != block.Parent).Any(a => Staging.IsStaged(a, Model))));

    /// <summary>
    /// The exception happens when the graph runs. What follows is not traced then: it may rely on what the exception speaks of.
    /// </summary>
    private Exits Stopping(CodeWriter writer, IReadOnlyList<StatementSyntax> list, int index)
    {
        HoistLocalFunctions(writer, list, index + 1);
        string name = _context.Name(list[index], "thrown");
        writer.Hidden($"bool {name} = false;");
        _stops.Add((name, _stagedDepth));
        Exits exits = Statement(writer, list[index]);
        _stops.RemoveAt(_stops.Count - 1);
        writer.Hidden($"if (!{name})");
        writer.OpenBlock();
        exits = Rest(writer, exits, list, index);
        writer.CloseBlock();
        return exits;
    }

    private string ThrowText(ExpressionSyntax exception)
    {
        List<ISymbol> shown = [.. exception.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Select(n => Names.SymbolOf(n, Model))
            .Where(s => s is ILocalSymbol or IParameterSymbol && StagedRegion.TypeOf(s).IsTensor())
            .Select(s => s!)
            .Distinct<ISymbol>(SymbolEqualityComparer.Default)];
        // Inside the lambda the same names stand for the values at run time.
        string values = string.Join(" ", shown.Select((s, i) => $"var {StagedRegion.Identifier(s)} = __values[{i}];"));
        string parameters = string.Join(", ", shown.Select(StagedRegion.Identifier));
        string make = Holding(exception, $"__values => {{ {values} return {Text(exception)}; }}", $"global::System.Func<{Tensor}[], global::System.Exception>");
        return $"{Flow}.Throw([{parameters}], {make})";
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
        ITypeSymbol type = StagedRegion.TypeOf(variable);
        _context.Report(Structure.Of(type).HoldsTensor ? Rules.ContainerChanged : Rules.HostVariableChanged,
            region.WriteOf(variable), variable.Name, type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
    }
}
